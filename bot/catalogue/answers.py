"""Questions about known formations and jobs -> replies: outcome, response name, values, sources. Pure.

No sentence is written here: a reply names a response of domain.yml and gives it values taken from the fiches.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.catalogue.fiche import (
    PLACE_OF_FACET,
    SECTION_JOBS,
    Catalogue,
    Facet,
    Formation,
    Outcome,
)
from bot.catalogue.normalize import fold
from bot.catalogue.saying import beyond, without_themes
from bot.catalogue.telling import saying_first

MAX_CHOICES = 5
_HEADING = re.compile(r"^#{1,6}\s*(.+?)\s*:?\s*$", re.MULTILINE)
_LONG_TEXT = 1900
_NEXT_FACETS = (Facet.JOBS, Facet.ACCESS, Facet.DURATION, Facet.FURTHER_STUDY, Facet.DESCRIPTION, Facet.LEVEL)
_TEXT_FACETS = frozenset({Facet.ACCESS, Facet.FURTHER_STUDY, Facet.DESCRIPTION, Facet.EXPECTATIONS})
_SHOWN_JOBS = 15
SHOWN_FORMATIONS = 12


@dataclass(frozen=True)
class Ask:
    """A question without its words: what is asked, of which formations (ids) or jobs (labels).

    `page` counts what was told of the long sections of a job before this question for the rest; `guide` is an answer
    given to guidance by a tap.
    """

    facets: tuple[Facet, ...] = ()
    formations: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    page: int = 0
    guide: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "facets": [facet.value for facet in self.facets],
            "formations": list(self.formations),
            "jobs": list(self.jobs),
            **({"page": self.page} if self.page else {}),
            **({"guide": self.guide} if self.guide else {}),
        }

    @classmethod
    def from_json(cls, data: Any) -> Ask:
        """The question in `data`; whatever is not one is left out."""
        if not isinstance(data, dict):
            return cls()
        known = {facet.value: facet for facet in Facet}
        page, guide = data.get("page"), data.get("guide")
        return cls(
            tuple(known[f] for f in _strings(data.get("facets")) if f in known),
            _strings(data.get("formations")),
            _strings(data.get("jobs")),
            page if isinstance(page, int) and not isinstance(page, bool) and page > 0 else 0,
            guide if isinstance(guide, str) else "",
        )


@dataclass(frozen=True)
class Choice:
    """A question offered as a button: the response that words its title, its values, what it asks."""

    response: str
    values: dict[str, Any]
    ask: Ask


@dataclass(frozen=True)
class Reply:
    """One message of the bot: the response that words it, its values, and what it tells machines.

    `sources` are (id of a formation, section), `job_sources` (label of a job, section).
    """

    response: str
    outcome: Outcome
    values: dict[str, Any] = field(default_factory=dict)
    facets: tuple[Facet, ...] = ()
    formations: tuple[Formation, ...] = ()
    jobs: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    job_sources: tuple[tuple[str, str], ...] = ()

    def answer(self) -> dict[str, Any]:
        """The `answer` of the web API."""
        return {
            "outcome": self.outcome.value,
            "facets": [facet.value for facet in self.facets],
            "fiches": [{"id": f.id, "title": f.title, "url": f.link} for f in self.formations],
            "jobs": list(self.jobs),
            "sources": [
                *({"job": job, "section": section} for job, section in self.job_sources),
                *({"fiche": fiche, "section": section} for fiche, section in self.sources),
            ],
        }


def _strings(data: Any) -> tuple[str, ...]:
    return tuple(item for item in data if isinstance(item, str)) if isinstance(data, (list, tuple)) else ()


def answer(
    facets: Sequence[Facet], formations: Sequence[Formation], catalogue: Catalogue, asked: Collection[str] = ()
) -> list[Reply]:
    """Answer `facets` of one formation, or of several that share the facts; a reply per outcome.

    Of a long section the sentences that say what is `asked` (keys of `saying.asked_about`) are told first.
    """
    first = formations[0]
    known = tuple(facet for facet in facets if first.has(facet))
    silent = tuple(facet for facet in facets if not first.has(facet))
    replies = []
    if known:
        parts = [part(facet, first, catalogue, asked) for facet in known]
        replies.append(
            Reply(
                "answer",
                Outcome.ANSWERED,
                {"parts": parts, **_about(formations, known, catalogue)},
                known,
                tuple(formations),
                first.jobs if Facet.JOBS in known else (),
                tuple((f.id, PLACE_OF_FACET[facet]) for f in formations for facet in known),
                next_questions(formations, facets),
            )
        )
    if silent:
        replies.append(
            Reply(
                "not_in_fiche",
                Outcome.NOT_IN_FICHE,
                {"silent": [facet.value for facet in silent], **_about(formations, silent, catalogue)},
                silent,
                tuple(formations),
                choices=() if known else next_questions(formations, facets),
            )
        )
    return replies


def part(facet: Facet, formation: Formation, catalogue: Catalogue, asked: Collection[str] = ()) -> dict[str, Any]:
    """The values that word one fact of one fiche; the fiche must hold it."""
    values: dict[str, Any] = {"facet": facet.value, "title": formation.title}
    if facet is Facet.JOBS:
        values["jobs"] = [both_genders(label, catalogue) for label in formation.jobs[:_SHOWN_JOBS]]
        values["total"] = len(formation.jobs)
    elif facet in _TEXT_FACETS:
        text = formation.value(PLACE_OF_FACET[facet]) or ""
        values["first"] = saying_first(text, without_themes(beyond(asked, formation.title)))
        room = _LONG_TEXT - sum(map(len, values["first"]))
        values["text"], values["cut"] = shorten(without_headings(text, PLACE_OF_FACET[facet]), room)
    elif facet is Facet.LINK:
        values["value"] = formation.link
    else:
        values["value"] = formation.value(PLACE_OF_FACET[facet])
    return values


def without_headings(text: str, section: str) -> str:
    """A section's text with its own headings in bold, and without the one that repeats the section's name."""

    def told(heading: re.Match[str]) -> str:
        return "" if fold(heading[1]) == fold(section) else f"**{heading[1]}**\n"

    return _HEADING.sub(told, text).strip()


def shorten(text: str, limit: int) -> tuple[str, bool]:
    """`text` up to the last whole paragraph, line or sentence before `limit`, and whether anything was cut."""
    if len(text) <= limit:
        return text, False
    head = text[:limit]
    for end in ("\n\n", "\n", ". "):
        at = head.rfind(end)
        if at > limit // 2:
            return head[: at + 1].rstrip(), True
    return head[: head.rfind(" ")], True


def share_facts(facets: Sequence[Facet], formations: Sequence[Formation]) -> bool:
    """Whether the fiches say the same on everything asked (then no choice between them is needed)."""

    def facts(formation: Formation) -> tuple[str, ...]:
        said = (formation.link if f is Facet.LINK else formation.value(PLACE_OF_FACET[f]) for f in facets)
        return tuple(" ".join((text or "").split()) for text in said)

    return len({facts(formation) for formation in formations}) == 1


def next_questions(formations: Sequence[Formation], asked: Sequence[Facet]) -> tuple[Choice, ...]:
    """Two or three questions that the fiches can answer and that were not just asked."""
    open_facets = [f for f in _NEXT_FACETS if f not in asked and any(x.has(f) for x in formations)]
    return tuple(facet_choice(facet, formations) for facet in open_facets[:3])


def facet_choice(facet: Facet, formations: Sequence[Formation]) -> Choice:
    """The button that asks `facet` of formations just spoken of."""
    return Choice(f"choice_{facet.value}", {}, Ask((facet,), tuple(f.id for f in formations)))


def formation_choice(formation: Formation, facets: Sequence[Facet]) -> Choice:
    """The button that bears a formation's full title and asks `facets` of it."""
    return Choice("choice_title", {"title": formation.title}, Ask(tuple(facets), (formation.id,)))


