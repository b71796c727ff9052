"""Remembers which conversations have an open session, in this process, or in Redis if there are several servers.

No text of a conversation is stored here. Earlier replies are read from the database of conversations.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

from cachetools import TTLCache
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.settings import patient

SESSION_SECONDS = 3600
# How long a claim on a message's key lasts. After that, the server that held it is assumed to have failed. If it has
# not, the database refuses the second of the two turns.
CLAIM_SECONDS = 5.0
# The largest number of entries of each kind in this process, at less than 500 bytes each. Beyond it, the least recently
# used entries are forgotten. Such a session ends an hour after its start. If a claim is forgotten, the database refuses
# the second turn.
_MOST_IN_MEMORY = 100_000
_REDIS_SECONDS = 1.0


class SessionState(Enum):
    """The state of the session of a conversation."""

    UNKNOWN = "unknown"  # no message in the last hour
    LIVE = "live"
    CLOSED = "closed"  # erased


class SessionStore(Protocol):
    """Remembers for an hour that a session is open, or that its conversation was erased.

    Every method raises redis.RedisError within seconds if Redis does not answer.
    """

    async def state(self, conversation: str) -> SessionState:
        """Return whether the session is open (LIVE), erased (CLOSED), or not known (UNKNOWN)."""

    async def touch(self, conversation: str) -> None:
        """Remember for an hour from now that the session is open."""

    async def claim(self, conversation: str, name: str) -> bool:
        """Reserve the work called `name` for CLAIM_SECONDS. Return False if it is already reserved."""

    async def release(self, conversation: str, name: str) -> None:
        """End a reservation made by `claim`."""

    async def close(self, conversation: str) -> None:
        """Remember for an hour that the conversation was erased. Only a hash of its id is kept."""

    async def reopen(self, conversation: str) -> None:
        """Undo `close`."""

    async def forget(self, conversation: str) -> None:
        """Forget that the session is open."""

    async def check(self) -> None:
        """Check that the store can be used; raises redis.RedisError if it cannot."""


class MemorySessions:
    """A session store in the memory of this process, for a single server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._live: TTLCache[str, bool] = TTLCache(_MOST_IN_MEMORY, SESSION_SECONDS, timer=clock)
        self._closed: TTLCache[str, bool] = TTLCache(_MOST_IN_MEMORY, SESSION_SECONDS, timer=clock)
        self._claims: TTLCache[str, bool] = TTLCache(_MOST_IN_MEMORY, patient(CLAIM_SECONDS), timer=clock)

    async def state(self, conversation: str) -> SessionState:
        """See SessionStore."""
        if _digest(conversation) in self._closed:
            return SessionState.CLOSED
        return SessionState.LIVE if _digest(conversation) in self._live else SessionState.UNKNOWN

    async def touch(self, conversation: str) -> None:
        """See SessionStore."""
        self._live[_digest(conversation)] = True

    async def claim(self, conversation: str, name: str) -> bool:
        """See SessionStore."""
        key = _digest(conversation, name)
        if key in self._claims:
            return False
        self._claims[key] = True
        return True

    async def release(self, conversation: str, name: str) -> None:
        """See SessionStore."""
        self._claims.pop(_digest(conversation, name), None)

    async def close(self, conversation: str) -> None:
        """See SessionStore."""
        self._closed[_digest(conversation)] = True

    async def reopen(self, conversation: str) -> None:
        """See SessionStore."""
        self._closed.pop(_digest(conversation), None)

    async def forget(self, conversation: str) -> None:
        """See SessionStore."""
        self._live.pop(_digest(conversation), None)

    async def check(self) -> None:
        """See SessionStore."""


class RedisSessions:
    """A session store in Redis, shared by several servers. Its keys contain hashes of conversation ids, never ids."""

    def __init__(self, url: str) -> None:
        self._redis: Any = Redis.from_url(url, decode_responses=True, **redis_options())

    async def state(self, conversation: str) -> SessionState:
        """See SessionStore."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.exists(_key("closed", conversation))
            pipe.exists(_key("live", conversation))
            closed, live = await pipe.execute()
        return SessionState.CLOSED if closed else SessionState.LIVE if live else SessionState.UNKNOWN

    async def touch(self, conversation: str) -> None:
        """See SessionStore."""
        await self._redis.set(_key("live", conversation), "1", ex=SESSION_SECONDS)

    async def claim(self, conversation: str, name: str) -> bool:
        """See SessionStore."""
        milliseconds = int(patient(CLAIM_SECONDS) * 1000)
        return bool(await self._redis.set(_key("claim", conversation, name), "1", nx=True, px=milliseconds))

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
        await self._redis.delete(_key("live", conversation))

    async def check(self) -> None:
        """See SessionStore."""
        await self._redis.ping()


def session_store(redis_url: str | None) -> SessionStore:
    """Return a session store in the Redis at `redis_url`, or in this process if it is None.

    No connection is opened yet.
    """
    if redis_url:
        return RedisSessions(redis_url)
    return MemorySessions()


def redis_options() -> dict[str, Any]:
    """Return options for Redis clients.

    Calls fail after a second. A connection that Redis closed is opened again.
    """
    return {
        "socket_timeout": patient(_REDIS_SECONDS),
        "socket_connect_timeout": patient(_REDIS_SECONDS),
        "retry": Retry(NoBackoff(), 1),
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(kind: str, *parts: str) -> str:
    return f"jalon:{kind}:{_digest(*parts)}"
