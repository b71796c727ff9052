"""Finds the words by which a message asks about people of one sex or origin: they are left out of the question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.normalize import Token, expand_sms, tokenize

_TABLE = Path(__file__).with_name("people.toml")


@dataclass(frozen=True)
class _People:
    asked: tuple[re.Pattern[str], ...]
    names: re.Pattern[str]


@lru_cache(maxsize=1)
def _people() -> _People:
    table: dict[str, Any] = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    words = {
        "<people>": rf"(?:{'|'.join(table['people'].split())})\b",
        "<generic>": table["generic"],
        "<ones>": table["ones"],
    }
    patterns = []
    for pattern in table["patterns"]:
        for name, meant in words.items():
            pattern = pattern.replace(name, meant)
        patterns.append(re.compile(rf"\b(?:{pattern})"))
    return _People(tuple(patterns), re.compile(rf"\b(?:{'|'.join(table['names'])})\b"))


def without_people(text: str) -> str | None:
    """Return `text` with spaces in place of the words that ask by who people are, or None if there are none.

    The positions of all other words stay the same.
    """
    said, tokens = _said(text)
    people = _people()
    named = people.names.sub(lambda found: "_" * len(found[0]), said)
    spans = [found.span() for pattern in people.asked for found in pattern.finditer(named)]
    if not spans:
        return None
    for start, end in spans:
        touched = [token for token, at in tokens if start <= at < end]
        text = text[: touched[0].start] + " " * (touched[-1].end - touched[0].start) + text[touched[-1].end :]
    return text


def _said(text: str) -> tuple[str, list[tuple[Token, int]]]:
    """Return the folded words of `text` in one string, with SMS written out, and where each token begins in it."""
    said, places = "", []
    for token in tokenize(text):
        places.append((token, len(said)))
        said += expand_sms(token.text) + " "
    return said.rstrip(), places