def ambiguous(facets: Sequence[Facet], formations: Sequence[Formation], said: str) -> Reply:
    """Ask which of several formations is meant."""
    shown = formations[:MAX_CHOICES]
    return Reply(
        "ambiguous",
        Outcome.AMBIGUOUS,
        {"said": said, "total": len(formations), "titles": [f.title for f in shown]},
        tuple(facets),
        tuple(formations),
        choices=tuple(formation_choice(f, facets) for f in shown),
    )


def unknown(
    facets: Sequence[Facet],
    said: str,
    near: Sequence[Formation],
    now_called: str | None = None,
    search_link: str = "",
) -> Reply:
    """Say that a name is not in the catalogue, with the nearest names as choices and where else to search."""
    return Reply(
        "unknown",
        Outcome.UNKNOWN,
        {"said": said, "near": [f.title for f in near], "now_called": now_called, "search_link": search_link},
        tuple(facets),
        choices=tuple(formation_choice(f, facets) for f in near[:MAX_CHOICES]),
    )


def unknown_job(said: str, near: Sequence[str], catalogue: Catalogue) -> Reply:
    """Say that no fiche leads to that job, with the nearest labels as choices."""
    facets = (Facet.FORMATIONS_FOR_JOB,)
    return Reply(
        "unknown_job",
        Outcome.UNKNOWN,
        {"said": said, "near": len(near)},
        facets,
        choices=tuple(
            Choice("choice_job", {"job": both_genders(label, catalogue)}, Ask(facets, (), (label,)))
            for label in near[:MAX_CHOICES]
        ),
    )


