"""A message -> the text that the intent model reads: names masked, SMS spelt out, words stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.catalogue.normalize import expand_sms, fold, stem, tokenize

MASK_FORMATION = "xformation"
MASK_JOB = "xmetier"

_SHOUT = re.compile(r"(.)\1{2,}")
_WHERE = re.compile(r"\b(où|Où|OÙ)\b")
_PUNCTUATION = re.compile(r"[?!]")


def mask(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each (start, end, mask) replaced; spans in any order, not overlapping."""
    for start, end, name in sorted(spans, reverse=True):
        text = f"{text[:start]} {name} {text[end:]}"
    return text


def plain(text: str) -> str:
    """Folded words in order, SMS spelt out, drawn-out letters shortened, "où" told from "ou", ? and ! kept."""
    text = _WHERE.sub(" oulieu ", text)
    marks = " ".join("§" + mark for mark in sorted(set(_PUNCTUATION.findall(text))))
    words = [expand_sms(_SHOUT.sub(r"\1\1", token.text)) for token in tokenize(text)]
    return " ".join([*words, marks]).strip()


def stems(text: str, lemmas: Sequence[str] = ()) -> str:
    """The stems of `plain(text)`, then the lemmas given, each marked as one."""
    words = [word if word.startswith("§") else stem(word) for word in plain(text).split()]
    return " ".join([*words, *("lemme" + re.sub(r"\W", "", fold(lemma)) for lemma in lemmas)])
