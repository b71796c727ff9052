"""Converts a message to the text that the models read: names masked, SMS written out, words stemmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.catalogue.lexicon import lexicon
from bot.catalogue.normalize import expand_sms, stem, tokenize

MASK_FORMATION = "xformation"
MASK_JOB = "xmetier"
MARK_TYPE = "xtype"

_SHOUT = re.compile(r"(.)\1{2,}")
_WHERE = re.compile(r"\b(où|Où|OÙ)\b")
_PUNCTUATION = re.compile(r"[?!]")


# Finds names joined by a link, which ask the same as one name: "métiers du A et du B".
_LINKED = re.compile(
    rf"({MASK_FORMATION}|{MASK_JOB})"
    r"(?:\s*(?:,|\+|/|&|\bet\b)\s*(?:(?:de|du|des|d|la|le|les|l|en|au|aux|pour|avec|avc|après|apres|un|une)\b\W*)*"
    r"\1\b)+",
    re.IGNORECASE,
)
# Types that are also common words, or that often mean a level rather than a diploma. They are not marked.
_NO_TYPE = frozenset({"bac", "DE", "mastère"})
_SPACED = re.compile(r"(?<!\S)(?:\S\s+){3,}\S(?!\S)")
_LETTERS_AND_DIGITS = re.compile(r"\b[a-zA-Z\d]{4,}\b")
_LEET = str.maketrans("013457", "oieast")


def undisguised(text: str) -> str:
    """Return `text` with spaced letters joined ("s u i c i d e") and digits used as letters replaced ("5u1c1d3")."""
    text = _SPACED.sub(lambda found: "".join(found[0].split()), text)
    return _LETTERS_AND_DIGITS.sub(_without_leet, text)


def _without_leet(found: re.Match[str]) -> str:
    """Return the word found with letters for its digits, if it has at least two digits and a letter."""
    digits = sum(char.isdigit() for char in found[0])
    return found[0].translate(_LEET) if 2 <= digits < len(found[0]) else found[0]


def mask(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Return `text` with each span (start, end, mask) replaced by its mask.

    Spans may be in any order but must not overlap. Linked names of the same kind become one mask.
    """
    for start, end, name in sorted(spans, reverse=True):
        text = f"{text[:start]} {name} {text[end:]}"
    return _LINKED.sub(r"\1", text)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Return the folded words of `text` in order, with SMS written out and repeated letters shortened.

    "où" is distinguished from "ou". The marks ? and ! are kept, once each, at the end.
    """
    text = undisguised(_WHERE.sub(" oulieu ", text))
    marks = " ".join("§" + mark for mark in sorted(set(_PUNCTUATION.findall(text))))
    words = [expand_sms(_SHOUT.sub(r"\1\1", token.text)) for token in tokenize(text)]
    return " ".join([*_with_types_marked(words), marks]).strip()


def _with_types_marked(words: Sequence[str]) -> list[str]:
    """Return `words` with a mark before each type of diploma: "quels", "xtype", "bts".

    Models thus learn for all types what they learn for one.
    """
    types = lexicon().types
    marked: list[str] = []
    at = 0
    while at < len(words):
        size = next(
            (
                n
                for n in range(lexicon().longest_type, 0, -1)
                if types.get(tuple(words[at : at + n]), "bac") not in _NO_TYPE
            ),
            0,
        )
        marked += [MARK_TYPE] if size else []
        marked += words[at : at + max(size, 1)]
        at += max(size, 1)
    return marked


def stems(text: str) -> str:
    """Return the stems of the words of `plain(text)`."""
    return view(text)[0]


def view(text: str) -> tuple[str, str]:
    """Return the two texts that the models read of a message: (`stems(text)`, `plain(text)`)."""
    words = plain(text)
    stemmed = [word if word.startswith("§") else stem(word) for word in words.split()]
    return " ".join(stemmed), words
