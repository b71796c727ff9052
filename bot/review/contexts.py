"""Scores how much the words before and after a word suggest that it is a name, with the patterns of contexts.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from bot.review.words import Word

_TABLE = Path(__file__).with_name("contexts.toml")
SURE, TITLE, STRONG = 40, 20, 15
_WORTH = {"sure": SURE, "title": TITLE, "strong": STRONG, "telling": 13, "fair": 10, "faint": 8, "weak": 6, "end": 3}

_MARKS = " ,;:.!?()=/+-–'"
_MARK = re.compile(r"[,;:.!?()=/+]|(?<= )[-–](?= )")
_REACH = 8


@dataclass(frozen=True)
class _Contexts:
    """The patterns before a name and after a name, each with its points, highest first."""

    before: tuple[tuple[re.Pattern[str], int], ...]
    after: tuple[tuple[re.Pattern[str], int], ...]


@lru_cache(maxsize=1)
def _contexts() -> _Contexts:
    tables = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    lists = {name: "|".join(re.escape(word.replace("_", " ")) for word in words.split())
             for name, words in tables["words"].items()}  # fmt: skip

    def patterns(place: str, form: str) -> tuple[tuple[re.Pattern[str], int], ...]:
        groups = [("|".join(group["patterns"]), _WORTH[group["worth"]]) for group in tables[place]]
        filled = [(re.sub(r"<(\w+)>", lambda m: f"(?:{lists[m[1]]})", pattern), worth) for pattern, worth in groups]
        ordered = sorted(filled, key=lambda pair: -pair[1])
        return tuple((re.compile(form.format(pattern)), worth) for pattern, worth in ordered)

    return _Contexts(patterns("before", "(?:{}) ?$"), patterns("after", "(?:{})"))


def said(words: Sequence[Word]) -> list[str]:
    """Return each word folded, after the punctuation that patterns use: [" bonjour", " , moi", " c", "' est"]."""
    spoken = []
    for word in words:
        mark = _MARK.search(word.before)
        joint = "' " if word.before in ("'", "’") else f" {mark[0]} " if mark else " "
        spoken.append(f"{joint}{word.folded}")
    return spoken


def worth_before(spoken: Sequence[str], at: int) -> int:
    """Return the points of the best pattern that matches the text before word `at`, or 0 if none does.

    `spoken` is the result of `said`.
    """
    own = spoken[at][: len(spoken[at]) - len(spoken[at].lstrip(_MARKS))]
    text = "".join(spoken[max(0, at - _REACH) : at]) + own.rstrip() + " "
    if own.startswith("'") and text.endswith((" m' ", " s' ", " n' ", " t' ", " j' ")):
        return 0
    return next((worth for pattern, worth in _contexts().before if pattern.search(text)), 0)


def worth_after(spoken: Sequence[str], past: int) -> int:
    """Return the points of the best pattern that matches the text from word `past` on, or 0 if none does.

    `past` is the index of the first word after a name. `spoken` is the result of `said`.
    """
    text = "".join(spoken[past : past + _REACH]).strip()
    return next((worth for pattern, worth in _contexts().after if pattern.match(text)), 0)
