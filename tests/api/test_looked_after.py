"""What a server tells who looks after it: metrics and health."""

from __future__ import annotations

import json

import httpx
import pytest
from guarded_server import SESSION_LIMIT, Caller, Guarded
from live_server import Pupil


@pytest.fixture
def pupil(caller: Caller) -> Pupil:
    return Pupil(caller())


def test_metrics(guarded: Guarded, pupil: Pupil) -> None:
    def measured() -> dict[str, float]:
        lines = httpx.get(f"http://127.0.0.1:{guarded.metrics}/metrics").text.splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    before = measured()
    message = pupil.say("quels métiers après MSPC ?")[0]["id"]
    pupil.say("bac pro astronaute ça dure combien de temps")
    pupil.client.post("/chat/feedback", json={"session": pupil.session, "message": message, "useful": True})
    pupil.post(text="")
    for _ in range(SESSION_LIMIT):
        pupil.post(text="merci")
    now = measured()
    grown = {name: int(value - before.get(name, 0)) for name, value in now.items() if value != before.get(name, 0)}
    expected = {
        'jalon_replies_total{outcome="answered"}': 1,
        'jalon_replies_total{outcome="unknown"}': 1,
        'jalon_replies_total{outcome="smalltalk"}': SESSION_LIMIT - 2,
        'jalon_requests_total{route="/chat/message",status="200"}': SESSION_LIMIT,
        'jalon_requests_total{route="/chat/message",status="422"}': 1,
        'jalon_requests_total{route="/chat/message",status="429"}': 2,
        'jalon_requests_total{route="/chat/feedback",status="204"}': 1,
        'jalon_request_seconds_count{route="/chat/message"}': SESSION_LIMIT + 3,
        'jalon_rate_limited_total{limit="session"}': 2,
        'jalon_feedback_total{useful="true"}': 1,
    }
    assert {name: grown.get(name) for name in expected} == expected
    assert not any("astronaute" in name or pupil.session[:10] in name for name in now)


def test_metrics_are_not_on_the_port_of_the_api(caller: Caller) -> None:
    assert caller().get("/metrics").status_code == 404


def test_health_tells_what_is_well(caller: Caller) -> None:
    reply = caller().get("/health").json()
    assert reply == {"status": "ok", "checks": dict.fromkeys(("model", "catalogue", "conversations", "sessions"), True)}


def test_health_of_a_server_whose_conversations_are_gone(guarded: Guarded, caller: Caller) -> None:
    database = guarded.conversations
    away = database.with_suffix(".away")
    database.rename(away)
    database.write_bytes(b"no database" * 1000)
    try:
        reply = caller().get("/health")
        assert reply.status_code == 503
        assert reply.json()["checks"]["conversations"] is False
        assert json.dumps(reply.json())
    finally:
        away.rename(database)
    assert caller().get("/health").status_code == 200
