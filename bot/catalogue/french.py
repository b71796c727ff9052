"""Whether a word is French, and how common it is: french_words.npz.xz, made by benchmarks/french_words.py.

The file holds folded forms, inflected ones too: those that spaCy's French lexicon knows to be spelt correctly, and
others (names, loan words, sigles) that are written often all the same. Frequencies are wordfreq's, as Zipf values: the
logarithm to base 10 of the occurrences in a billion words (1 is rare, 3 is uncommon, 5 is in every text, 7 is "de").
"""

from __future__ import annotations

import io
import lzma
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bot.catalogue.normalize import stem

WORDS_FILE = Path(__file__).with_name("french_words.npz.xz")
STEPS = 10  # of a Zipf value, as the file holds it
_SHORTEST_INFLECTED = 3  # letters; as short or shorter a word has no other gender or number
OUTSIDE = 128  # added to the steps of a form that the lexicon does not know


@lru_cache(maxsize=1)
def _words() -> tuple[Any, Any]:
    """The forms, sorted, and their steps: two arrays, some 6 MB instead of the 30 of a dict."""
    with np.load(io.BytesIO(lzma.decompress(WORDS_FILE.read_bytes()))) as arrays:
        return arrays["forms"], arrays["steps"]


@lru_cache(maxsize=65536)
def _steps(word: str) -> int | None:
    forms, steps = _words()
    said = word.encode("ascii", "replace")
    at = int(np.searchsorted(forms, said))
    return int(steps[at]) if at < len(forms) and forms[at] == said else None


def zipf(word: str) -> float:
    """The Zipf value of a folded form, 0.0 where it is too rare to have one or unknown."""
    steps = _steps(word)
    return 0.0 if steps is None else steps % OUTSIDE / STEPS


@lru_cache(maxsize=65536)
def is_french(word: str) -> bool:
    """Whether a folded word is a form of the French lexicon, or one of another gender or number."""
    return any(steps is not None and steps < OUTSIDE for steps in map(_steps, _forms(word)))


@lru_cache(maxsize=65536)
def is_written(word: str) -> bool:
    """Whether a folded word is as in `is_french`, or one that is often written: hardly a typing error."""
    return any(_steps(form) is not None for form in _forms(word))


def _forms(word: str) -> tuple[str, ...]:
    root = stem(word)
    return (word, root, f"{root}e") if len(word) > _SHORTEST_INFLECTED else (word,)
