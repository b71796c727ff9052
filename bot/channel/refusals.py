"""What the log tells of refused requests: their kinds and how many, nothing of what was in them or who sent them."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

logger = logging.getLogger(__name__)

SECONDS = 60.0


class Refusals:
    """Logs the first refusal of a kind at once, then how many there were since, once in SECONDS while they go on.

    A kind is a route and a status: few, whatever is sent.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._untold: Counter[tuple[str, int]] = Counter()
        self._told_at: dict[tuple[str, int], float] = {}

    def note(self, route: str, status: int) -> None:
        """Note one refusal."""
        kind, now = (route, status), self._clock()
        self._untold[kind] += 1
        if now - self._told_at.get(kind, float("-inf")) >= SECONDS:
            self._told_at[kind] = now
            logger.warning("%d refused with status %d at %s", self._untold.pop(kind), status, route)
