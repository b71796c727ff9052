"""Scores the acts of a message and the topics that it asks, with one linear model and a small one on top.

The linear model (IntentModel) has two kinds of labels over one set of features. *Kinds* compete: each act, and for a
question each topic that an intent of data/nlu asks. *Topics* do not: each is learnt from messages that ask several
things. The small model, a logistic regression, decides for each kind whether it is asked, from both scores, their leads
over the next best, and the scores of single clauses; its bias for each kind is what a threshold of its own would be. It
is fitted on phrases that the linear model below it has not seen.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import tokenize
from bot.nlu.asking import Asked
from bot.nlu.features import MASK_FORMATION, MASK_JOB, view
from bot.nlu.intent_model import IntentModel, joined
from bot.understanding.intents import QUESTIONS, act_of, label_of, topics_of_intent
from bot.understanding.reading import Act

FloatArray = npt.NDArray[np.floating[Any]]
# A text and its intent.
Phrase = tuple[str, str]

_STAGE = "stage.json"
_AMONG = "asks "  # before the name of a topic that is learnt beside others
_SEPARATOR = "+"
_JOINED = 4000
# Takes a quarter less time than 0.01; no figure changes by more than a thousandth.
_TOLERANCE = 0.1
_MOST_ALONE = 2500
_MOST_OTHER = 1200
_FLOOR = -4.0  # of a logit, where nothing is known
_CLAUSE = re.compile(r"[,;+/:?!.]|\b(?:et|puis|aussi|ainsi que)\b", re.IGNORECASE)
_SEVERAL = re.compile(r"[,;+/:&]|\?.*\w|\b(et|puis|aussi|ou|ainsi)\b", re.IGNORECASE)
_MOST_CLAUSES = 4
# Words of a clause that has a name but asks nothing itself ("… et pour être boulanger").
_NO_QUESTION = GAP_WORDS | {MASK_FORMATION, MASK_JOB, "etre", "devenir"}


def kind_of(intent: str) -> str:
    """Return the label that competes for an intent: the topics that it asks, joined by "+", or its act."""
    topics = topics_of_intent(intent)
    return _SEPARATOR.join(sorted(topics)) if topics else label_of(*act_of(intent))


KINDS = tuple(sorted({kind_of(intent) for intent in QUESTIONS}))
_SINGLE = frozenset(kind for kind in KINDS if _SEPARATOR not in kind)


@dataclass(frozen=True)
class Scores:
    """The scores of a message, each in [0, 1]: of acts by their values, and of topics by theirs."""

    acts: Mapping[str, float]
    topics: Mapping[str, float]


class TopicModel:
    """Scores messages; `weights` are those of the small model: a column of features, then one bias for each kind."""

    def __init__(self, linear: IntentModel, weights: FloatArray) -> None:
        self._linear = linear
        self._weights = weights
        place = {label: at for at, label in enumerate(linear.labels)}
        self._kinds = np.array([place[kind] for kind in KINDS])
        self._others = np.array([at for label, at in place.items() if label not in KINDS and _AMONG not in label])
        self._competing = np.array([at for label, at in place.items() if _AMONG not in label])
        self._among = np.array([place.get(_AMONG + kind, -1) for kind in KINDS])

    @classmethod
    def train(cls, phrases: Sequence[Phrase], unseen: Sequence[Phrase], made: Sequence[Asked]) -> TopicModel:
        """Return a model that has learnt from phrases and from generated messages.

        `unseen` are phrases that the small model may be fitted on: other models are trained on one half of them and
        asked about the other.
        """
        one, other = _halves(unseen)
        below = cls(_fitted(one, made[: len(made) // 2]), np.zeros(0))
        return cls(_fitted(phrases, made), _fitted_stage(below, other))

    def scores(self, masked: str) -> Scores:
        """Return the scores of a text with its names masked."""
        features, logits = self._features(masked)
        chances = _sigmoid(features @ self._weights[: features.shape[1]] + self._weights[features.shape[1] :])
        topics: dict[str, float] = {}
        for kind, chance in zip(KINDS, chances.tolist(), strict=True):
            for topic in kind.split(_SEPARATOR):
                topics[topic] = max(topics.get(topic, 0.0), chance)
        acts = {self._linear.labels[at]: float(_sigmoid(logits[at])) for at in self._others}
        # To ask several things is none of the kinds that compete, but it is to ask.
        acts[Act.ASK.value] = max(float(_sigmoid(logits[self._kinds].max())), *topics.values())
        return Scores(acts, topics)

    def _features(self, masked: str) -> tuple[FloatArray, FloatArray]:
        """Return what the small model sees, a row for each kind, and the logits of all labels of the linear model."""
        logits = self._linear.logits(view(masked))
        kinds, best_other = logits[self._kinds], logits[self._others].max()
        among = np.where(self._among >= 0, logits[self._among], _FLOOR)
        top = kinds == kinds.max()
        clauses = [clause for clause in _CLAUSE.split(masked) if _asks(clause)]
        several = float(_SEVERAL.search(masked) is not None)
        columns = [
            kinds,
            top,
            top & (kinds.max() >= best_other),
            np.clip(_lead(kinds), _FLOOR, -_FLOOR),
            among,
            np.clip(_lead(among), _FLOOR, -_FLOOR),
            self._of_clauses(clauses) if len(clauses) > 1 else np.full(len(KINDS), _FLOOR),
            np.full(len(KINDS), np.clip(best_other, _FLOOR, -_FLOOR)),
            np.full(len(KINDS), several),
            top * several,
            np.full(len(KINDS), min(len(clauses), _MOST_CLAUSES)),
        ]
        return np.stack(columns, axis=1).astype(np.float64), logits

    def _of_clauses(self, clauses: Sequence[str]) -> FloatArray:
        """Return for each kind its best logit in the clauses where it comes before every other kind and act."""
        best = np.full(len(KINDS), _FLOOR)
        for clause in clauses:
            logits = self._linear.logits(view(clause))
            won = self._kinds == self._competing[np.argmax(logits[self._competing])]
            best = np.where(won, np.maximum(best, logits[self._kinds]), best)
        return best

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        self._linear.save(folder)
        (folder / _STAGE).write_text(json.dumps(self._weights.tolist()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Return the model that `save` wrote; raises FileNotFoundError if it does not exist."""
        weights = json.loads((folder / _STAGE).read_text(encoding="utf-8"))
        return cls(IntentModel.load(folder), np.asarray(weights))