def formations_for_job(
    labels: Sequence[str],
    formations: Sequence[Formation],
    catalogue: Catalogue,
    kind: str | None = None,
    given_up: Sequence[Mapping[str, Any]] = (),
) -> Reply:
    """List the formations whose fiche lists one of the jobs.

    `kind` words the type they were narrowed to, `given_up` what was asked and no fiche has (`filters.nearest`).
    """
    return Reply(
        "formations_for_job",
        Outcome.ANSWERED,
        {
            "jobs": [both_genders(label, catalogue) for label in labels],
            "titles": [f.title for f in formations[:SHOWN_FORMATIONS]],
            "total": len(formations),
            "kind": kind,
            "given_up": list(given_up),
            "source": source_of(catalogue),
        },
        (Facet.FORMATIONS_FOR_JOB,),
        tuple(formations),
        tuple(labels),
        tuple((f.id, SECTION_JOBS) for f in formations),
        tuple(formation_choice(f, ()) for f in formations[:3]),
    )


def search_result(said: str, formations: Sequence[Formation], catalogue: Catalogue) -> Reply:
    """List the formations found by a search."""
    return Reply(
        "search",
        Outcome.ANSWERED,
        {
            "said": said,
            "titles": [f.title for f in formations[:SHOWN_FORMATIONS]],
            "total": len(formations),
            "source": source_of(catalogue),
        },
        (Facet.SEARCH,),
        tuple(formations),
        choices=tuple(formation_choice(f, ()) for f in formations[:3]),
    )


def _about(formations: Sequence[Formation], facets: Sequence[Facet], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "title": formations[0].title,
        "titles": [f.title for f in formations[:MAX_CHOICES]],
        "total": len(formations),
        "link": formations[0].link if len(formations) == 1 else None,
        "sections": [PLACE_OF_FACET[facet] for facet in facets],
        "source": source_of(catalogue),
    }


def source_of(catalogue: Catalogue) -> dict[str, str] | None:
    return asdict(catalogue.source) if catalogue.source else None


def both_genders(label: str, catalogue: Catalogue) -> dict[str, str]:
    job = catalogue.jobs.get(label)
    return {"masculine": job.masculine, "feminine": job.feminine} if job else {"masculine": label, "feminine": label}
