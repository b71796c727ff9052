"""The linear model behind the question classifier: one calibrated score a label, several labels a message.

Method: TF-IDF (logarithmic counts, rows of length 1) of stems (1 to 2) and of characters inside words (2 to 5), one
logistic regression a label (scikit-learn; NumPy alone reads a message, in a quarter of the time); messages that ask
several things are learnt from single questions joined at random, every label as often and at every place (ours).
Persisted as JSON and NumPy arrays, never as pickles.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # only training needs scikit-learn, which takes two seconds and 40 MB to load
    from sklearn.feature_extraction.text import TfidfVectorizer

FloatArray = npt.NDArray[np.floating[Any]]
_VOCABULARY = "vocabulary.json"
_ARRAYS = "model.npz"
_LINKS = (
    *(" et ", ", ", " + ", " ? ", " "),
    *(" ainsi que ", " et aussi ", " puis ", " et puis ", " / ", " ? et ", ", et ", " et du coup "),
)
# What is asked, and of what ({1}).
_NAMED = ("{0}", "{0} {1}", "{1} {0}", "{1} : {0}", "le {1}, {0}", "{0} du {1}", "{0} de la {1}", "pour le {1} : {0}")
_ENDINGS = ("", " ?")
_END = " ?.!"
_BRIEF = 3
_LISTED = 0.4
_THREE = 0.25
_NEVER = -20.0  # the logit of a label without a phrase


def word_grams(text: str) -> list[str]:
    """The words of a text, then its pairs of neighbours."""
    words = text.split()
    return [*words, *map(" ".join, zip(words, words[1:], strict=False))]


def char_grams(text: str) -> list[str]:
    """The runs of 2 to 5 characters of each word, a space put before and behind it; of a shorter one, the whole."""
    grams: list[str] = []
    for word in text.split():
        padded = f" {word} "
        size = len(padded)
        for length in range(2, min(5, size) + 1):
            grams += [padded[at : at + length] for at in range(size - length + 1)]
    return grams


def _vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(analyzer=word_grams, sublinear_tf=True, dtype=np.float32)
    chars = TfidfVectorizer(analyzer=char_grams, sublinear_tf=True, min_df=2, dtype=np.float32)
    return words, chars


class Terms:
    """The known terms of one view: their numbers, and how much each weighs in a message."""

    def __init__(self, numbers: Mapping[str, int], rarity: FloatArray) -> None:
        self.numbers = numbers
        self.rarity = rarity

    @classmethod
    def of(cls, vectorizer: TfidfVectorizer) -> Terms:
        """Those that a vectorizer has learnt."""
        return cls({term: int(number) for term, number in vectorizer.vocabulary_.items()}, vectorizer.idf_)

    def weigh(self, grams: Iterable[str]) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """The known ones among `grams`, and their TF-IDF: what the vectorizer would say of the text."""
        counts = Counter(number for gram in grams if (number := self.numbers.get(gram)) is not None)
        found = np.fromiter(counts, dtype=np.intp, count=len(counts))
        weights = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self.rarity[found]
        return found, weights / (np.linalg.norm(weights) or 1.0)


class IntentModel:
    """Labels with scores in [0, 1] for a message given as two views: stems and plain text."""

    def __init__(
        self, labels: Sequence[str], words: Terms, chars: Terms, weights: FloatArray, bias: FloatArray
    ) -> None:
        """`weights`: a row for each term, words first, and a column for each label."""
        self.labels = tuple(labels)
        self._words = words
        self._chars = chars
        self._weights = weights
        self._of_words, self._of_chars = np.split(weights, [len(words.numbers)])
        self._bias = bias

    @classmethod
    def train(
        cls,
        views: Sequence[tuple[str, str]],
        targets: Sequence[frozenset[str]],
        strength: float = 12.0,
        labels: Sequence[str] = (),
        known: Callable[[str], npt.NDArray[np.bool_] | None] = lambda _: None,
        tolerance: float = 0.01,
    ) -> IntentModel:
        """Fit on (stems, plain) views and their sets of labels; about ten seconds for three thousand phrases.

        `labels` are those told apart, all that occur where none is given; one that no phrase has scores nearly 0.
        `known` returns, for a label, which of the views it is learnt from; all of them if it returns None. A larger
        `tolerance` of the solver takes less time.
        """
        from scipy.sparse import hstack
        from sklearn.linear_model import LogisticRegression

        labels = labels or sorted(set().union(*targets))
        words, chars = _vectorizers()
        features = hstack(
            [words.fit_transform([v[0] for v in views]), chars.fit_transform([v[1] for v in views])], format="csr"
        )

        def fit(label: str) -> tuple[FloatArray, float]:
            has = np.array([label in target for target in targets])
            learnt = known(label)
            rows, has = (features, has) if learnt is None else (features[learnt], has[learnt])
            if not has.any():
                return np.zeros(features.shape[1]), _NEVER
            fitted = LogisticRegression(
                C=strength,
                solver="liblinear",
                # The dual at a tolerance of 0.01 takes half the time; scores differ by a thousandth.
                dual=True,
                tol=tolerance,
                class_weight={False: 1.0, True: 3.0},
                random_state=0,
            )
            fitted.fit(rows, has)
            return fitted.coef_[0], fitted.intercept_[0]

        # One after the other: liblinear draws from one generator for all threads, and two trainings would differ.
        weights, bias = zip(*map(fit, labels), strict=True)
        columns = np.asarray(weights, dtype=np.float32).T.copy()
        return cls(labels, Terms.of(words), Terms.of(chars), columns, np.asarray(bias))

    def scores(self, view: tuple[str, str]) -> dict[str, float]:
        """The score of each label for one message."""
        return dict(zip(self.labels, (1.0 / (1.0 + np.exp(-self.logits(view)))).tolist(), strict=True))

    def logits(self, view: tuple[str, str]) -> FloatArray:
        """Return the logits of the labels for one message, in the order of `labels`."""
        words, weights_of_words = self._words.weigh(word_grams(view[0]))
        chars, weights_of_chars = self._chars.weigh(char_grams(view[1]))
        logits: FloatArray = (
            weights_of_words @ self._of_words[words] + weights_of_chars @ self._of_chars[chars] + self._bias
        )
        return logits

    def save(self, folder: Path) -> None:
        """Write the model into an existing folder."""
        vocabulary = {"labels": self.labels, "words": self._words.numbers, "chars": self._chars.numbers}
        (folder / _VOCABULARY).write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / _ARRAYS,
            weights=self._weights,
            bias=self._bias,
            words_idf=self._words.rarity,
            chars_idf=self._chars.rarity,
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read what `save` wrote; FileNotFoundError when it is not there."""
        vocabulary = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS) as arrays:
            words, chars = (Terms(vocabulary[name], arrays[f"{name}_idf"]) for name in ("words", "chars"))
            return cls(vocabulary["labels"], words, chars, arrays["weights"], arrays["bias"])


