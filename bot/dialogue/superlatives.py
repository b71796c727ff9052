"""The words of superlatives ("le plus long", "le moins élevé"): which fact they measure, and in which direction."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.catalogue.fiche import Facet
from bot.catalogue.normalize import tokenize

_LONG = frozenset("long longue lon longs longues".split())
_SHORT = frozenset("court courte courts courtes rapide vite".split())
_HIGH = frozenset("haut haute eleve elevee".split())
_LOW = frozenset("bas basse".split())
# Superlatives after "plus" or "moins" alone: without these, "élèves" are pupils.
_AFTER_MORE_OR_LESS = frozenset("longtemps rapides hauts hautes eleves elevees".split())

_MEASURED = {
    Facet.DURATION: _LONG | _SHORT | {"dure", "durent"},
    Facet.LEVEL: _HIGH | {"niveau"},
    Facet.JOBS: frozenset("debouche debouches metier metiers boulot boulots mene".split()),
}
_WORDS = "|".join(sorted(_LONG | _SHORT | _HIGH | _AFTER_MORE_OR_LESS))
_SUPERLATIVE = re.compile(rf"\b(plus|moins) ({_WORDS})\b")
_FEW_WORDS = 7  # of a message that may be a superlative and nothing else


def measured(words: Collection[str]) -> tuple[Facet, ...]:
    """The fact that folded words measure, or none: "long" a duration, "haut" a level."""
    return next(((facet,) for facet, said in _MEASURED.items() if not said.isdisjoint(words)), ())


def direction(words: Collection[str]) -> str | None:
    """Whether folded words ask for the "least" or the "greatest"; None where they are no superlative."""
    if not (_SHORT | _LOW | {"moins"}).isdisjoint(words):
        return "least"
    return None if (_LONG | _HIGH).isdisjoint(words) else "greatest"


def is_superlative(folded: str) -> bool:
    """Whether a folded message is a superlative and little else ("le plus court ?")."""
    return len(tokenize(folded)) <= _FEW_WORDS and bool(_SUPERLATIVE.search(folded))
