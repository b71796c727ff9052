"""Logs how many requests were refused, by route and status, without their content or sender."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

logger = logging.getLogger(__name__)

SECONDS = 60.0


class Refusals:
    """Logs the first refusal of each kind at once, then at most one count of that kind every SECONDS.

    A kind is a route and a status, so there are few kinds, whatever clients send.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._untold: Counter[tuple[str, int]] = Counter()
        self._told_at: dict[tuple[str, int], float] = {}

    def note(self, route: str, status: int) -> None:
        """Count one refusal, and log the count if it is time."""
        kind, now = (route, status), self._clock()
        self._untold[kind] += 1
        if now - self._told_at.get(kind, float("-inf")) >= SECONDS:
            self._told_at[kind] = now
            logger.warning("%d refused with status %d at %s", self._untold.pop(kind), status, route)
