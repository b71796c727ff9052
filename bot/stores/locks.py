"""Rasa lock stores: the turns of a conversation run one at a time, in the order in which they arrived.

A single server queues them in its process, with asyncio. Several servers queue them in Redis. If a lock expires while
its holder still works, no data is damaged: the tracker store refuses the second of two turns that started from the same
state.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rasa.core.lock_store import LockStore
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError

from bot.settings import patient

logger = logging.getLogger(__name__)

# How many turns of one conversation may run or wait at the same time. Any further turn is refused.
MOST_TURNS = 5
# The longest time that a turn waits for the turns before it.
WAIT_SECONDS = 4.0
# How long a waiting turn pauses before it asks Redis again.
RETRY_SECONDS = 0.02
# A turn that holds the lock, or waits for it, loses its place after this time without a sign of life.
HOLDER_SECONDS = 3.0
WAITING_SECONDS = 1.5
# The longest wait for an answer of Redis.
REDIS_SECONDS = 1.0


class TooManyTurns(Exception):
    """Raised when MOST_TURNS turns of the conversation already run or wait. The message is refused."""


class LockUnavailable(Exception):
    """Raised when the turn could not begin within WAIT_SECONDS, or Redis does not answer."""


class LocalLockStore(LockStore):
    """Locks in the memory of this process, for a single server."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: Counter[str] = Counter()

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: float) -> AsyncIterator[None]:
        """Hold the conversation's lock, after waiting for the turns before this one.

        Raises TooManyTurns, LockUnavailable.
        """
        if self._turns[conversation_id] >= MOST_TURNS:
            raise TooManyTurns
        self._turns[conversation_id] += 1
        lock = self._locks[conversation_id]
        try:
            try:
                await asyncio.wait_for(lock.acquire(), patient(WAIT_SECONDS))
            except asyncio.TimeoutError as error:
                raise LockUnavailable("the turns before it take too long") from error
            try:
                yield
            finally:
                lock.release()
        finally:
            self._turns[conversation_id] -= 1
            if not self._turns[conversation_id]:
                del self._turns[conversation_id], self._locks[conversation_id]


# KEYS: the queue (a list of tickets, the holder first); the time when each ticket expires (a hash, milliseconds).
# ARGV: the ticket, how many milliseconds a waiting ticket and a holder live, the greatest number of tickets.
# Returns 1 when the ticket holds the lock, 0 when it waits, -1 when there is no room.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local head = redis.call('LINDEX', KEYS[1], 0)
while head and tonumber(redis.call('HGET', KEYS[2], head) or 0) < now do
  redis.call('LPOP', KEYS[1])
  redis.call('HDEL', KEYS[2], head)
  head = redis.call('LINDEX', KEYS[1], 0)
end
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
  if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[4]) then return -1 end
  redis.call('RPUSH', KEYS[1], ARGV[1])
  head = head or ARGV[1]
end
local holds = head == ARGV[1]
redis.call('HSET', KEYS[2], ARGV[1], now + (holds and ARGV[3] or ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 2)
redis.call('PEXPIRE', KEYS[2], ARGV[3] * 2)
return holds and 1 or 0
"""

_GIVE_BACK = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
"""


class RedisLockStore(LockStore):
    """Locks in the Redis at `url`, shared by all servers that use it. It connects when first used."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=patient(REDIS_SECONDS),
            socket_connect_timeout=patient(REDIS_SECONDS),
            # After a broken idle connection, the call is repeated once at once. After a timeout it is not repeated.
            retry=Retry(NoBackoff(), retries=1, supported_errors=(ConnectionError,)),
        )
        self._take = self._redis.register_script(_TAKE)
        self._give_back = self._redis.register_script(_GIVE_BACK)

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: float) -> AsyncIterator[None]:
        """Hold the conversation's lock, after waiting for the turns of all servers before this one.

        Raises TooManyTurns, LockUnavailable.
        """
        ticket = secrets.token_hex(8)
        keys = _keys(conversation_id)
        await self._acquire(keys, ticket)
        try:
            yield
        finally:
            await asyncio.shield(self._release(keys, ticket))

    async def _acquire(self, keys: list[str], ticket: str) -> None:
        arguments = (ticket, _milliseconds(WAITING_SECONDS), _milliseconds(HOLDER_SECONDS), MOST_TURNS)
        deadline = asyncio.get_running_loop().time() + patient(WAIT_SECONDS)
        try:
            while (taken := await self._take(keys=keys, args=arguments)) != 1:
                if taken == -1:
                    raise TooManyTurns
                if asyncio.get_running_loop().time() > deadline:
                    raise LockUnavailable("the turns before it take too long")
                await asyncio.sleep(RETRY_SECONDS)
        except RedisError as error:
            raise LockUnavailable(f"Redis does not answer: {error}") from error
        except (LockUnavailable, asyncio.CancelledError):
            await self._release(keys, ticket)
            raise

    async def _release(self, keys: list[str], ticket: str) -> None:
        try:
            await self._give_back(keys=keys, args=[ticket])
        except RedisError as error:
            # The turn is stored and will be answered; the lock expires after HOLDER_SECONDS.
            logger.warning("A lock is left to expire, Redis does not answer: %s", error)


def _milliseconds(seconds: float) -> int:
    return int(patient(seconds) * 1000)


def _keys(conversation_id: str) -> list[str]:
    """Return the two Redis keys of a conversation's lock.

    They contain only a hash of its id, and are in the same slot of a Redis cluster.
    """
    digest = hashlib.sha256(conversation_id.encode()).hexdigest()
    return [f"jalon:lock:{{{digest}}}:{part}" for part in ("turns", "alive")]
