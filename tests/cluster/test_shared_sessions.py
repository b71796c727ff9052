"""Two servers that share a database and a Redis: a session is the same on both, and Redis away is a clear 503."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cluster import SESSION_LIMIT, Cluster
from itsdangerous import URLSafeTimedSerializer
from live_server import SECRET, Message, Pupil


@pytest.fixture
def pupil(clients: tuple[httpx.Client, httpx.Client]) -> Pupil:
    """Someone whose session the first server opened."""
    return Pupil(clients[0])


@pytest.fixture
def elsewhere(
    clients: tuple[httpx.Client, httpx.Client], pupil: Pupil, same: Callable[[Pupil, httpx.Client], Pupil]
) -> Pupil:
    """The same one, who talks to the second server."""
    return same(pupil, clients[1])


def processed(cluster: Cluster) -> int:
    """How many messages of users are stored."""
    return sum(map(len, cluster.kept().values()))


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


def test_a_key_is_answered_once_by_both(pupil: Pupil, elsewhere: Pupil, cluster: Cluster) -> None:
    """One after the other, and at the same time."""
    before = processed(cluster)
    first = pupil.post(text="quels métiers après MSPC ?", key="one")
    assert elsewhere.post(text="quels métiers après MSPC ?", key="one").json() == first.json()
    with ThreadPoolExecutor() as threads:
        replies = list(
            threads.map(lambda who: who.post(text="et la durée ?", key="two").json(), [pupil, elsewhere] * 2)
        )
    assert all(reply == replies[0] for reply in replies)
    assert replies[0]
    assert processed(cluster) == before + 2


def test_a_session_has_its_messages_on_both_together(pupil: Pupil, elsewhere: Pupil) -> None:
    for number in range(SESSION_LIMIT):  # a choice that was never offered costs no turn, and is counted
        assert (pupil, elsewhere)[number % 2].post(choice="none").status_code == 404
    for one in (pupil, elsewhere):
        reply = one.post(text="merci")
        assert (reply.status_code, reply.json()["error"]["code"]) == (429, "too_fast")
        assert 1 <= int(reply.headers["retry-after"]) <= 60


def test_what_is_erased_here_is_gone_there(pupil: Pupil, elsewhere: Pupil, cluster: Cluster) -> None:
    kept = set(cluster.redis.client.keys("jalon:live:*"))
    said = pupil.post(text="durée du bac pro zorglubidule", key="a-key")
    (live,) = set(cluster.redis.client.keys("jalon:live:*")) - kept
    erased = elsewhere.client.request("DELETE", "/chat/session", json={"session": pupil.session})
    assert erased.status_code == 204
    assert not cluster.redis.client.exists(live)
    for one in (pupil, elsewhere):
        assert one.post(text="merci", key="a-key").status_code == 401
        rating = {"session": pupil.session, "message": said.json()["messages"][0]["id"], "useful": True}
        assert one.client.post("/chat/feedback", json=rating).status_code == 401


def test_what_was_erased_stays_dead_when_redis_forgets(pupil: Pupil, elsewhere: Pupil, cluster: Cluster) -> None:
    """As after a restart of a server that is alone, or on another one that shares the database and no Redis."""
    said = pupil.say("quels métiers après MSPC ?")
    assert pupil.client.request("DELETE", "/chat/session", json={"session": pupil.session}).status_code == 204
    cluster.redis.client.flushall()
    rating = {"session": pupil.session, "message": only(said)["id"], "useful": True}
    for one in (pupil, elsewhere):
        assert one.post(text="merci").status_code == 401
        assert one.client.post("/chat/feedback", json=rating).status_code == 401
    # Where it is even taken to go on, the database lets nothing begin in it.
    signer = URLSafeTimedSerializer(SECRET, salt="session", signer_kwargs={"digest_method": hashlib.sha256})
    digest = hashlib.sha256(str(signer.loads(pupil.session)).encode()).hexdigest()
    cluster.redis.client.set(f"jalon:live:{digest}", "1", ex=60)
    for one in (pupil, elsewhere):
        reply = one.post(text="merci")
        assert (reply.status_code, reply.json()["error"]["code"]) == (401, "session")


def test_nothing_that_was_said_is_in_redis(pupil: Pupil, cluster: Cluster) -> None:
    pupil.post(text="durée du bac pro zorglubidule", key="a-key")
    redis = cluster.redis.client
    kinds = {key: redis.type(key) for key in redis.scan_iter()}
    assert any(key.startswith("jalon:live:") for key in kinds)
    assert all(len(redis.get(key)) < 10 for key, kind in kinds.items() if kind == "string")


def test_without_redis_there_is_a_clear_refusal_and_then_service_again(
    pupil: Pupil, cluster: Cluster, clients: tuple[httpx.Client, httpx.Client]
) -> None:
    pupil.say("quels métiers après MSPC ?")
    cluster.redis.stop()
    try:
        for reply in (
            pupil.post(text="merci"),
            pupil.post(text="merci", key="a-key"),
            pupil.client.post("/chat/restart", json={"session": pupil.session}),
            pupil.client.post("/chat/feedback", json={"session": pupil.session, "message": "x", "useful": True}),
            pupil.client.request("DELETE", "/chat/session", json={"session": pupil.session}),
        ):
            assert (reply.status_code, reply.json()["error"]["code"]) == (503, "down")
        health = clients[1].get("/health")
        assert (health.status_code, health.json()["checks"]["sessions"]) == (503, False)
    finally:
        cluster.redis.start()
    assert clients[1].get("/health").status_code == 200
    assert only(pupil.say("et ça dure combien de temps ?"))["answer"]["outcome"] == "answered"
