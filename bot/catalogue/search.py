"""A list of formations from words, a type and a duration: what "quels CAP dans le bois" finds."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.filters import Wish, fitting
from bot.catalogue.resolver import Resolver

_NEAR_BEST = 0.75  # share of the best score that is still a result


def search(words: Sequence[str], wish: Wish, catalogue: Catalogue, resolver: Resolver) -> list[Formation]:
    """The formations within a wish that hold the most of `words`; without words, all within the wish."""
    wanted = fitting(list(catalogue.formations.values()), wish, resolver.is_kind)
    scores = resolver.word_scores(" ".join(words), [f.id for f in wanted])
    if not scores:
        return wanted if wish and not words else []
    best = max(scores.values())
    return [f for f in wanted if scores.get(f.id, 0.0) >= best * _NEAR_BEST]
