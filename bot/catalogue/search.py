"""A list of formations from words, a type and a duration: what "quels CAP dans le bois" finds."""

from __future__ import annotations

import re

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.normalize import fold
from bot.catalogue.resolver import Resolver

_YEARS = re.compile(r"\b(\d{1,2}|un|deux|trois|quatre|cinq) ?(an|ans|annee|annees|a)\b")
_NUMBERS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}


def search(text: str, kind: str | None, catalogue: Catalogue, resolver: Resolver) -> list[Formation]:
    """The formations that hold the most of the content words of `text`, of type `kind` and of the duration said."""
    months = _months(text)
    wanted = [
        formation
        for formation in catalogue.formations.values()
        if (kind is None or resolver.is_kind(formation.id, kind))
        and (months is None or formation.duration_months == months)
    ]
    scores = resolver.word_scores(text, [f.id for f in wanted])
    if not scores:
        return wanted if (kind or months) and not resolver.content_words(text) else []
    best = max(scores.values())
    return [f for f in wanted if scores.get(f.id, 0.0) >= best * 0.75]


def _months(text: str) -> float | None:
    found = _YEARS.search(fold(text))
    return 12.0 * (_NUMBERS.get(found[1]) or int(found[1])) if found else None
