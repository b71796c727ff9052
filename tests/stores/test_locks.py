"""Locks of conversations, of one process and shared through Redis."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from services import RedisServer

from bot.stores import locks
from bot.stores.locks import MOST_TURNS, LocalLockStore, LockUnavailable, RedisLockStore, TooManyTurns

Store = LocalLockStore | RedisLockStore


@pytest.fixture(params=["local", "redis"])
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Store, Store]]:
    """Two servers' stores over one Redis; the one store of a server that is alone, twice."""
    if request.param == "local":
        store = LocalLockStore()
        yield store, store
        return
    url = request.getfixturevalue("redis_server").url
    one, other = RedisLockStore(url), RedisLockStore(url)
    yield one, other
    await one._redis.aclose()
    await other._redis.aclose()


@pytest.fixture
def conversation() -> str:
    return secrets.token_hex(16)


async def waiting(store: Store, conversation: str) -> int:
    """How many turns wait behind the one that holds the lock."""
    if isinstance(store, LocalLockStore):
        return store._turns[conversation] - 1
    return await store._redis.llen(locks._keys(conversation)[0]) - 1


async def test_one_at_a_time_in_the_order_they_came(pair: tuple[Store, Store], conversation: str) -> None:
    inside, order = 0, []

    async def turn(number: int) -> None:
        nonlocal inside
        async with pair[number % 2].lock(conversation):
            inside += 1
            assert inside == 1
            order.append(number)
            await asyncio.sleep(0.005)
            inside -= 1

    turns = []
    async with pair[0].lock(conversation):
        for number in range(MOST_TURNS - 1):
            turns.append(asyncio.ensure_future(turn(number)))
            while await waiting(pair[0], conversation) <= number:
                await asyncio.sleep(0.005)
    await asyncio.gather(*turns)
    assert order == list(range(MOST_TURNS - 1))


async def test_conversations_do_not_wait_for_one_another(pair: tuple[Store, Store], conversation: str) -> None:
    async with pair[0].lock(conversation), pair[0].lock(conversation + "2"), pair[1].lock(conversation + "3"):
        pass


async def test_a_turn_too_many_is_refused_at_once(pair: tuple[Store, Store], conversation: str) -> None:
    free = asyncio.Event()

    async def turn() -> None:
        async with pair[0].lock(conversation):
            await free.wait()

    turns = [asyncio.ensure_future(turn()) for _ in range(MOST_TURNS)]
    while await waiting(pair[0], conversation) < MOST_TURNS - 1:
        await asyncio.sleep(0.005)
    with pytest.raises(TooManyTurns):
        async with pair[1].lock(conversation):
            pass
    free.set()
    await asyncio.gather(*turns)
    async with pair[1].lock(conversation):  # and there is room again
        pass


async def test_a_turn_that_fails_gives_the_lock_back(pair: tuple[Store, Store], conversation: str) -> None:
    for _ in range(2 * MOST_TURNS):
        with pytest.raises(ZeroDivisionError):
            async with pair[0].lock(conversation):
                raise ZeroDivisionError
    async with pair[1].lock(conversation):
        pass


async def test_one_who_no_longer_waits_holds_up_nobody(pair: tuple[Store, Store], conversation: str) -> None:
    async def turn() -> None:
        async with pair[1].lock(conversation):
            pass

    async with pair[0].lock(conversation):
        gone, last = asyncio.ensure_future(turn()), asyncio.ensure_future(turn())
        while await waiting(pair[0], conversation) < 2:
            await asyncio.sleep(0.005)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    await asyncio.wait_for(last, 1)


async def test_waiting_has_an_end(
    pair: tuple[Store, Store], conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.1)
    async with pair[0].lock(conversation):
        with pytest.raises(LockUnavailable):
            async with pair[1].lock(conversation):
                pass
    async with pair[1].lock(conversation):
        pass


async def test_nothing_is_left_of_a_conversation_without_turns(conversation: str, redis_server: RedisServer) -> None:
    local, shared = LocalLockStore(), RedisLockStore(redis_server.url)
    async with local.lock(conversation), shared.lock(conversation):
        assert local._locks
        keys = await shared._redis.keys("jalon:lock:*")
        assert len(keys) == 2
        assert conversation.encode() not in b"".join(keys)
    assert not local._locks
    assert not local._turns
    assert not await shared._redis.keys("jalon:lock:*")
    await shared._redis.aclose()


async def test_the_lock_of_a_server_that_died_ends(
    conversation: str, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "HOLDER_SECONDS", 0.3)
    monkeypatch.setattr(locks, "WAITING_SECONDS", 0.2)
    dead, alive = RedisLockStore(redis_server.url), RedisLockStore(redis_server.url)
    keys = locks._keys(conversation)
    await dead._acquire(keys, "holder")
    await dead._take(keys=keys, args=["one who waited", 200, 300, MOST_TURNS])
    before = time.monotonic()
    async with alive.lock(conversation):
        assert 0.2 < time.monotonic() - before < 2
    for store in (dead, alive):
        await store._redis.aclose()


async def test_locks_of_one_conversation_cost_no_second(pair: tuple[Store, Store], conversation: str) -> None:
    """Stock Rasa looks once a second: five quick messages took 4.6 s."""

    async def turn(number: int) -> None:
        async with pair[number % 2].lock(conversation):
            pass

    before = time.monotonic()
    await asyncio.gather(*(turn(number) for number in range(MOST_TURNS)))
    assert time.monotonic() - before < 1


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that a test may treat as it likes."""
    with RedisServer(tmp_path) as server:
        yield server


async def test_redis_stopped_frozen_and_back(own_redis: RedisServer, conversation: str) -> None:
    store = RedisLockStore(own_redis.url)

    async def refused() -> None:
        before = time.monotonic()
        with pytest.raises(LockUnavailable):
            async with store.lock(conversation):
                pass
        assert time.monotonic() - before < 4

    async def works() -> None:
        async with store.lock(conversation):
            pass

    await works()
    own_redis.stop()
    await refused()
    own_redis.start()
    await works()
    own_redis.freeze()
    await refused()
    own_redis.thaw()
    await works()
    async with store.lock(conversation):
        own_redis.stop()  # what was done under the lock stays done
    own_redis.start()
    await works()
    await store._redis.aclose()
