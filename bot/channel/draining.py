"""Stops a server gracefully: running requests are still answered, new requests are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from bot.settings import patient

# How long a stopping server waits for running requests.
DRAIN_SECONDS = 10.0
# The header of refusals. After this many seconds another server should have taken over.
RETRY = {"Retry-After": "5"}


class Draining:
    """Stops a server in order: waits for the tasks returned by `under_way`, then calls `finish`.

    While `begun` is true, the server must refuse new requests.
    """

    def __init__(
        self, under_way: Callable[[], Collection[asyncio.Task[Any]]], finish: Callable[[], Awaitable[None]]
    ) -> None:
        self._under_way = under_way
        self._finish = finish
        self.begun = False

    async def drain(self) -> None:
        """Set `begun`, wait at most DRAIN_SECONDS for the running tasks, then call `finish`."""
        self.begun = True
        tasks = self._under_way()
        if tasks:
            await asyncio.wait(tasks, timeout=patient(DRAIN_SECONDS))
        await self._finish()
