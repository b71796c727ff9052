"""Texts of sections, which are long and read again at every question: folded once, searched once a pattern."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.catalogue.normalize import fold


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """`text` folded."""
    return fold(text)


@lru_cache(maxsize=16384)
def says(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether a section speaks of what `pattern` finds in it, once folded."""
    return bool(pattern.search(folded(text)))
