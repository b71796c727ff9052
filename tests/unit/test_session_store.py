"""What servers remember of conversations: the same in memory and in a real Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from redis.exceptions import RedisError
from services import RedisServer, free_port

from bot.channel import session_store as module
from bot.channel.session_store import (
    SESSION_SECONDS,
    MemorySessions,
    RedisSessions,
    SessionState,
    SessionStore,
    session_store,
)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[SessionStore]:
    if request.param == "memory":
        yield MemorySessions()
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    server.client.flushall()
    yield RedisSessions(server.url)


async def test_a_conversation_lives_from_its_first_message(store: SessionStore) -> None:
    assert await store.state("c") is SessionState.UNKNOWN
    await store.touch("c")
    assert await store.state("c") is SessionState.LIVE
    assert await store.state("d") is SessionState.UNKNOWN


async def test_a_claim_is_one_persons(store: SessionStore) -> None:
    assert await store.claim("c", "reply:1")
    assert not await store.claim("c", "reply:1")
    assert await store.claim("c", "reply:2")
    assert await store.claim("d", "reply:1")
    await store.release("c", "reply:1")
    assert await store.claim("c", "reply:1")


async def test_closed_and_opened_again(store: SessionStore) -> None:
    await store.touch("c")
    await store.close("c")
    assert await store.state("c") is SessionState.CLOSED
    await store.reopen("c")
    assert await store.state("c") is SessionState.LIVE
    await store.forget("c")
    assert await store.state("c") is SessionState.UNKNOWN


async def test_what_is_forgotten_stays_closed(store: SessionStore) -> None:
    await store.touch("c")
    await store.close("c")
    await store.forget("c")
    assert await store.state("c") is SessionState.CLOSED


async def test_check(store: SessionStore) -> None:
    await store.check()


async def test_memory_forgets_after_an_hour_without_a_message() -> None:
    now = [0.0]
    store = MemorySessions(clock=lambda: now[0])
    await store.touch("c")
    await store.close("d")
    now[0] = SESSION_SECONDS - 1
    await store.touch("c")
    now[0] = 2 * SESSION_SECONDS - 2
    assert await store.state("c") is SessionState.LIVE
    assert await store.state("d") is SessionState.UNKNOWN
    now[0] = 2 * SESSION_SECONDS
    assert await store.state("c") is SessionState.UNKNOWN


async def test_redis_forgets_after_an_hour_without_a_message(redis_server: RedisServer) -> None:
    redis_server.client.flushall()
    store = RedisSessions(redis_server.url)
    await store.touch("c")
    (key,) = redis_server.client.keys()
    redis_server.client.expire(key, 10)
    await store.touch("c")
    await store.close("c")
    await store.claim("c", "a")
    keys = redis_server.client.keys()
    left = {key.split(":")[1]: redis_server.client.ttl(key) for key in keys}
    assert SESSION_SECONDS - 5 < left["live"] <= SESSION_SECONDS
    assert SESSION_SECONDS - 5 < left["closed"] <= SESSION_SECONDS
    assert 0 < left["claim"] <= module.CLAIM_SECONDS


async def test_redis_is_not_told_the_conversation(redis_server: RedisServer) -> None:
    redis_server.client.flushall()
    store = RedisSessions(redis_server.url)
    await store.touch("0123abcd")
    await store.close("0123abcd")
    await store.claim("0123abcd", "a")
    keys = redis_server.client.keys()
    assert len(keys) == 3
    assert not any("0123abcd" in key for key in keys)


async def test_redis_that_came_back_is_used_again(redis_server: RedisServer) -> None:
    store = RedisSessions(redis_server.url)
    await store.touch("c")
    redis_server.stop()
    try:
        with pytest.raises(RedisError):
            await store.state("c")
    finally:
        redis_server.start()
    assert await store.state("c") is SessionState.UNKNOWN


async def test_redis_that_does_not_answer_is_an_error_within_seconds() -> None:
    """A port that takes connections and never says a word."""
    import socket

    with socket.create_server(("127.0.0.1", free_port())) as silent:
        store = RedisSessions(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        since = time.monotonic()
        with pytest.raises(RedisError):
            await store.state("c")
        assert time.monotonic() - since < 10


def test_redis_where_it_has_an_address() -> None:
    assert isinstance(session_store(None), MemorySessions)
    assert isinstance(session_store("redis://127.0.0.1:1/0"), RedisSessions)
