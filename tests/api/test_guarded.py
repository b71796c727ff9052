"""A server as a school would run it, with small limits: rates, other sites, proxies, retention, privacy."""

from __future__ import annotations

import httpx
import pytest
from guarded_server import ADDRESS_LIMIT, OLD, SCHOOL, SESSION_LIMIT, Caller, Guarded
from live_server import PATIENT_SECONDS, Pupil, wait_for

from bot.channel.limits import PAGES_FOR_A_REQUEST

MARKER = "zorglubidule"


@pytest.fixture
def pupil(caller: Caller) -> Pupil:
    return Pupil(caller())


def sessions_opened(client: httpx.Client, tries: int) -> int:
    return sum(client.post("/chat/session", json={}).status_code == 201 for _ in range(tries))


# --- rates


def test_a_session_has_its_messages_a_minute(caller: Caller) -> None:
    client = caller()
    pupil = Pupil(client)
    for _ in range(SESSION_LIMIT):
        assert pupil.post(text="merci").status_code == 200
    reply = pupil.post(text="merci")
    assert (reply.status_code, reply.json()["error"]["code"]) == (429, "too_fast")
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert client.post("/chat/restart", json={"session": pupil.session}).status_code == 429
    assert Pupil(client).post(text="merci").status_code == 200


def test_an_address_has_its_requests_a_minute(caller: Caller) -> None:
    client = caller()
    assert sessions_opened(client, ADDRESS_LIMIT + 5) == ADDRESS_LIMIT
    assert client.post("/chat/session", json={}).headers["retry-after"]
    assert sessions_opened(caller(), 2) == 2


def test_what_a_client_says_of_its_address_is_not_believed(guarded: Guarded) -> None:
    """Only what the trusted proxy adds at the end is."""
    taken = 0
    for number in range(ADDRESS_LIMIT + 5):
        headers = {"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.250"}
        taken += httpx.post(f"{guarded.url}/chat/session", json={}, headers=headers).status_code == 201
    assert taken == ADDRESS_LIMIT


def test_whatever_an_address_asks_for_is_counted(caller: Caller) -> None:
    """Bodies that are refused, sessions that are none, erasures."""
    asked = [
        ("POST", "/chat/message", {}),
        ("DELETE", "/chat/session", {"session": "x"}),
        ("POST", "/chat/restart", {"session": "x"}),
        ("POST", "/chat/nothing", {}),
        ("DELETE", "/chat/session", {}),
    ]
    for method, path, body in asked:
        client = caller()
        statuses = [client.request(method, path, json=body).status_code for _ in range(ADDRESS_LIMIT + 1)]
        assert statuses.count(429) == 1
        assert statuses[-1] == 429
        assert sessions_opened(client, 1) == 0


def test_pages_have_a_limit_of_their_own(caller: Caller) -> None:
    client = caller()
    statuses = [client.get("/chat/icon.svg").status_code for _ in range(ADDRESS_LIMIT * PAGES_FOR_A_REQUEST + 1)]
    assert statuses.count(429) == 1
    assert statuses[-1] == 429
    assert client.get("/health").status_code == 429
    assert Pupil(client).say("merci")
    assert caller().get("/health").status_code == 200


# --- other sites


def test_a_page_of_the_school_may_use_it(caller: Caller) -> None:
    client = caller()
    client.headers["Origin"] = SCHOOL
    pupil = Pupil(client)
    for _ in range(SESSION_LIMIT):
        headers = pupil.post(text="merci").headers
        assert headers["access-control-allow-origin"] == SCHOOL
        assert headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in headers
    refused = pupil.post(text="merci")
    assert refused.status_code == 429
    assert refused.headers["access-control-expose-headers"] == "Retry-After"
    assert refused.headers["access-control-allow-origin"] == SCHOOL


