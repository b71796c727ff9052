"""Erases a conversation from every place where it is stored, even while one of its messages is being answered."""

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
    """Erases conversations, and runs all work that writes to them.

    Work that is still running when its conversation is erased cannot bring the conversation back.
    """

    def __init__(self, engine: Engine, store: SessionStore, questions: Questions) -> None:
        self.compaction = Compaction(functools.partial(remove_traces, engine))
        self._engine = engine
        self._store = store
        self._questions = questions
        self._running: defaultdict[str, set[asyncio.Task[Any]]] = defaultdict(set)
        self._erasing: set[asyncio.Task[None]] = set()

    async def run(self, conversation: str, work: Coroutine[Any, Any, T]) -> T:
        """Run `work`, which writes to the conversation, and return its result.

        `work` continues to its end even if the caller is cancelled. Raises SessionExpired if the conversation
        was erased meanwhile, and every exception that `work` raises.
        """
        task = asyncio.ensure_future(self._guarded(conversation, work))
        self._running[conversation].add(task)
        task.add_done_callback(lambda done: self._ended(conversation, done))
        return await asyncio.shield(task)

    def under_way(self) -> list[asyncio.Task[Any]]:
        """Return the tasks of all work and erasures that are running."""
        return [*itertools.chain.from_iterable(self._running.values()), *self._erasing]

    async def erase(self, conversation: str) -> None:
        """End the session of a conversation and delete all its stored data.

        When this returns, the deleted rows are overwritten in the database files. Copies that SQLite made of
        them are removed a little later. If the deletion fails, the session stays open and the exception is
        raised.
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
        """Run `work`.

        If another server erased the conversation meanwhile, delete what `work` wrote and end the session.
        """
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
    """Mark the task's exception as handled, so that asyncio does not log it."""
    if not task.cancelled():
        task.exception()


def erase_conversation(engine: Engine, conversation: str) -> None:
    """Delete all events and ratings of a conversation, and overwrite them in the database files.

    The conversation cannot begin again for SESSION_SECONDS. Raises SQLAlchemyError.
    """
    erase(engine, [conversation], until=time.time() + SESSION_SECONDS)
    with engine.begin() as connection:
        connection.execute(feedback.delete().where(feedback.c.conversation == conversation))
    empty_log(engine)
