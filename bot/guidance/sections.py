"""Cached folding and searching of the texts of sections, which are long and looked at for every question."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.catalogue.normalize import fold


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """`text` folded (`normalize.fold`), cached."""
    return fold(text)


@lru_cache(maxsize=16384)
def says(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether `pattern` matches anywhere in the folded `text`, cached."""
    return bool(pattern.search(folded(text)))