@pytest.mark.parametrize("path", ["/chat/session", "/chat/message", "/chat/restart", "/chat/feedback"])
def test_a_browser_may_ask_first(path: str, caller: Caller) -> None:
    asked = {
        "Origin": SCHOOL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    reply = caller().options(path, headers=asked)
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == SCHOOL
    assert "DELETE" in reply.headers["access-control-allow-methods"]
    assert reply.headers["access-control-allow-headers"].lower() == "content-type"


def test_pages_of_others_may_not(caller: Caller) -> None:
    client = caller()
    for origin in ("https://ecole.example.evil.example", "http://ecole.example", "https://ecole.example:444", "null"):
        reply = client.post("/chat/session", json={}, headers={"Origin": origin})
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers


def test_the_page_may_be_framed_by_the_school_alone(caller: Caller) -> None:
    policy = caller().get("/chat/").headers["content-security-policy"]
    assert f"frame-ancestors 'self' {SCHOOL}" in policy


def test_replies_are_kept_by_nobody(caller: Caller) -> None:
    client = caller()
    for reply in (client.post("/chat/session", json={}), client.get("/health"), client.post("/chat/session")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert client.get("/chat/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"


# --- feedback


def test_rating_a_message(pupil: Pupil) -> None:
    message = pupil.say("quels métiers après MSPC ?")[0]["id"]
    for fields in ({"useful": True}, {"useful": False, "reason": "trop long"}):
        rated = pupil.client.post("/chat/feedback", json={"session": pupil.session, "message": message, **fields})
        assert (rated.status_code, rated.content) == (204, b"")


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "a\0b", 1, None], ids=ascii)
def test_reasons_that_are_refused(reason: object, pupil: Pupil) -> None:
    message = pupil.say("merci")[0]["id"]
    fields = {"session": pupil.session, "message": message, "useful": True, "reason": reason}
    assert pupil.client.post("/chat/feedback", json=fields).status_code == 422


def test_only_messages_of_ones_own_can_be_rated(caller: Caller) -> None:
    pupil, another = Pupil(caller()), Pupil(caller())
    foreign = another.say("merci")[0]["id"]
    for message in (foreign, "x", pupil.greeting[0]["id"]):
        fields = {"session": pupil.session, "message": message, "useful": True}
        reply = pupil.client.post("/chat/feedback", json=fields)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "message")


# --- privacy


def test_nothing_is_stored_before_the_first_message(guarded: Guarded, caller: Caller) -> None:
    before = guarded.rows()
    pupil = Pupil(caller())
    pupil.restart()
    pupil.client.post("/chat/feedback", json={"session": pupil.session, "message": "x", "useful": True})
    assert guarded.rows() == before
    pupil.say("merci")
    assert guarded.rows() > before


def test_what_is_erased_is_gone(guarded: Guarded, pupil: Pupil) -> None:
    """From the files of the database, questions for review included, and from memory; it was never in a log."""
    word = f"{MARKER}efface"
    said = pupil.post(text=f"le bac pro {word}, ça dure combien ?", key="a-key")
    message = said.json()["messages"][0]["id"]
    rating = {"session": pupil.session, "message": message, "useful": False, "reason": f"non {word}"}
    assert pupil.client.post("/chat/feedback", json=rating).status_code == 204
    assert guarded.files_hold(word)
    assert pupil.client.request("DELETE", "/chat/session", json={"session": pupil.session}).status_code == 204
    # At once but where SQLite moved rows about, which the file is written anew for.
    wait_for(lambda: guarded.files_hold(word) == [], PATIENT_SECONDS, "the word to be gone")
    assert pupil.post(text=f"le bac pro {word}, ça dure combien ?", key="a-key").status_code == 401
    assert pupil.client.post("/chat/feedback", json=rating).status_code == 401
    assert guarded.files_hold(word) == []


def test_no_message_is_ever_logged(guarded: Guarded, pupil: Pupil) -> None:
    """Nor what is refused, nor an address; though the environment asks for all that libraries say."""
    pupil.say(f"durée du bac pro {MARKER}")
    pupil.post(text=f"{MARKER}\0")
    pupil.client.post("/chat/message", content=f'{{"{MARKER}'.encode(), headers={"Content-Type": "application/json"})
    pupil.client.get(f"/chat/?q={MARKER}")
    pupil.client.get(f"/chat/{MARKER}?q={MARKER}")
    log = guarded.logged()
    assert "Starting" in log
    assert MARKER not in log
    assert "198.51.100" not in log


def test_old_conversations_go_by_the_command(guarded: Guarded, pupil: Pupil) -> None:
    import subprocess
    import sys

    from bot.settings import ROOT

    word = f"{MARKER}vieux"
    pupil.say(f"quels métiers après MSPC ? {word}")
    guarded.age(2)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "purge"], cwd=ROOT, env=guarded.environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "conversations removed" in done.stdout
    assert guarded.files_hold(word) == []


def test_what_is_old_goes_by_itself(guarded: Guarded) -> None:
    """At the start of a server (and then every ten minutes)."""
    wait_for(lambda: not guarded.files_hold(OLD), PATIENT_SECONDS, "the old rating to go")
