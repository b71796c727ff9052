"""What was understood of one message: the shape in which NLU hands it to the dialogue, JSON both ways."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.catalogue.answers import Ask
from bot.catalogue.fiche import PLACE_OF_FACET, Facet
from bot.catalogue.mention import Mention

FACETS_OF_INTENT: dict[str, tuple[Facet, ...]] = {
    "ask_access": (Facet.ACCESS,),
    "ask_duration": (Facet.DURATION,),
    "ask_jobs": (Facet.JOBS,),
    "ask_further_study": (Facet.FURTHER_STUDY,),
    "ask_what_after": (Facet.FURTHER_STUDY, Facet.JOBS),
    "ask_description": (Facet.DESCRIPTION,),
    "ask_level": (Facet.LEVEL,),
    "ask_type": (Facet.TYPE,),
    "ask_code": (Facet.CODE,),
    "ask_acronym": (Facet.SIGLE,),
    "ask_link": (Facet.LINK,),
    "ask_expectations": (Facet.EXPECTATIONS,),
    "ask_formations_for_job": (Facet.FORMATIONS_FOR_JOB,),
    "ask_job_description": (Facet.JOB_DESCRIPTION,),
    "ask_job_salary": (Facet.JOB_SALARY,),
    "ask_job_access": (Facet.JOB_ACCESS,),
    "ask_job_level": (Facet.JOB_LEVEL,),
    "ask_job_skills": (Facet.JOB_SKILLS,),
    "ask_job_conditions": (Facet.JOB_CONDITIONS,),
    "ask_job_status": (Facet.JOB_STATUS,),
    "ask_job_interests": (Facet.JOB_INTERESTS,),
    "search_formations": (Facet.SEARCH,),
    "compare": (Facet.COMPARISON,),
}
FORMATION_FACETS = frozenset(PLACE_OF_FACET)


@dataclass(frozen=True)
class Reading:
    """One message as understood.

    `intent` is one of the domain's; `facets` all that is asked; `mentions` the names in order;
    `unseen` words that neither the catalogue nor the training phrases know; `ask` is set by a tapped choice;
    `beside` is what a message that tells of distress asks as well.
    """

    text: str
    intent: str
    confidence: float = 1.0
    facets: tuple[Facet, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unseen: tuple[str, ...] = ()
    ask: Ask | None = None
    beside: Reading | None = None

    def as_json(self) -> dict[str, Any]:
        beside = self.beside
        return {
            "facets": [facet.value for facet in self.facets],
            "mentions": [asdict(mention) for mention in self.mentions],
            "unseen": list(self.unseen),
            **({"beside": beside.as_parse()} if beside else {}),
        }

    def as_parse(self) -> dict[str, Any]:
        """The parse data that `from_parse` reads this from."""
        intent = {"name": self.intent, "confidence": self.confidence}
        return {"text": self.text, "intent": intent, "question": self.as_json()}

    @classmethod
    def from_parse(cls, parsed: dict[str, Any]) -> Reading:
        """From the `latest_message` of a Rasa tracker; parts that are absent or malformed are left empty."""
        question = parsed.get("question") if isinstance(parsed.get("question"), dict) else {}
        assert isinstance(question, dict)
        intent = parsed.get("intent") or {}
        known = {facet.value: facet for facet in Facet}
        choice = next(
            (
                e.get("value")
                for e in parsed.get("entities") or []
                if isinstance(e, dict) and e.get("entity") == "choice"
            ),
            None,
        )
        name = intent.get("name") or "nlu_fallback"
        facets = [known[f] for f in question.get("facets", ()) if f in known]
        return cls(
            text=str(parsed.get("text") or ""),
            intent=name,
            confidence=float(intent.get("confidence") or 0.0),
            facets=tuple(facets) or ((FACETS_OF_INTENT.get(name, ())) if not question else ()),
            mentions=tuple(_mention(m) for m in question.get("mentions", ()) if isinstance(m, dict)),
            unseen=tuple(w for w in question.get("unseen", ()) if isinstance(w, str)),
            ask=Ask.from_json(choice) if choice is not None else None,
            beside=cls.from_parse(question["beside"]) if isinstance(question.get("beside"), dict) else None,
        )


_MENTION_FIELDS = {field.name for field in fields(Mention)}


def _mention(data: dict[str, Any]) -> Mention:
    known: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key in _MENTION_FIELDS
    }
    return Mention(**known)
