"""A list of formations from words, a type and a duration: what "quels CAP dans le bois" finds."""

from __future__ import annotations

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.filters import fitting, read_wish
from bot.catalogue.resolver import Resolver

_NEAR_BEST = 0.75  # share of the best score that is still a result


def search(text: str, kind: str | None, catalogue: Catalogue, resolver: Resolver) -> list[Formation]:
    """The formations that hold the most of the content words of `text`, of type `kind` and of the duration said."""
    wish = read_wish(text, kind)
    wanted = fitting(list(catalogue.formations.values()), wish, resolver.is_kind)
    scores = resolver.word_scores(text, [f.id for f in wanted])
    if not scores:
        return wanted if wish and not resolver.content_words(text) else []
    best = max(scores.values())
    return [f for f in wanted if scores.get(f.id, 0.0) >= best * _NEAR_BEST]
