"""The words of superlatives ("le plus long", "le mieux payé"): which fact they measure, and in which direction."""

from __future__ import annotations

from collections.abc import Collection

from bot.understanding.topics import Topic

_LONG = frozenset("long longue lon longs longues longtemps".split())
_SHORT = frozenset("court courte courts courtes rapide rapides vite".split())
_HIGH = frozenset("haut haute hauts hautes eleve elevee elevees".split())
_LOW = frozenset("bas basse".split())
_PAID = frozenset("gagne gagnent gagner paye payes payee payer paie salaire salaires remunere".split())
_MEASURED = {
    Topic.SALARY: _PAID,
    Topic.DURATION: _LONG | _SHORT | {"dure", "durent"},
    Topic.LEVEL: _HIGH | {"niveau"},
    Topic.JOBS: frozenset("debouche debouches metier metiers boulot boulots mene".split()),
}


def measured(words: Collection[str]) -> tuple[Topic, ...]:
    """The fact that folded words measure, or none: "long" a duration, "haut" a level."""
    return next(((topic,) for topic, said in _MEASURED.items() if not said.isdisjoint(words)), ())


def direction(words: Collection[str]) -> str:
    """Whether folded words ask for the "least" or the "greatest"; "" where they are no superlative."""
    if not (_SHORT | _LOW | {"moins"}).isdisjoint(words):
        return "least"
    more = not {"plus", "mieux"}.isdisjoint(words)
    return "greatest" if not (_LONG | _HIGH).isdisjoint(words) or (more and not _PAID.isdisjoint(words)) else ""
