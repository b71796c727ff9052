"""Stores conversations in a SQL database: what Rasa calls a tracker store.

Events are only appended, and each turn is one transaction. Each event has a position in its conversation, so two turns
that started from the same state cannot both be stored. The slots are stored only in the row of the conversation, with
their values after the last turn; events that set slots are not stored. A turn reads only the slots and no events, so
its cost does not grow with the conversation. `retrieve_full_tracker` reads a whole conversation.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.settings import patient
from bot.stores import tables
from bot.stores.engine import NO_TRANSACTION, WRITES, connect
from bot.stores.packing import pack, unpack
from bot.stores.removal import is_erased

SESSION_TURNS = 100
SESSION_SECONDS = 3600.0
# How long a call waits for a free connection before it fails.
QUEUE_SECONDS = 2.0

T = TypeVar("T")


class StoreUnavailable(Exception):
    """Raised when the conversation cannot be read or written now. Nothing of the turn was stored."""


class ConversationChanged(StoreUnavailable):
    """Raised when the conversation changed since the turn read it. The turn is not stored.

    Another turn was stored meanwhile, this one was stored already, or the conversation was erased.
    """


class ConversationErased(Exception):
    """Raised when the conversation was erased, here or on another server. It cannot begin again."""


class Unanswered(Exception):
    """Raised when the bot said nothing in a turn. The turn is not stored, so the user can send the message again."""


@dataclass(frozen=True)
class _Progress:
    """The length of a conversation: its number of events, and the turns and start of its present session.

    `session_at` is in seconds since 1970.
    """

    length: int = 0
    turns: int = 0
    session_at: float = 0.0

    def after(self, events: Iterable[Event]) -> _Progress:
        """Return the progress after a turn with these events."""
        turns, session_at, count = self.turns, self.session_at, 0
        for event in events:
            count += 1
            if isinstance(event, SessionStarted):
                turns, session_at = 0, event.timestamp
            elif isinstance(event, UserUttered):
                turns += 1
        return _Progress(self.length + count, turns, session_at)


class StoredTracker(DialogueStateTracker):
    """A tracker that also knows how many of its events are stored, and the progress of the stored conversation."""

    stored = 0
    progress = _Progress()

    def unstored(self) -> list[Event]:
        """Return the events that were added since the tracker was read or last saved."""
        return list(self.events)[self.stored :]


class SqlTrackerStore(TrackerStore):
    """A Rasa tracker store in the database at `url` (SQLite or PostgreSQL). It connects when first used.

    The asynchronous methods call the database in threads, never in the event loop, and raise StoreUnavailable if it
    does not answer within a few seconds.
    """

    def __init__(self, url: str, domain: Domain | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__(domain)
        self._engine = connect(url, tables.metadata)
        self._clock = clock
        self._threads = ThreadPoolExecutor(self._engine.pool.size(), thread_name_prefix="tracker")

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """Return a new tracker without events."""
        return StoredTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: str) -> StoredTracker | None:
        """Return what the next turn needs of a conversation: its slots and an action_listen. None if nothing is stored.

        After SESSION_TURNS turns or SESSION_SECONDS a new session begins, which keeps the slots.
        """
        found = await self._run(lambda: self._read(sender_id))
        if found is None:
            return None
        progress, slots = found
        kept: list[Event] = [
            *(SlotSet(name, value) for name, value in slots.items()),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
        if progress.turns >= SESSION_TURNS or self._clock() - progress.session_at > SESSION_SECONDS:
            started = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(timestamp=self._clock())]
            return self._tracker(sender_id, [*started, *kept], progress, stored=0)
        return self._tracker(sender_id, kept, progress, stored=len(kept))

    async def retrieve_full_tracker(self, conversation_id: str) -> StoredTracker | None:
        """Return the conversation with all events of all sessions, and its last slots. None if nothing is stored."""
        found = await self._run(lambda: self._read_whole(conversation_id))
        if found is None:
            return None
        progress, slots, data = found
        events = deserialise_events([unpack(text) for text in data])
        events += [SlotSet(name, value) for name, value in slots.items()]
        return self._tracker(conversation_id, events, progress, stored=len(events))

    async def save(self, tracker: StoredTracker) -> None:
        """Append the new events of a tracker that this store made: all of them or none.

        Raises ConversationChanged if the stored conversation changed or was erased since the tracker was read,
        ConversationErased if the tracker would begin an erased conversation again, StoreUnavailable, and
        Unanswered if the user said something and the bot did not.
        """
        events = [event for event in tracker.unstored() if not isinstance(event, SlotSet)]
        if not events:
            return
        if _has(events, UserUttered) and not _has(events, BotUttered):
            raise Unanswered("a message got no reply, it is not kept")
        before, after = tracker.progress, tracker.progress.after(events)
        slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        await self._run(lambda: self._append(tracker.sender_id, before, after, json.dumps(slots), events))
        tracker.stored, tracker.progress = len(tracker.events), after

    async def exists(self, conversation_id: str) -> bool:
        """Return whether anything of the conversation is stored."""
        return await self._run(lambda: self._read(conversation_id)) is not None

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        return await self._run(self._ids)

    def close(self) -> None:
        """Wait for running calls, then close the connections to the database."""
        self._threads.shutdown()
        self._engine.dispose()

    def _tracker(self, sender_id: str, events: list[Event], progress: _Progress, stored: int) -> StoredTracker:
        tracker: StoredTracker = StoredTracker.from_events(sender_id, events, self.domain.slots)
        tracker.stored, tracker.progress = stored, progress
        return tracker

    async def _run(self, work: Callable[[], T]) -> T:
        """Run `work` in a thread and return its result.

        Raises StoreUnavailable if no thread is free for QUEUE_SECONDS.
        """
        latest = time.monotonic() + patient(QUEUE_SECONDS)

        def do() -> T:
            if time.monotonic() > latest:
                raise StoreUnavailable("the database is busy")
            return work()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, do)
        except (SQLAlchemyError, OSError) as error:
            told = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise StoreUnavailable(f"conversations in {self._engine.url!r}: {told}") from error

    def _read(self, sender_id: str) -> tuple[_Progress, dict[str, Any]] | None:
        """Return the progress and the slots."""
        with self._engine.connect().execution_options(**NO_TRANSACTION) as connection:
            row = connection.execute(_READ_CONVERSATION, {"sender": sender_id}).first()
        return row and (_Progress(*row[:-1]), json.loads(row.slots))

    def _read_whole(self, sender_id: str) -> tuple[_Progress, dict[str, Any], list[str]] | None:
        """Return the progress, the slots, and all events as JSON texts."""
        with self._engine.connect() as connection:
            row = connection.execute(_READ_CONVERSATION, {"sender": sender_id}).first()
            if row is None:
                return None
            events = list(connection.execute(_READ_EVENTS, {"sender": sender_id}).scalars())
            return _Progress(*row[:-1]), json.loads(row.slots), events

    def _append(self, sender_id: str, before: _Progress, after: _Progress, slots: str, events: Sequence[Event]) -> None:
        rows = [_row(sender_id, before.length + index, event) for index, event in enumerate(events)]
        values = {**asdict(after), "slots": slots}
        try:
            with self._writing() as connection:
                if before.length == 0:
                    if is_erased(connection, sender_id):
                        raise ConversationErased
                    first = {"sender_id": sender_id, "began_at": self._clock()}
                    connection.execute(tables.conversation.insert(), {**first, **values})
                else:
                    unchanged = {"sender": sender_id, "before": before.length}
                    if connection.execute(_ADVANCE, {**values, **unchanged}).rowcount != 1:
                        raise ConversationChanged("the conversation changed meanwhile")
                connection.execute(tables.event.insert(), rows)
        except IntegrityError as error:
            raise ConversationChanged("the conversation changed meanwhile") from error

    def _ids(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(tables.conversation.c.sender_id)).scalars())

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._engine.execution_options(**WRITES).begin()


_ROW = tables.conversation.c
_READ_CONVERSATION = select(_ROW.length, _ROW.turns, _ROW.session_at, _ROW.slots).where(
    _ROW.sender_id == bindparam("sender")
)
_READ_EVENTS = (
    select(tables.event.c.data).where(tables.event.c.sender_id == bindparam("sender")).order_by(tables.event.c.position)
)
_ADVANCE = tables.conversation.update().where(_ROW.sender_id == bindparam("sender"), _ROW.length == bindparam("before"))


def _has(events: Iterable[Event], kind: type[Event]) -> bool:
    return any(isinstance(event, kind) for event in events)


def _row(sender_id: str, position: int, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "position": position,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": event.intent_name if isinstance(event, UserUttered) else None,
        "action_name": data.get("name") if isinstance(event, ActionExecuted) else None,
        "message_id": event.message_id if isinstance(event, UserUttered) else None,
        # JSON in ASCII, because databases refuse NUL characters and lone surrogates.
        "data": pack(data),
    }