def _fitted(phrases: Sequence[Phrase], made: Sequence[Asked]) -> IntentModel:
    """Return the linear model. Kinds are learnt from what asks one thing at most, topics from all but comparisons."""
    texts = [text for text, _ in phrases]
    kinds = [kind_of(intent) for _, intent in phrases]
    several = joined(texts, [frozenset({kind}) for kind in kinds], _SINGLE, MASK_FORMATION, _JOINED)
    targets = [frozenset({kind, *({_AMONG + kind} if kind in _SINGLE else ())}) for kind in kinds]
    targets += [frozenset(_AMONG + kind for kind in asked) for _, asked in several]
    targets += [frozenset({*(_AMONG + topic for topic in asked.topics), *_competing(asked)}) for asked in made]
    # A comparison written by hand does not say what it compares; a message generated may ask for no kind at all.
    competing = np.array([any(_AMONG not in label for label in target) for target in targets])
    beside = np.array([kind != Act.COMPARE.value for kind in kinds] + [True] * (len(targets) - len(kinds)))
    views = [view(text) for text in [*texts, *(text for text, _ in several), *(asked.text for asked in made)]]
    labels = sorted({*kinds, *KINDS}) + [_AMONG + kind for kind in KINDS if kind in _SINGLE]
    return IntentModel.train(
        views,
        targets,
        labels=labels,
        known=lambda label: beside if _AMONG in label else competing,
        tolerance=_TOLERANCE,
    )


def _competing(asked: Asked) -> frozenset[str]:
    """Return the kind of a generated message that is one thing only."""
    if asked.act is not Act.ASK:
        return frozenset({asked.act.value} if asked.act else ())
    return asked.topics if len(asked.topics) == 1 else frozenset()


def _halves(phrases: Sequence[Phrase]) -> tuple[list[Phrase], list[Phrase]]:
    shuffled = random.Random(3).sample(list(phrases), len(phrases))
    return shuffled[::2], shuffled[1::2]


def _fitted_stage(below: TopicModel, phrases: Sequence[Phrase]) -> FloatArray:
    """Return the weights of the small model, fitted on phrases alone and joined."""
    from sklearn.linear_model import LogisticRegression

    kinds = [frozenset({kind_of(intent)}) for _, intent in phrases]
    texts = [text for text, _ in phrases]
    alone = [
        (text, kind & set(KINDS)) for text, kind in zip(texts, kinds, strict=True) if Act.COMPARE.value not in kind
    ]
    asking = [row for row in alone if row[1]][:_MOST_ALONE]
    rest = [row for row in alone if not row[1]][:_MOST_OTHER]
    rows = [*joined(texts, kinds, _SINGLE, MASK_FORMATION, _JOINED // 2, seed=11), *asking, *rest]
    features = np.concatenate([np.hstack([below._features(text)[0], np.eye(len(KINDS))]) for text, _ in rows])
    asked = np.array([kind in kinds for _, kinds in rows for kind in KINDS])
    fitted = LogisticRegression(C=1.0, max_iter=3000, fit_intercept=False).fit(features, asked)
    weights: FloatArray = fitted.coef_[0]
    return weights


def _lead(logits: FloatArray) -> FloatArray:
    """Return how much each is above the best of the others."""
    second, best = np.sort(logits)[-2:]
    return logits - np.where(logits == best, second, best)


def _sigmoid(logits: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-logits))


def _asks(clause: str) -> bool:
    """Return whether a clause contains more than a name."""
    return any(token.text not in _NO_QUESTION for token in tokenize(clause))
