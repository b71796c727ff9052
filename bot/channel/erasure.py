"""Erases a conversation wherever it is stored, when its owner asks, even while a message of it is being answered."""

from __future__ import annotations

import asyncio
import functools
import itertools
import time
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy.engine import Engine

from bot.channel.compaction import Compaction
from bot.channel.database import CALL_SECONDS, feedback, in_thread
from bot.channel.session_store import SESSION_SECONDS, SessionState, SessionStore
from bot.channel.sessions import SessionExpired
from bot.review.questions import Questions
from bot.settings import patient
from bot.stores.removal import empty_log, erase, remove_traces

T = TypeVar("T")


class Eraser:
    """Runs all work that writes to conversations, and erases conversations so that no such work restores them."""

    def __init__(self, engine: Engine, store: SessionStore, questions: Questions) -> None:
        self.compaction = Compaction(functools.partial(remove_traces, engine))
        self._engine = engine
        self._store = store
        self._questions = questions
        self._running: defaultdict[str, set[asyncio.Task[Any]]] = defaultdict(set)
        self._erasing: set[asyncio.Task[None]] = set()

    async def run(self, conversation: str, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which goes on to its end even if the caller is cancelled.

        Raises SessionExpired if the conversation was erased meanwhile, and whatever `work` raises.
        """
        task = asyncio.ensure_future(self._guarded(conversation, work))
        self._running[conversation].add(task)
        task.add_done_callback(lambda done: self._ended(conversation, done))
        return await asyncio.shield(task)

    def under_way(self) -> list[asyncio.Task[Any]]:
        """The tasks of all work and erasures that run now."""
        return [*itertools.chain.from_iterable(self._running.values()), *self._erasing]

    async def erase(self, conversation: str) -> None:
        """Close the conversation and remove all that is kept of it; where that fails, the session goes on.

        When this returns the rows are overwritten in the files; copies that SQLite made of them go a moment later.
        """
        task = asyncio.ensure_future(self._erase(conversation))
        self._erasing.add(task)
        task.add_done_callback(self._erased)
        await asyncio.shield(task)

    async def _erase(self, conversation: str) -> None:
        await self._store.close(conversation)
        running = self._running.get(conversation)
        if running:
            await asyncio.wait(running)
        try:
            await self._remove(conversation)
        except Exception:
            await self._store.reopen(conversation)
            raise
        await self._store.forget(conversation)

    async def _guarded(self, conversation: str, work: Coroutine[Any, Any, T]) -> T:
        """Run `work`; if another server erased the conversation meanwhile, erase again what `work` wrote."""
        try:
            return await work
        finally:
            if await self._store.state(conversation) is SessionState.CLOSED:
                await self._remove(conversation)
                await self._store.forget(conversation)
                raise SessionExpired

    async def _remove(self, conversation: str) -> None:
        await asyncio.wait_for(asyncio.wrap_future(self._questions.erase(conversation)), patient(CALL_SECONDS))
        await in_thread(erase_conversation, self._engine, conversation)
        self.compaction.want()

    def _ended(self, conversation: str, task: asyncio.Task[Any]) -> None:
        self._running[conversation].discard(task)
        if not self._running[conversation]:
            del self._running[conversation]
        _mark_seen(task)

    def _erased(self, task: asyncio.Task[None]) -> None:
        self._erasing.discard(task)
        _mark_seen(task)


def _mark_seen(task: asyncio.Task[Any]) -> None:
    """Mark the task's exception as seen, so that asyncio logs nothing: the client got the error if it still waited."""
    if not task.cancelled():
        task.exception()


def erase_conversation(engine: Engine, conversation: str) -> None:
    """Delete all events and ratings of a conversation, overwrite them in the files, and let it not begin again.

    Raises SQLAlchemyError.
    """
    erase(engine, [conversation], until=time.time() + SESSION_SECONDS)
    with engine.begin() as connection:
        connection.execute(feedback.delete().where(feedback.c.conversation == conversation))
    empty_log(engine)
