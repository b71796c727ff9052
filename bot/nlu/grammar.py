"""Generates sentences from a grammar kept as data, and misspells them as people do.

A line of a grammar may hold `{symbol}`, which stands for a line of that symbol, and `[a|b|]`, which stands for one of
its parts. Parts may hold symbols but no brackets. No symbol may stand, directly or not, for itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.normalize import fold

_SYMBOL = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_PART = re.compile(r"(\{\w+\}|\[[^\[\]]*\])")
_SPACES = re.compile(r"\s+")
_MASK = re.compile(r"\bx(?:formation|metier|nom\d)\b")
_PLACE = "Q"  # stands for a mask while rules over lower-case letters are applied

Symbols = Mapping[str, Sequence[str]]


@lru_cache(maxsize=8)
def read_grammar(path: Path) -> dict[str, Any]:
    """Return the tables of a grammar file; raises FileNotFoundError or tomli.TOMLDecodeError."""
    return tomli.loads(path.read_text(encoding="utf-8"))


def generate(line: str, symbols: Symbols, chance: random.Random) -> str:
    """Return a sentence that `line` stands for, with single spaces; raises KeyError for an unknown symbol."""
    return _SPACES.sub(" ", _expanded(line, symbols, chance)).strip()


def _expanded(line: str, symbols: Symbols, chance: random.Random) -> str:
    line = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), line)
    return _SYMBOL.sub(lambda found: _expanded(chance.choice(symbols[found[1]]), symbols, chance), line)


def pattern(line: str, symbols: Symbols) -> str:
    """Return a regular expression that matches exactly what `generate` may make of `line`, apart from spaces."""
    return "".join(_pattern_of(part, symbols) for part in _PART.split(line))


def _pattern_of(part: str, symbols: Symbols) -> str:
    choices: Sequence[str] = ()
    if symbol := _SYMBOL.fullmatch(part):
        choices = symbols[symbol[1]]
    elif choice := _CHOICE.fullmatch(part):
        choices = choice[1].split("|")
    if choices:
        return "(?:" + "|".join(pattern(line, symbols) for line in choices) + ")"
    return "".join(r"\s*" if char == " " else re.escape(char) for char in part)


class Spelling:
    """Misspells texts in one style: regular expressions over folded text, what they become, and how often."""

    def __init__(self, rules: Sequence[tuple[str, str, float]]) -> None:
        self._rules = [(re.compile(searched), put, share) for searched, put, share in rules]

    def misspell(self, text: str, chance: random.Random) -> str:
        """Return `text` folded and misspelt; the masks of names stay as they are."""
        text = fold(text)
        masks = iter(_MASK.findall(text))
        text = _MASK.sub(f" {_PLACE} ", text)
        for searched, put, share in self._rules:

            def respelt(found: re.Match[str], put: str = put, share: float = share) -> str:
                return found.expand(put) if chance.random() < share else found[0]

            text = searched.sub(respelt, text)
        return re.sub(_PLACE, lambda _: next(masks), text)
