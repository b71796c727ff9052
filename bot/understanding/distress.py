"""What a message about distress is about, and who writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.normalize import expand_sms, tokenize

_TABLE = Path(__file__).with_name("distress.toml")


@dataclass(frozen=True)
class _Kind:
    name: str
    fits: re.Pattern[str]
    without: re.Pattern[str]
    unless: re.Pattern[str]
    always: re.Pattern[str]


def read_distress(text: str) -> tuple[str, str]:
    """Return what a message about distress is about, and who writes it, as names in the tables of distress.toml."""
    words = " ".join(expand_sms(token.text) for token in tokenize(text))
    about, speaker = (next(kind.name for kind in kinds if _fits(kind, words)) for kinds in _kinds())
    return about, speaker


def _fits(kind: _Kind, words: str) -> bool:
    said = kind.without.sub(" ", words)
    if not kind.fits.search(said):
        return False
    return not kind.unless.search(said) or bool(kind.always.search(said))


@lru_cache(maxsize=1)
def distress_table() -> dict[str, Any]:
    """Return the content of distress.toml."""
    return tomli.loads(_TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[_Kind, ...], tuple[_Kind, ...]]:
    """Return the kinds of `about` and of `speaker`, in order. The last kind of each matches any message."""
    return tuple(
        tuple(
            _Kind(
                name,
                _any(kind["patterns"]) if kind["patterns"] else re.compile(""),
                *(_any(kind.get(key, ())) for key in ("without", "unless", "always")),
            )
            for name, kind in distress_table()[table].items()
        )
        for table in ("about", "speaker")
    )  # type: ignore[return-value]


def _any(patterns: Sequence[str] | str) -> re.Pattern[str]:
    """Return a pattern that finds any of `patterns` at the beginning of a word. It never matches if there are none."""
    each = [patterns] if isinstance(patterns, str) else patterns
    return re.compile(rf"\b(?:{'|'.join(each)})" if each else r"(?!)")
