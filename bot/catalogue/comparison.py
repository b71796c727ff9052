"""Formations set side by side, and which of them is the shortest, the longest or the highest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.catalogue.answers import Reply, formation_choice, part, source_of
from bot.catalogue.fiche import PLACE_OF_FACET, Catalogue, Facet, Formation, Outcome

_COMPARED = (Facet.TYPE, Facet.LEVEL, Facet.DURATION, Facet.JOBS)


def compare(facets: Sequence[Facet], formations: Sequence[Formation], catalogue: Catalogue, most: str | None) -> Reply:
    """Set two to four formations side by side; `most` is "least" or "greatest" for a superlative on `facets`."""
    rows = tuple(facets) or tuple(f for f in _COMPARED if any(x.has(f) for x in formations))
    table = [
        {
            "facet": facet.value,
            "cells": [
                part(facet, formation, catalogue) if formation.has(facet) else {"facet": facet.value, "silent": True}
                for formation in formations
            ],
        }
        for facet in rows
    ]
    return Reply(
        "comparison",
        Outcome.ANSWERED,
        {
            "titles": [f.title for f in formations],
            "rows": table,
            "verdicts": [v for facet in rows if (v := _verdict(facet, formations, most))],
            "source": source_of(catalogue),
            "links": [f.link for f in formations],
        },
        (Facet.COMPARISON, *facets),
        tuple(formations),
        sources=tuple((f.id, PLACE_OF_FACET[facet]) for f in formations for facet in rows if f.has(facet)),
        choices=tuple(formation_choice(f, ()) for f in formations[:3]),
    )


def foremost(facet: Facet, formations: Sequence[Formation], most: str) -> list[Formation]:
    """Those that have the least or the greatest of a facet; all of them where no fiche states it."""
    measured = [(value, f) for f in formations if (value := _measure(facet, f)) is not None]
    if not measured:
        return list(formations)
    wanted = (min if most == "least" else max)(value for value, _ in measured)
    return [f for value, f in measured if value == wanted]


def _verdict(facet: Facet, formations: Sequence[Formation], most: str | None) -> dict[str, Any] | None:
    """Who has the least or the greatest of what can be measured; None where a fiche does not say it."""
    values = [_measure(facet, f) for f in formations]
    if any(value is None for value in values):
        return None
    numbers = [float(value) for value in values if value is not None]
    if len(set(numbers)) == 1:
        return {"facet": facet.value, "same": True}
    direction = most or ("least" if facet is Facet.DURATION else "greatest")
    wanted = min(numbers) if direction == "least" else max(numbers)
    winners = [f.title for f, number in zip(formations, numbers, strict=True) if number == wanted]
    return {"facet": facet.value, "direction": direction, "titles": winners}


def _measure(facet: Facet, formation: Formation) -> float | None:
    if facet is Facet.DURATION:
        return formation.duration_months
    if facet is Facet.LEVEL:
        return formation.level_number
    return len(formation.jobs) or None if facet is Facet.JOBS else None
