"""Names of diplomas that no longer exist, and what they are called today: old_names.toml, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from bot.catalogue.normalize import Token, tokenize

_TABLE = Path(__file__).with_name("old_names.toml")


@dataclass(frozen=True)
class OldName:
    """An old name: `now` is the title of today, `prefix` tells that it only opens a name (DUT, then BUT)."""

    now: str
    sigle: str | None
    prefix: bool


@lru_cache(maxsize=1)
def old_names() -> Mapping[tuple[str, ...], OldName]:
    """Every old spelling, as folded words, with the name of today; read once."""
    entries = tomli.loads(_TABLE.read_text(encoding="utf-8"))["old"]
    return {
        tuple(token.text for token in tokenize(spelling)): OldName(
            entry["now"], entry.get("sigle"), bool(entry.get("prefix"))
        )
        for entry in entries
        for spelling in (entry["name"], *entry.get("also", ()))
    }


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(len(spelling) for spelling in old_names())


def find_old_names(tokens: Sequence[Token]) -> list[tuple[int, int, OldName]]:
    """The old names in `tokens`: (first, past the last, name), longest first, never overlapping."""
    found: list[tuple[int, int, OldName]] = []
    i = 0
    while i < len(tokens):
        for size in range(min(_longest(), len(tokens) - i), 0, -1):
            name = old_names().get(tuple(token.text for token in tokens[i : i + size]))
            if name:
                found.append((i, i + size, name))
                i += size
                break
        else:
            i += 1
    return found
