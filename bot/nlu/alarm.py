"""Finds the clauses of a message that speak of distress, whatever else the message says, with a model of clauses.

The model learns the phrases of data/nlu. It also learns every clause of the phrases that are not of the intent
distress, so that a fragment of an ordinary question ("il me") is not read as the beginning of another message.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.nlu.clauses import Span, clauses
from bot.nlu.features import mask, view
from bot.nlu.intent_model import IntentModel

DISTRESS = "distress"
# An intent that is learnt only to distinguish it from distress.
HYPERBOLE = "hyperbole"
# The lowest score for distress with which a clause counts, higher for a clause of few words, as its score is less
# reliable; and the limit of its score for hyperbole. Chosen on the held-out messages: docs/nlu.md.
_FLOOR = 0.39
_FLOORS_OF_FEW_WORDS = {2: 0.85, 3: 0.8}
_MOST_HYPERBOLE = 0.4


class Alarm:
    """Finds the clauses of a message that speak of distress."""

    def __init__(self, model: IntentModel) -> None:
        self._model = model

    @classmethod
    def train(cls, phrases: Sequence[tuple[str, str]], ordinary: Sequence[str] = ()) -> Alarm:
        """Return a model that has learnt from `phrases`: pairs of a text with its names masked, and its intent.

        `ordinary` are texts that speak of no distress.
        """
        learnt: dict[str, frozenset[str]] = {}
        for text, intent in (*phrases, *((text, "") for text in ordinary)):
            label = frozenset({intent} & {DISTRESS, HYPERBOLE})
            learnt.setdefault(text, label)
            if intent != DISTRESS:
                for start, end, _ in clauses(text):
                    learnt.setdefault(text[start:end], label)
        views = [view(text) for text in learnt]
        return cls(IntentModel.train(views, list(learnt.values()), labels=(DISTRESS, HYPERBOLE)))

    def places(self, text: str, masks: Sequence[tuple[int, int, str]] = (), least: float = 0.0) -> list[Span]:
        """Return the shortest parts of `text` that speak of distress, as (start, end) in characters, in order.

        The parts do not overlap. The list is empty if no part speaks of distress. `masks` are those of
        `features.mask`. A clause with a score below `least` does not count.
        """
        names = [(start, end) for start, end, _ in masks]
        found: list[Span] = []
        read: dict[str, tuple[float, float]] = {}
        for start, end, words in clauses(text, names):
            inside = [(at - start, past - start, name) for at, past, name in masks if start <= at and past <= end]
            masked = mask(text[start:end], inside)
            if masked not in read:
                read[masked] = self.scores(masked)
            distress, hyperbole = read[masked]
            floor = max(least, _FLOORS_OF_FEW_WORDS.get(words, _FLOOR))
            if distress >= floor and hyperbole < min(distress, _MOST_HYPERBOLE):
                found.append((start, end))
        return _shortest(found)

    def scores(self, masked: str) -> tuple[float, float]:
        """Return the scores for distress and for hyperbole of a text with its names masked; each in [0, 1]."""
        scores = self._model.scores(view(masked))
        return scores[DISTRESS], scores[HYPERBOLE]

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Alarm:
        """Return the model that `save` wrote; raises FileNotFoundError if it does not exist."""
        return cls(IntentModel.load(folder))


def _shortest(spans: Sequence[Span]) -> list[Span]:
    """Return spans that do not overlap, in order. Of two that overlap, the shorter one is kept, else the first."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[1] - span[0], span)):
        if not any(span[0] < end and start < span[1] for start, end in kept):
            kept.append(span)
    return sorted(kept)