def joined(
    texts: Sequence[str],
    targets: Sequence[frozenset[str]],
    joinable: frozenset[str],
    name: str,
    count: int,
    seed: int = 7,
) -> list[tuple[str, frozenset[str]]]:
    """`count` messages that ask two or three things, each with the labels asked.

    The labels are drawn alike, however many phrases each has, and in any order, so that no label is lost for where
    it stands. Some messages list what is asked in a word or two ("durée et niveau"), with the mask `name` before,
    behind or nowhere; the others join whole phrases, where the name is said once if there is a choice.
    """
    chance = random.Random(seed)
    phrases: dict[str, list[str]] = {label: [] for label in sorted(joinable)}
    for text, target in zip(texts, targets, strict=True):
        for label in target & joinable:
            phrases[label].append(text.strip(_END))
    labels = [label for label, found in phrases.items() if found]
    nameless = {label: [p for p in found if name not in p] or found for label, found in phrases.items()}
    brief = {label: [p for p in found if len(p.split()) <= _BRIEF] or found for label, found in nameless.items()}
    made: list[tuple[str, frozenset[str]]] = []
    while len(labels) > 1 and len(made) < count:
        asked = chance.sample(labels, min(len(labels), 3 if chance.random() < _THREE else 2))
        if chance.random() < _LISTED:
            listed = _linked([chance.choice(brief[label]) for label in asked], chance)
            text = chance.choice(_NAMED).format(listed, name)
        else:
            parts = [chance.choice((phrases if at == 0 else nameless)[label]) for at, label in enumerate(asked)]
            text = _linked(parts, chance)
        made.append((text + chance.choice(_ENDINGS), frozenset(asked)))
    return made


def _linked(parts: Sequence[str], chance: random.Random) -> str:
    """ "a, b et c", with a link drawn from those that people write."""
    link = chance.choice(_LINKS)
    return link.join([chance.choice((", ", link)).join(parts[:-1]), parts[-1]])
