"""Combines the scores of the models into what a message asks: intent, facets, unknown words. Does not import Rasa.

Distress comes before anything else that a message says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.catalogue.fiche import Facet
from bot.catalogue.job_fiche import JOB_FACETS
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import expand_sms, stem, tokenize
from bot.catalogue.talk import QUESTION_WORDS
from bot.nlu.alarm import DISTRESS, HYPERBOLE, Alarm
from bot.nlu.clauses import Span
from bot.nlu.corrections import without_opening, without_refused
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask, undisguised, view
from bot.nlu.intent_model import IntentModel, joined
from bot.nlu.learned import Learned, generated
from bot.understanding.intents import FACETS_OF_INTENT

FALLBACK = "nlu_fallback"
_VOCABULARY = "vocabulary.json"
_RANKED = 10
_ORDINARY = 800  # generated messages that the alarm learns to leave alone
_JOINED = 1800
# Below this score, nothing was understood. A higher value refuses more real questions than others (cross-validation).
_SURE = 0.03
# An intent with a score below this one does not replace faint distress.
_SET_ASIDE = 0.07
_FACET = 0.45
_FORMATION_FIRST = 0.7
_LONE_FACET = 0.6
_CORRECTING = frozenset({"deny", "choose", "inform", FALLBACK})
_CLEAR_CLAUSE = 0.6
# Enough for a clause whose best score is much higher than its second best (_MARGIN times).
_LIKELY_CLAUSE = 0.4
_MARGIN = 2.0
_CLAUSE = re.compile(r"[,;+/:?!.]|\b(?:et|puis|aussi|ainsi que)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;+/:&]|\?.*\w|\b(et|puis|aussi|ou|ainsi)\b", re.IGNORECASE)
# Factor on the score for out_of_scope in a message without a name. Chosen by cross-validation.
_OUTSIDE = 1.5
_DISTRESS = 0.42
_PLAIN_DISTRESS = 0.6
# From this score on, the first model alone decides.
_CLEAR_DISTRESS = 0.8
_ALARM_OF_THE_WHOLE = 0.1
# From this score for hyperbole of the whole message on, distress in single clauses may be ignored.
_HYPERBOLE_OF_THE_WHOLE = 0.3
# Where the whole of a message surely tells of a job, a lesson, a situation, a clause of distress must be surer; by
# cross-validation.
_SETTINGS = frozenset({"out_of_scope", "search_formations", "tell_situation", "ask_guidance", "ask_formations_for_job"})
_SURELY_SET = 0.5
_CLAUSE_IN_A_SETTING = 0.8
_FAINT_DISTRESS = 0.2
_ASKED_ALL_THE_SAME = 0.15
_QUESTION_OF_A_NAME = 0.4
_NAMES_IN_LIST = re.compile(rf"(?:{MASK_FORMATION}\W+(?:ou|vs|et|contre)\W+)+{MASK_FORMATION}")
# In a message about distress, a part without a name and with a lower score is not read as a question.
_CLEARLY_ASKED = 0.5
_ASKED_BESIDE = frozenset({"ask_place", "ask_dates", "ask_fees", "ask_salary", "ask_chances", "ask_guidance"})
_FEWEST_ASKED = 3  # words of a part that no question mark ends
# What people tell about themselves may look like these intents. In a message about distress, they need a question word.
_TOLD_OR_ASKED = frozenset({"ask_guidance", "search_formations"})
_QUESTION_CUES = frozenset(
    "quel quelle quels quelles quoi koi kel comment combien cb lequel laquelle metier metiers boulot formation".split()
)
_SENTENCE_END = re.compile(r"[.?!…;\n]+")
# Intents that are ruled out if the message names a formation.
_NAMELESS = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "ask_help", "bot_challenge", "insult", "ask_more", "hyperbole"}
)
_JOINABLE = frozenset(FACETS_OF_INTENT) - {"ask_what_after", "search_formations", "ask_formations_for_job", "compare"}


# Questions about a job. They are not joined to other questions in a message that names only a formation.
_OF_JOBS = frozenset(name for name, facets in FACETS_OF_INTENT.items() if set(facets) <= set(JOB_FACETS))
# Questions that are never asked about a formation, even if a job has the same name.
_OF_JOBS_ALONE = frozenset({"ask_job_salary", "ask_job_conditions", "ask_job_status", "ask_job_interests"})
# Questions about a job, each with the same question about a formation.
_OF_BOTH = {
    "ask_job_description": "ask_description",
    "ask_job_access": "ask_access",
    "ask_job_level": "ask_level",
    "ask_job_skills": "ask_expectations",
}
# Words of a clause that has a name but asks nothing itself ("… et pour être boulanger").
_NO_QUESTION = GAP_WORDS | {MASK_FORMATION, MASK_JOB, "etre", "devenir"}
# A text and its intent.
Phrase = tuple[str, str]


@dataclass(frozen=True)
class Understood:
    """What a message asks.

    `confidence` is the score of the intent, in [0, 1]. `ranking` has the best intents with their scores, best
    first. `unseen` has words that neither the training phrases nor the word lists contain. If the intent is
    distress, `rest` is the text with spaces in place of the parts that speak of distress, so that positions stay
    the same. It is "" if nothing else is asked.
    """

    intent: str
    confidence: float
    facets: tuple[Facet, ...]
    ranking: tuple[tuple[str, float], ...]
    unseen: tuple[str, ...]
    rest: str = ""


class Understanding:
    """Understands messages with three models.

    `single` predicts the intent, `several` the facets that one message asks together, and `alarm` finds distress.
    Beside them stands `learned`, which hears acts and topics instead.
    """

    def __init__(
        self,
        single: IntentModel,
        several: IntentModel,
        alarm: Alarm,
        vocabulary: frozenset[str],
        learned: Learned,
    ) -> None:
        self._single = single
        self._several = several
        self._alarm = alarm
        self._vocabulary = vocabulary
        self.learned = learned

    @classmethod
    def train(cls, masked: Sequence[Phrase], in_the_open: Sequence[Phrase] = ()) -> Understanding:
        """Return models that have learnt from phrases, each a text and its intent.

        `masked` are phrases with their names masked. `in_the_open` are phrases with names that no catalogue
        contains. Raises ValueError if `masked` is empty.
        """
        if not masked:
            raise ValueError("no training phrases")
        phrases = [*masked, *in_the_open]
        texts = [text for text, _ in phrases]
        views = [view(text) for text in texts]
        vocabulary = frozenset(word for stemmed, _ in views[: len(masked)] for word in stemmed.split())
        targets = [frozenset({intent}) for _, intent in phrases]
        single = IntentModel.train(views, targets)
        pairs = joined(texts, targets, _JOINABLE, MASK_FORMATION, _JOINED)
        asked = [target if target <= _JOINABLE else frozenset({"other"}) for target in targets]
        several = IntentModel.train(
            [*views, *(view(text) for text, _ in pairs)],
            [*asked, *(united for _, united in pairs)],
        )
        messages = generated(masked, in_the_open)
        alarm = Alarm.train(phrases, [message.text for message in messages[:_ORDINARY]])
        return cls(single, several, alarm, vocabulary, Learned.train(masked, in_the_open, messages))

    def read(self, text: str, mentions: Sequence[Mention]) -> Understood:
        """Return what `text` asks. `mentions` are the names found in it, which are masked.

        Distress in any part of the message comes first. If a name belongs to both a formation and a job, the
        message is read both ways. The reading as a formation is preferred unless its score is much lower.
        """
        open_text = undisguised(text)
        if open_text != text:
            in_disguise = self._heard(open_text, ()) or self._read(open_text, ())
            if in_disguise.intent == DISTRESS:
                return in_disguise
        return self._heard(text, mentions) or self.read_question(text, mentions)

    def _heard(self, text: str, mentions: Sequence[Mention]) -> Understood | None:
        """Return distress and the rest of the message if a clause speaks of distress, else None.

        Also None if the whole message is more likely hyperbole.
        """
        masks = [(m.start, m.end, MASK_JOB if m.jobs and not m.type else MASK_FORMATION) for m in mentions if m.words]
        places = self._alarm.places(text, masks)
        if not places:
            return None
        scores = self._single.scores(view(mask(text, masks)))
        distress, hyperbole = scores.get(DISTRESS, 0.0), scores.get(HYPERBOLE, 0.0)
        if hyperbole >= _HYPERBOLE_OF_THE_WHOLE and hyperbole > distress:
            return None
        told = max(scores, key=lambda name: scores[name] if name not in (DISTRESS, HYPERBOLE) else 0.0)
        if told in _SETTINGS and scores[told] >= max(_SURELY_SET, distress):
            places = self._alarm.places(text, masks, _CLAUSE_IN_A_SETTING)
            if not places:
                return None
        rest = self._rest(text, places, mentions)
        return Understood(DISTRESS, distress, (), ((DISTRESS, distress),), (), rest if tokenize(rest) else "")

    def _rest(self, text: str, places: Sequence[Span], mentions: Sequence[Mention]) -> str:
        """Return `text` with spaces in place of `places`, and of other parts without a name or a clear question."""
        cuts = {0, len(text), *(at for place in places for at in place)}
        cuts |= {found.end() for found in _SENTENCE_END.finditer(text)}
        kept = []
        for start, end in pairwise(sorted(cuts)):
            part = text[start:end]
            told = any(start < past and begin < end for begin, past in places)
            named = any((m.type or m.whole or m.whole_job) and start <= m.start and m.end <= end for m in mentions)
            enough = "?" in part or len(tokenize(part)) >= _FEWEST_ASKED
            kept.append(part if not told and enough and (named or self._asks(part)) else " " * len(part))
        return "".join(kept)

    def _asks(self, part: str) -> bool:
        """Return whether a part of a message without a name clearly asks something."""
        scores = self._single.scores(view(part)) if tokenize(part) else {}
        best = max(scores, key=lambda name: scores[name], default="")
        if best in _TOLD_OR_ASKED and not ("?" in part or any(t.text in _QUESTION_CUES for t in tokenize(part))):
            return False
        return (best in FACETS_OF_INTENT or best in _ASKED_BESIDE) and scores[best] >= _CLEARLY_ASKED

    def read_beside(self, rest: str, mentions: Sequence[Mention]) -> Understood | None:
        """Return what the `rest` of a message about distress asks, or None if it does not clearly ask something."""
        read = self.read_question(rest, mentions)
        named = any(m.known or m.type for m in mentions)
        asks = read.intent in FACETS_OF_INTENT or read.intent in _ASKED_BESIDE or (read.intent == "inform" and named)
        return read if asks and (named or read.confidence >= _CLEARLY_ASKED) else None

    def read_question(self, text: str, mentions: Sequence[Mention]) -> Understood:
        """Return what `text` as a whole asks. Distress in single clauses is not looked for."""
        named = [m for m in mentions if m.words]
        masks = [tuple((m.start, m.end, MASK_JOB if m.jobs and not m.type else MASK_FORMATION) for m in named)]
        if any(m.jobs and m.formations and not m.type for m in named):
            masks.append(tuple((m.start, m.end, MASK_FORMATION if m.formations else MASK_JOB) for m in named))
        if not named:
            return self._read_corrected(text, mentions)
        readings = [self._read(mask(text, spans), mentions) for spans in masks]
        if readings[0].intent in _OF_JOBS_ALONE:
            return readings[0]
        if len(readings) > 1 and readings[1].confidence >= _FORMATION_FIRST * readings[0].confidence:
            return readings[1]
        return readings[0]

    def _read_corrected(self, text: str, mentions: Sequence[Mention]) -> Understood:
        """Return what a message without a name asks, leaving out a part that says what is not asked."""
        read = self._read(text, mentions)
        asked = without_refused(text)
        if asked == text and read.intent in _CORRECTING:
            asked = without_opening(text)
        again = self._read(asked, mentions) if asked != text else read
        return again if again.facets else read

    def _read(self, masked: str, mentions: Sequence[Mention]) -> Understood:
        scores = self._single.scores(view(masked))
        named = any(m.known and (m.type or m.whole or m.whole_job) for m in mentions)
        if named:
            scores = {name: score for name, score in scores.items() if name not in _NAMELESS}
        if not any(m.words for m in mentions) and max(scores, key=lambda name: scores[name]) in FACETS_OF_INTENT:
            scores["out_of_scope"] = min(1.0, _OUTSIDE * scores.get("out_of_scope", 0.0))
        hyperbole = scores.pop(HYPERBOLE, 0.0)
        ranking = tuple(sorted(scores.items(), key=lambda item: -item[1])[:_RANKED])
        intent, confidence = ranking[0]
        if named and intent == "out_of_scope":
            # A message that names a formation is rarely about something else.
            question = max(FACETS_OF_INTENT, key=lambda name: scores.get(name, 0.0))
            score = scores.get(question, 0.0)
            if score >= _QUESTION_OF_A_NAME * confidence:
                intent, confidence = question, score
        distress = scores.get(DISTRESS, 0.0)
        plain = distress >= _PLAIN_DISTRESS or (distress >= _DISTRESS and distress > hyperbole)
        if plain and (distress >= _CLEAR_DISTRESS or self._alarmed(masked)):
            intent, confidence = DISTRESS, distress
        elif intent == DISTRESS:
            intent, confidence = next(((name, score) for name, score in ranking if name != DISTRESS))
            if confidence < _SET_ASIDE:
                faint = distress >= _FAINT_DISTRESS and distress > hyperbole and self._alarmed(masked)
                intent, confidence = (DISTRESS, distress) if faint else (HYPERBOLE, hyperbole)
        elif hyperbole > confidence and not (intent in FACETS_OF_INTENT and confidence >= _ASKED_ALL_THE_SAME):
            intent, confidence = HYPERBOLE, hyperbole
        elif confidence < _SURE:
            intent = "inform" if named else FALLBACK
        unseen = tuple(w for w in self._unseen(masked) if intent in FACETS_OF_INTENT or intent == FALLBACK)
        return Understood(intent, confidence, self._facets(intent, masked), ranking, unseen)

    def _alarmed(self, masked: str) -> bool:
        """Return whether the alarm scores distress in the whole message, even if low, and above hyperbole."""
        distress, hyperbole = self._alarm.scores(masked)
        return distress >= _ALARM_OF_THE_WHOLE and distress > hyperbole

    def _facets(self, intent: str, masked: str) -> tuple[Facet, ...]:
        if intent not in FACETS_OF_INTENT:
            return ()
        facets = list(FACETS_OF_INTENT[intent])
        if intent in _JOINABLE or intent in ("compare", "ask_formations_for_job"):
            scores = self._several.scores(view(masked))
            floor = _FACET if _SEVERAL.search(masked) else _LONE_FACET
            asked = [name for name in _JOINABLE if scores.get(name, 0.0) >= floor]
            asked += [name for name in self._by_clause(masked) if name not in asked]
            if MASK_FORMATION in masked and MASK_JOB not in masked:
                asked = [name for name in asked if name not in _OF_JOBS]
            if MASK_JOB not in masked:
                # Keep only one of two equal questions: about a job if that is the intent, else about a formation.
                twice = {name for of_job, name in _OF_BOTH.items() if of_job == intent}
                twice |= {of_job for of_job, name in _OF_BOTH.items() if name in (intent, *asked) and of_job != intent}
                asked = [name for name in asked if name not in twice]
            facets += [facet for name in sorted(asked, key=lambda n: -scores[n]) for facet in FACETS_OF_INTENT[name]]
        return tuple(dict.fromkeys(facets))

    def _by_clause(self, masked: str) -> list[str]:
        """Return the intents that single clauses of the message clearly ask."""
        clauses = [clause for clause in _CLAUSE.split(masked) if _asks(clause)]
        found = []
        for clause in clauses if len(clauses) > 1 else ():
            # Names in a list are removed, as they do not change the question: "A ou B durée" asks the same as "durée".
            scores = self._single.scores(view(_NAMES_IN_LIST.sub(" ", clause)))
            (second, best) = sorted(scores, key=lambda name: scores[name])[-2:]
            lone = scores[best] >= _LIKELY_CLAUSE and scores[best] >= _MARGIN * scores[second]
            if best in _JOINABLE and (scores[best] >= _CLEAR_CLAUSE or lone):
                found.append(best)
        return found

    def _unseen(self, masked: str) -> list[str]:
        """Return the words of the message that no training phrase contains, which may be an unknown name."""
        return [
            masked[token.start : token.end]
            for token in tokenize(masked)
            if len(token.text) > 3
            and not token.text.isdigit()
            and token.text not in GAP_WORDS
            and stem(token.text) not in QUESTION_WORDS
            and expand_sms(token.text) == token.text
            and stem(token.text) not in self._vocabulary
        ]

    def save(self, folder: Path) -> None:
        """Write the models into the folder `folder`."""
        models: dict[str, IntentModel | Alarm | Learned] = {
            "single": self._single,
            "several": self._several,
            "alarm": self._alarm,
            "learned": self.learned,
        }
        for name, model in models.items():
            (folder / name).mkdir()
            model.save(folder / name)
        (folder / _VOCABULARY).write_text(json.dumps(sorted(self._vocabulary), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Understanding:
        """Return the models that `save` wrote; raises FileNotFoundError if they do not exist."""
        vocabulary = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        single, several = (IntentModel.load(folder / name) for name in ("single", "several"))
        learned = Learned.load(folder / "learned")
        return cls(single, several, Alarm.load(folder / "alarm"), frozenset(vocabulary), learned)


def _asks(clause: str) -> bool:
    """Return whether a clause contains more than a name."""
    return any(token.text not in _NO_QUESTION for token in tokenize(clause))
