"""Keeps what the API knows of live conversations: in this process, or in Redis for several servers."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Protocol

from cachetools import TTLCache
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

SESSION_SECONDS = 3600
# How long a claim on a message's key lasts; then whoever worked on the message is taken to be dead. If they are not,
# the database refuses the second of the two turns.
CLAIM_SECONDS = 5
# Of one conversation: a reply is two notes. The oldest ones go first.
_MOST_NOTES = 400
# In this process, of all conversations together: about 150 MB.
_MOST_NOTES_IN_MEMORY = 60_000
_MOST_CLOSED_IN_MEMORY = 200_000
_REDIS_SECONDS = 1.0


class Standing(Enum):
    """The state of a conversation's session."""

    UNKNOWN = "unknown"  # no message in the last hour
    LIVE = "live"
    CLOSED = "closed"  # erased


class SessionStore(Protocol):
    """Keeps, for an hour after the last message of a conversation, its standing and notes of its replies.

    A note is a text under a name: a reply under the key of its message, or a message under its id. If Redis does not
    answer, all methods raise redis.RedisError within seconds.
    """

    async def standing(self, conversation: str) -> Standing:
        """Whether the conversation is live, closed or unknown."""

    async def keep(self, conversation: str, notes: Mapping[str, str]) -> None:
        """Add notes, a text for each name, and start the hour of the conversation and all its notes anew."""

    async def note(self, conversation: str, name: str) -> str | None:
        """The note with this name, or None."""

    async def claim(self, conversation: str, name: str) -> bool:
        """Reserve the making of the note `name` for CLAIM_SECONDS; False if someone else has reserved it."""

    async def release(self, conversation: str, name: str) -> None:
        """Give up a reservation made by `claim`."""

    async def close(self, conversation: str) -> None:
        """Remember for an hour that the conversation was erased; only a hash of its id is kept."""

    async def reopen(self, conversation: str) -> None:
        """Undo `close`."""

    async def forget(self, conversation: str) -> None:
        """Delete all notes of the conversation."""

    async def check(self) -> None:
        """Return if the store can be used; raises redis.RedisError otherwise."""


class MemorySessions:
    """The session store of a single server, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._notes: TTLCache[str, dict[str, str]] = TTLCache(
            _MOST_NOTES_IN_MEMORY, SESSION_SECONDS, timer=clock, getsizeof=lambda notes: 1 + len(notes)
        )
        self._closed: TTLCache[str, bool] = TTLCache(_MOST_CLOSED_IN_MEMORY, SESSION_SECONDS, timer=clock)
        self._claims: TTLCache[tuple[str, str], bool] = TTLCache(_MOST_NOTES_IN_MEMORY, CLAIM_SECONDS, timer=clock)

    async def standing(self, conversation: str) -> Standing:
        """See SessionStore."""
        if _digest(conversation) in self._closed:
            return Standing.CLOSED
        return Standing.LIVE if conversation in self._notes else Standing.UNKNOWN

    async def keep(self, conversation: str, notes: Mapping[str, str]) -> None:
        """See SessionStore."""
        known = {**self._notes.get(conversation, {}), **notes}
        self._notes[conversation] = dict(list(known.items())[-_MOST_NOTES:])

    async def note(self, conversation: str, name: str) -> str | None:
        """See SessionStore."""
        return self._notes.get(conversation, {}).get(name)

    async def claim(self, conversation: str, name: str) -> bool:
        """See SessionStore."""
        if (conversation, name) in self._claims:
            return False
        self._claims[conversation, name] = True
        return True

    async def release(self, conversation: str, name: str) -> None:
        """See SessionStore."""
        self._claims.pop((conversation, name), None)

    async def close(self, conversation: str) -> None:
        """See SessionStore."""
        self._closed[_digest(conversation)] = True

    async def reopen(self, conversation: str) -> None:
        """See SessionStore."""
        self._closed.pop(_digest(conversation), None)

    async def forget(self, conversation: str) -> None:
        """See SessionStore."""
        self._notes.pop(conversation, None)

    async def check(self) -> None:
        """See SessionStore."""


class RedisSessions:
    """The session store that several servers share, in Redis. Its keys hold hashes of conversation ids, never ids."""

    def __init__(self, url: str) -> None:
        self._redis: Any = Redis.from_url(url, decode_responses=True, **redis_options())

    async def standing(self, conversation: str) -> Standing:
        """See SessionStore."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.exists(_key("closed", conversation))
            pipe.exists(_key("notes", conversation))
            closed, live = await pipe.execute()
        return Standing.CLOSED if closed else Standing.LIVE if live else Standing.UNKNOWN

    async def keep(self, conversation: str, notes: Mapping[str, str]) -> None:
        """See SessionStore."""
        key = _key("notes", conversation)
        if await self._redis.hlen(key) > _MOST_NOTES:
            await self._redis.delete(key)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping={"live": "1", **notes})
            pipe.expire(key, SESSION_SECONDS)
            await pipe.execute()

    async def note(self, conversation: str, name: str) -> str | None:
        """See SessionStore."""
        note: str | None = await self._redis.hget(_key("notes", conversation), name)
        return note

    async def claim(self, conversation: str, name: str) -> bool:
        """See SessionStore."""
        return bool(await self._redis.set(_key("claim", conversation, name), "1", nx=True, ex=CLAIM_SECONDS))

    async def release(self, conversation: str, name: str) -> None:
        """See SessionStore."""
        await self._redis.delete(_key("claim", conversation, name))

    async def close(self, conversation: str) -> None:
        """See SessionStore."""
        await self._redis.set(_key("closed", conversation), "1", ex=SESSION_SECONDS)

    async def reopen(self, conversation: str) -> None:
        """See SessionStore."""
        await self._redis.delete(_key("closed", conversation))

    async def forget(self, conversation: str) -> None:
        """See SessionStore."""
        await self._redis.delete(_key("notes", conversation))

    async def check(self) -> None:
        """See SessionStore."""
        await self._redis.ping()


def session_store(redis_url: str | None) -> SessionStore:
    """A session store in the Redis at `redis_url` or, if that is None, in this process. Opens no connection yet."""
    if redis_url:
        return RedisSessions(redis_url)
    return MemorySessions()


def redis_options() -> dict[str, Any]:
    """Options for Redis clients: a call fails after a second, and a connection that Redis closed is opened again."""
    return {
        "socket_timeout": _REDIS_SECONDS,
        "socket_connect_timeout": _REDIS_SECONDS,
        "retry": Retry(NoBackoff(), 1),
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(kind: str, *parts: str) -> str:
    return f"jalon:{kind}:{_digest(*parts)}"
