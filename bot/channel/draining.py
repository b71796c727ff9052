"""Ends a server gracefully: running requests are answered, new ones are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any

# How long a server that ends waits for running requests.
DRAIN_SECONDS = 10.0
# Sent with refusals: by then another server has taken over.
RETRY = {"Retry-After": "5"}


class Draining:
    """Whether the server is ending (`begun`). `under_way` returns the tasks that it waits for then."""

    def __init__(self, under_way: Callable[[], Collection[asyncio.Task[Any]]]) -> None:
        self._under_way = under_way
        self.begun = False

    async def drain(self) -> None:
        """Set `begun`, so that new requests are refused, and wait up to DRAIN_SECONDS for running tasks."""
        self.begun = True
        tasks = self._under_way()
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
