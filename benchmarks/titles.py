"""Formations in any number, with titles made of the parts of real ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalogue.fiche import FIELD_SIGLE, FIELD_TYPE, Formation
from bot.catalogue.index import read_types
from bot.catalogue.normalize import tokenize

_SEED = 20
_LONGEST_SIGLE = 6


@dataclass(frozen=True)
class _Parts:
    """A title in two: the type that it begins with ("" where it begins with none) and the words after it."""

    type: str
    words: tuple[str, ...]
    type_field: str | None
    has_sigle: bool


def recombined(formations: Sequence[Formation], count: int) -> list[Formation]:
    """`formations` and so many others that they are `count`, the same ones at every call.

    Each has the type of one formation, the first words of a second and the last of a third; and a sigle, the
    initials of its words, where the first one has one.
    """
    chance = random.Random(_SEED)
    parts = [_parts(formation) for formation in formations]
    made, titles = list(formations), {formation.title.casefold() for formation in formations}
    while len(made) < count:
        head, first, last = (chance.choice(parts) for _ in range(3))
        words = [*first.words[: _cut(chance, first.words)], *last.words[_cut(chance, last.words) :]]
        title = " ".join([head.type, *words]).strip()
        if not words or title.casefold() in titles:
            continue
        titles.add(title.casefold())
        sigle = "".join(word[0] for word in words if len(word) > 3)[:_LONGEST_SIGLE].upper() if head.has_sigle else ""
        fields = tuple((name, value) for name, value in ((FIELD_SIGLE, sigle), (FIELD_TYPE, head.type_field)) if value)
        made.append(Formation(f"made-{len(made)}", title, fields, (), ()))
    return made


def _cut(chance: random.Random, words: Sequence[str]) -> int:
    return chance.randint(0, len(words))


def _parts(formation: Formation) -> _Parts:
    title, types = formation.title, read_types(tokens := tokenize(formation.title))
    end = tokens[types[0][1] - 1].end if types and types[0][0] == 0 else 0
    return _Parts(title[:end], tuple(title[end:].split()), formation.type, formation.sigle is not None)
