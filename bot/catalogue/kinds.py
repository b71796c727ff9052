"""What the fiches of one type of diploma have in common ("un BTS dure combien de temps ?"). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bot.catalogue.fiche import PLACE_OF_FACET, Facet, Formation

# Facts that belong to a type of diploma more than to its formations; how many values are told of each.
_TOLD = (Facet.DURATION, Facet.LEVEL)
_VALUES = 3
_ABOUT_THE_DIPLOMA = {Facet.COMPARISON, Facet.DESCRIPTION, Facet.TYPE}


def facts_of_kind(kind: str, formations: Sequence[Formation], asked: Iterable[Facet]) -> dict[str, Any]:
    """How many fiches of a type there are and what they say of its duration and level, as far as that is `asked`.

    Each fact has its values with the number of fiches that say so, the most frequent first, and `all` where all do.
    """
    wanted = _TOLD if _ABOUT_THE_DIPLOMA & set(asked) else tuple(facet for facet in _TOLD if facet in asked)
    facts = []
    for facet in wanted:
        values = Counter(value for f in formations if (value := f.value(PLACE_OF_FACET[facet])))
        if values:
            counted = [{"value": value, "count": count} for value, count in values.most_common(_VALUES)]
            facts.append({"facet": facet.value, "values": counted, "all": counted[0]["count"] == len(formations)})
    return {"kind": kind, "total": len(formations), "facts": facts}
