"""Finds in a message the ways of speaking listed in cues.toml."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.normalize import expand_sms, tokenize

_TABLE = Path(__file__).with_name("cues.toml")


def plain(text: str) -> str:
    """The words of `text`, folded, SMS written out, with one blank between them and no punctuation."""
    return " ".join(expand_sms(token.text) for token in tokenize(text))


def read_cues(text: str) -> frozenset[str]:
    """The names of the cues whose pattern the message matches."""
    said = plain(text)
    return frozenset(name for name, pattern in _patterns() if pattern.search(said))


def table() -> dict[str, dict[str, Any]]:
    """The content of cues.toml: for each cue its pattern and the messages that must and must not match."""
    return tomli.loads(_TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(cue["pattern"])) for name, cue in table().items())
