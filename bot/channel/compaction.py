"""Removes what erasures leave behind in the files of the database: in the background, once for many of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)

# From the end of one to the start of the next, which then serves all erasures that came meanwhile.
PAUSE_SECONDS = 60.0


class Compaction:
    """Calls `compact`, which may take half a second of the database, soon after it is wanted, and not often.

    `compact` runs in a thread; it may raise SQLAlchemyError, which is logged: the next one makes up for it.
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
        """Compact soon: at once, or when the pause after the last time is over."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._work())

    async def finish(self) -> None:
        """Do at once what is wanted still, as when the server ends."""
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
