"""Two servers that share a database and a Redis: a session is the same on both, and Redis away is a clear 503."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from live_server import LiveServer, Message, Pupil
from services import RedisServer

SESSION_LIMIT = 8


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture(scope="module")
def servers(
    seeds: Path, model: Path, own_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveServer, LiveServer]]:
    both = tuple(LiveServer(tmp_path_factory.mktemp("server"), seeds) for _ in range(2))
    shared = {
        "JALON_TRACKER_URL": both[0].environment["JALON_TRACKER_URL"],
        "JALON_DATABASE_URL": both[0].environment["JALON_DATABASE_URL"],
        "JALON_REDIS_URL": own_redis.url,
        "JALON_RATE_SESSION": str(SESSION_LIMIT),
    }
    for server in both:
        server.environment |= shared
    with ThreadPoolExecutor() as threads:
        list(threads.map(LiveServer.start, both))
    yield both[0], both[1]
    for server in both:
        assert server.stop() == 0, server.logged()[-3000:]
        assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture(scope="module")
def clients(servers: tuple[LiveServer, LiveServer]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    with (
        httpx.Client(base_url=servers[0].url, timeout=30) as one,
        httpx.Client(base_url=servers[1].url, timeout=30) as two,
    ):
        yield one, two


@pytest.fixture
def pupil(clients: tuple[httpx.Client, httpx.Client]) -> Pupil:
    """Someone whose session the first server opened."""
    return Pupil(clients[0])


@pytest.fixture
def elsewhere(clients: tuple[httpx.Client, httpx.Client], pupil: Pupil) -> Pupil:
    """The same one, who talks to the second server."""
    same = Pupil(clients[1])
    same.session = pupil.session
    return same


def only(messages: list[Message]) -> Message:
    assert len(messages) == 1
    return messages[0]


def test_a_conversation_goes_on_elsewhere(pupil: Pupil, elsewhere: Pupil) -> None:
    choice = only(pupil.say("quels métiers après MSPC ?"))["choices"][0]["id"]
    assert only(elsewhere.say("et ça dure combien de temps ?"))["answer"]["outcome"] == "answered"
    assert only(elsewhere.choose(choice))["text"]


def test_a_message_is_rated_elsewhere(pupil: Pupil, elsewhere: Pupil) -> None:
    fields = {"session": pupil.session, "message": only(pupil.say("merci"))["id"], "useful": True}
    assert elsewhere.client.post("/chat/feedback", json=fields).status_code == 204
    assert elsewhere.client.post("/chat/feedback", json={**fields, "message": "x"}).status_code == 404


def test_a_key_is_answered_once_by_both(pupil: Pupil, elsewhere: Pupil, servers: tuple[LiveServer, LiveServer]) -> None:
    """One after the other, and at the same time."""
    before = servers[0].messages_processed()
    first = pupil.post(text="quels métiers après MSPC ?", key="one")
    assert elsewhere.post(text="quels métiers après MSPC ?", key="one").json() == first.json()
    with ThreadPoolExecutor() as threads:
        replies = list(
            threads.map(lambda who: who.post(text="et la durée ?", key="two").json(), [pupil, elsewhere] * 2)
        )
    assert all(reply == replies[0] for reply in replies)
    assert replies[0]
    assert servers[0].messages_processed() == before + 2


def test_a_session_has_its_messages_on_both_together(pupil: Pupil, elsewhere: Pupil) -> None:
    for number in range(SESSION_LIMIT):
        assert (pupil, elsewhere)[number % 2].post(text="merci").status_code == 200
    for one in (pupil, elsewhere):
        reply = one.post(text="merci")
        assert (reply.status_code, reply.json()["error"]["code"]) == (429, "too_fast")
        assert 1 <= int(reply.headers["retry-after"]) <= 60


def test_what_is_erased_here_is_gone_there(pupil: Pupil, elsewhere: Pupil, own_redis: RedisServer) -> None:
    kept = set(own_redis.client.keys("jalon:notes:*"))
    said = pupil.post(text="durée du bac pro zorglubidule", key="a-key")
    (notes,) = set(own_redis.client.keys("jalon:notes:*")) - kept
    assert "zorglubidule" in str(own_redis.client.hgetall(notes))
    erased = elsewhere.client.request("DELETE", "/chat/session", json={"session": pupil.session})
    assert erased.status_code == 204
    assert not own_redis.client.exists(notes)
    for one in (pupil, elsewhere):
        assert one.post(text="merci", key="a-key").status_code == 401
        rating = {"session": pupil.session, "message": said.json()["messages"][0]["id"], "useful": True}
        assert one.client.post("/chat/feedback", json=rating).status_code == 401


def test_without_redis_there_is_a_clear_refusal_and_then_service_again(
    pupil: Pupil, own_redis: RedisServer, clients: tuple[httpx.Client, httpx.Client]
) -> None:
    pupil.say("quels métiers après MSPC ?")
    own_redis.stop()
    try:
        for reply in (
            pupil.post(text="merci"),
            pupil.post(text="merci", key="a-key"),
            pupil.client.post("/chat/restart", json={"session": pupil.session}),
            pupil.client.post("/chat/feedback", json={"session": pupil.session, "message": "x", "useful": True}),
            pupil.client.request("DELETE", "/chat/session", json={"session": pupil.session}),
        ):
            assert (reply.status_code, reply.json()["error"]["code"]) == (503, "down")
            assert reply.elapsed.total_seconds() < 10
        health = clients[1].get("/health")
        assert (health.status_code, health.json()["checks"]["sessions"]) == (503, False)
    finally:
        own_redis.start()
    assert clients[1].get("/health").status_code == 200
    assert only(pupil.say("et ça dure combien de temps ?"))["answer"]["outcome"] == "answered"
