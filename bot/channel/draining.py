"""Ends a server gracefully: running requests are answered, new ones are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from bot.settings import patient

# How long a server that ends waits for running requests.
DRAIN_SECONDS = 10.0
# Sent with refusals: by then another server has taken over.
RETRY = {"Retry-After": "5"}


class Draining:
    """Ends the work of a server: `drain` waits for the tasks that `under_way` returns, then runs `finish`.

    From then on `begun` is true, and new requests are to be refused.
    """

    def __init__(
        self, under_way: Callable[[], Collection[asyncio.Task[Any]]], finish: Callable[[], Awaitable[None]]
    ) -> None:
        self._under_way = under_way
        self._finish = finish
        self.begun = False

    async def drain(self) -> None:
        """Set `begun`, wait DRAIN_SECONDS at most for the tasks that are under way, and run `finish`."""
        self.begun = True
        tasks = self._under_way()
        if tasks:
            await asyncio.wait(tasks, timeout=patient(DRAIN_SECONDS))
        await self._finish()
