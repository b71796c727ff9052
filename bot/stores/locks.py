"""One turn at a time in each conversation, in the order they came: what Rasa calls a lock store.

In one process the turns of a conversation wait in a queue of asyncio. Where several servers answer the same
conversations, the queue is in Redis. A lock that outlives its holder does no harm: the tracker store refuses the
second of two turns that started from the same state.
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

# Turns of one conversation that may be under way or waiting; one more is refused.
MOST_TURNS = 5
# The longest that a turn waits for those before it.
WAIT_SECONDS = 4.0
# Between two questions to Redis of a turn that waits.
RETRY_SECONDS = 0.02
# After so long without a sign of life, a holder or one who waits is taken for dead.
HOLDER_SECONDS = 3.0
WAITING_SECONDS = 1.5
# The longest wait for an answer of Redis.
REDIS_SECONDS = 1.0


class TooManyTurns(Exception):
    """So many messages of the conversation wait already that this one is refused."""


class LockUnavailable(Exception):
    """The turn could not begin in time, or Redis does not answer."""


class LocalLockStore(LockStore):
    """Locks for a server that is alone."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: Counter[str] = Counter()

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: float) -> AsyncIterator[None]:
        """Wait for the turns before this one; raises TooManyTurns, LockUnavailable."""
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


# KEYS: the queue, a list of tickets, the holder first; the time at which each is taken for dead, in milliseconds.
# ARGV: ticket, milliseconds of life of one who waits, of a holder, the most tickets.
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
    """Locks shared by all servers that use the Redis at `url`; connects at first use."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=patient(REDIS_SECONDS),
            socket_connect_timeout=patient(REDIS_SECONDS),
            # Once more at once on a connection that broke while it lay idle; what takes too long is not tried again.
            retry=Retry(NoBackoff(), retries=1, supported_errors=(ConnectionError,)),
        )
        self._take = self._redis.register_script(_TAKE)
        self._give_back = self._redis.register_script(_GIVE_BACK)

    @asynccontextmanager
    async def lock(self, conversation_id: str, *_: float) -> AsyncIterator[None]:
        """Wait for the turns before this one, of all servers; raises TooManyTurns, LockUnavailable."""
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
            # The turn is stored and will be answered; the lock ends by itself.
            logger.warning("A lock is left to expire, Redis does not answer: %s", error)


def _milliseconds(seconds: float) -> int:
    return int(patient(seconds) * 1000)


def _keys(conversation_id: str) -> list[str]:
    """The keys of a conversation's lock, which tell its hash alone; of one slot, where Redis is a cluster."""
    digest = hashlib.sha256(conversation_id.encode()).hexdigest()
    return [f"jalon:lock:{{{digest}}}:{part}" for part in ("turns", "alive")]
