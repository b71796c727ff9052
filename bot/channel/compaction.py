"""Removes the traces of erased conversations from the database files, in the background, for many erasures at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)

# The time from the end of one run to the start of the next. One run serves all erasures before it.
PAUSE_SECONDS = 60.0


class Compaction:
    """Runs `compact` soon after it is requested, but at most once per pause.

    `compact` may keep the database busy for half a second. It runs in a thread. If it raises SQLAlchemyError, the
    error is logged, and the next run removes what this one did not. `pause` is in seconds; `clock` returns seconds.
    """

    def __init__(
        self,
        compact: Callable[[], None],
        pause: float = PAUSE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._compact = compact
        self._pause = pause
        self._clock = clock
        self._wanted = False
        self._not_before = float("-inf")
        self._ending = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Request a run. It starts at once, or when the pause after the last run is over."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())

    async def finish(self) -> None:
        """Run now if a run is still requested, and wait for its end. Called when the server stops."""
        self._ending.set()
        if self._task is not None:
            await self._task

    async def _work(self) -> None:
        while self._wanted:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ending.wait(), max(0.0, self._not_before - self._clock()))
            self._wanted = False
            try:
                await asyncio.to_thread(self._compact)
            except SQLAlchemyError as error:
                logger.warning("What was erased may leave traces until the next purge: %s", type(error).__name__)
            self._not_before = self._clock() + self._pause
