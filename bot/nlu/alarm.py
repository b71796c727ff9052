"""Distress told beside anything else: the places of a message whose clauses speak of it, read by a model of clauses.

The model learns the phrases of data/nlu, and as what is no distress also every clause that the other ones hold, so
that no fragment of an ordinary question ("il me") is taken for the beginning of something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.nlu.clauses import Span, clauses
from bot.nlu.features import mask, view
from bot.nlu.intent_model import IntentModel

DISTRESS = "distress"
# Learnt only to be told from distress.
HYPERBOLE = "hyperbole"
# The least score of a clause, higher for one of few words, which holds less to be sure of, and the most of hyperbole
# beside it. Chosen on the held-out messages: docs/nlu.md.
_FLOOR = 0.39
_FLOORS_OF_FEW_WORDS = {2: 0.85, 3: 0.8}
_MOST_HYPERBOLE = 0.4


class Alarm:
    """Tells which clauses of a message speak of distress."""

    def __init__(self, model: IntentModel) -> None:
        self._model = model

    @classmethod
    def train(cls, phrases: Sequence[tuple[str, str]]) -> Alarm:
        """Learn from (text with its names masked, intent)."""
        learnt: dict[str, frozenset[str]] = {}
        for text, intent in phrases:
            label = frozenset({intent} & {DISTRESS, HYPERBOLE})
            learnt.setdefault(text, label)
            if intent != DISTRESS:
                for start, end, _ in clauses(text):
                    learnt.setdefault(text[start:end], label)
        views = [view(text) for text in learnt]
        return cls(IntentModel.train(views, list(learnt.values()), labels=(DISTRESS, HYPERBOLE)))

    def places(self, text: str, masks: Sequence[tuple[int, int, str]] = (), least: float = 0.0) -> list[Span]:
        """The (start, end) in `text` that speak of distress, as short as they can be, in order; `masks` as in `mask`.

        They do not overlap; the list is empty where nothing does. No clause counts that scores below `least`.
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
        """How much a text, its names masked, sounds of distress, and how much of hyperbole; each in [0, 1]."""
        scores = self._model.scores(view(masked))
        return scores[DISTRESS], scores[HYPERBOLE]

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Alarm:
        """Read what `save` wrote; FileNotFoundError when it is not there."""
        return cls(IntentModel.load(folder))


def _shortest(spans: Sequence[Span]) -> list[Span]:
    """The spans that hold no other one, in order; of two that overlap the first."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span[1] - span[0], span)):
        if not any(span[0] < end and start < span[1] for start, end in kept):
            kept.append(span)
    return sorted(kept)
