"""What a list of formations is wished to be (a type, a duration, a class it is open after), and giving way. Ours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue.fiche import Formation
from bot.catalogue.normalize import fold

_YEARS = re.compile(r"\b(\d{1,2}|un|une|deux|trois|quatre|cinq) ?(an|ans|annee|annees|a)\b")
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
_AFTER_COLLEGE = re.compile(r"\b(apres|depuis|sortie de) (la |ma |une |le |mon )?(3e|3eme|troisieme|brevet|college)\b")
_AFTER_BAC = re.compile(r"\bapres (le |mon |un |son )?bac\b(?! (pro|techno|general|st|s\b|l\b|es\b))")
_LAST_LEVEL_AFTER_COLLEGE = 4
_MONTHS_A_YEAR = 12

IsKind = Callable[[str, str], bool]


@dataclass(frozen=True)
class Wish:
    """`kind` is the key of a type; `years` a duration; `after` is "3e" or "bac". None where nothing is asked."""

    kind: str | None = None
    years: int | None = None
    after: str | None = None

    def __bool__(self) -> bool:
        return bool(self.kind or self.years or self.after)


def read_wish(text: str, kind: str | None) -> Wish:
    """The wish that a message states, `kind` being the type it names."""
    folded = fold(text)
    years = _YEARS.search(folded)
    after = "3e" if _AFTER_COLLEGE.search(folded) else "bac" if _AFTER_BAC.search(folded) else None
    return Wish(kind, (_NUMBERS.get(years[1]) or int(years[1])) if years else None, after)


def fitting(formations: Sequence[Formation], wish: Wish, is_kind: IsKind) -> list[Formation]:
    """The formations that a wish fits; `is_kind` tells whether a formation (id) is of a type."""
    return [f for f in formations if _fits(f, wish, is_kind)]


def nearest(
    formations: Sequence[Formation], wish: Wish, is_kind: IsKind
) -> tuple[list[Formation], list[dict[str, Any]]]:
    """The formations that fit, or those that do once as little as possible is given up, and what was.

    Given up first: the duration, then the type, then the class. Each is told as `what` ("duree", "type", "apres"),
    `said`, and for a duration the `found` ones with how many formations have each.
    """
    given_up: list[dict[str, Any]] = []
    for weaker in _weaker(wish):
        found = fitting(formations, weaker, is_kind)
        if found:
            if weaker.years != wish.years:
                counts = Counter(f.duration for f in found if f.duration)
                stated = [{"value": value, "count": count} for value, count in counts.most_common(3)]
                given_up.append({"what": "duree", "said": wish.years, "found": stated})
            if weaker.kind != wish.kind:
                given_up.append({"what": "type", "said": wish.kind})
            if weaker.after != wish.after:
                given_up.append({"what": "apres", "said": wish.after})
            return found, given_up
    return [], []


def _weaker(wish: Wish) -> list[Wish]:
    fields = [field for field in ("years", "kind", "after") if getattr(wish, field)]
    one = [replace(wish, **{field: None}) for field in fields]
    return [wish, *one, Wish(after=wish.after), Wish()]


def _fits(formation: Formation, wish: Wish, is_kind: IsKind) -> bool:
    if wish.kind and not is_kind(formation.id, wish.kind):
        return False
    if wish.years and formation.duration_months != wish.years * _MONTHS_A_YEAR:
        return False
    if wish.after:
        level = formation.level_number
        return level is not None and (level <= _LAST_LEVEL_AFTER_COLLEGE) == (wish.after == "3e")
    return True
