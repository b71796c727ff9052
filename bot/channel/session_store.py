"""What is known of the conversations that go on: in this process, or in Redis where there are several servers.

Nothing that anyone said: replies are read from the database of conversations where they are wanted again.
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
# How long a claim on a message's key lasts; then whoever worked on the message is taken to be dead. If they are not,
# the database refuses the second of the two turns.
CLAIM_SECONDS = 5.0
# In this process, of each kind: less than 500 bytes each. Of more than these the ones that are quiet for longest are
# forgotten: such a session ends an hour after its start, and a claim so early that the database has to refuse.
_MOST_IN_MEMORY = 100_000
_REDIS_SECONDS = 1.0


class SessionState(Enum):
    """The state of a conversation's session."""

    UNKNOWN = "unknown"  # no message in the last hour
    LIVE = "live"
    CLOSED = "closed"  # erased


class SessionStore(Protocol):
    """What lasts an hour after the last message of a conversation: that it goes on, or that it was erased.

    Where Redis is away, all of it raises redis.RedisError within seconds.
    """

    async def state(self, conversation: str) -> SessionState:
        """Whether the conversation goes on, or was closed."""

    async def touch(self, conversation: str) -> None:
        """Remember for an hour from now that the conversation goes on."""

    async def claim(self, conversation: str, name: str) -> bool:
        """Reserve the work known by `name` for CLAIM_SECONDS; False where someone else has reserved it."""

    async def release(self, conversation: str, name: str) -> None:
        """Give a claim up."""

    async def close(self, conversation: str) -> None:
        """Remember for an hour, by nothing but a hash, that the conversation was erased."""

    async def reopen(self, conversation: str) -> None:
        """Undo `close`."""

    async def forget(self, conversation: str) -> None:
        """Forget that the conversation goes on."""

    async def check(self) -> None:
        """Return where the store can be used."""


class MemorySessions:
    """The session store of a single server, in memory."""

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
    """The session store that several servers share, in Redis. Its keys hold hashes of conversation ids, never ids."""

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
    """A session store in the Redis at `redis_url` or, if that is None, in this process. Opens no connection yet."""
    if redis_url:
        return RedisSessions(redis_url)
    return MemorySessions()


def redis_options() -> dict[str, Any]:
    """Options for Redis clients: a call fails after a second, and a connection that Redis closed is opened again."""
    return {
        "socket_timeout": patient(_REDIS_SECONDS),
        "socket_connect_timeout": patient(_REDIS_SECONDS),
        "retry": Retry(NoBackoff(), 1),
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(kind: str, *parts: str) -> str:
    return f"jalon:{kind}:{_digest(*parts)}"
