"""Hundreds of tries to read or to write someone else's conversation: none of them does either."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from live_server import CLIENT_SECONDS, PATIENT_SECONDS, SECRET, LiveServer, Pupil, wait_for

MARKER = "zorglubidule"
# In the order in which an attacker would rather try them: the last one would do most harm.
CALLS = (("POST", "/chat/message"), ("POST", "/chat/restart"), ("POST", "/chat/feedback"), ("DELETE", "/chat/session"))
GUESSED_SECRETS = ("", "secret", "jalon", "rasa", "changeme", "0" * 32, SECRET[:-1], SECRET.upper())
FOREIGN_ORIGINS = (
    "https://example.org", "http://127.0.0.1", "https://127.0.0.1:{port}0", "http://127.0.0.1:{port}.evil.example",
    "http://evil.example/127.0.0.1:{port}", "null", "file://", "http://localhost:{port}", "http://[::1]:{port}", "",
)  # fmt: skip


@dataclass
class Victim:
    """Someone with a conversation in which a word stands that nobody else typed."""

    pupil: Pupil
    store: Any
    choices: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    key: str = "the victim's key".replace(" ", "-")

    def talk(self) -> None:
        """Say a few things."""
        for reply in (
            self.pupil.post(text=f"durée du bac pro {MARKER}", key=self.key).json()["messages"],
            self.pupil.say("quels métiers après MSPC ?"),
        ):
            self.choices += [choice["id"] for message in reply for choice in message["choices"]]
            self.messages += [message["id"] for message in reply]
        # A question without an answer is kept after its reply.
        while not any(row[0] == "unanswered_question_asked" for row in self.stored()):
            time.sleep(0.05)

    @property
    def conversation(self) -> str:
        """The id of the conversation, which the server tells nobody."""
        return str(signer().loads(self.pupil.session))

    def stored(self) -> list[tuple[Any, ...]]:
        """Every row that the database has of the conversation."""
        with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [(table, *row) for table in tables for row in database.execute(f'SELECT * FROM "{table}"')]
        return [row for row in rows if self.conversation in row]


@pytest.fixture(scope="module")
def plain(server: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
        yield client


@pytest.fixture
def victim(server: LiveServer, plain: httpx.Client) -> Victim:
    victim = Victim(Pupil(plain), server.conversations)
    victim.talk()
    return victim


@pytest.fixture
def attacker(plain: httpx.Client) -> Pupil:
    return Pupil(plain)


def signer(secret: str = SECRET, salt: str = "session", how: Any = hashlib.sha256) -> URLSafeTimedSerializer:
    """What signs tokens, as the server does it by default."""
    return URLSafeTimedSerializer(secret, salt=salt, signer_kwargs={"digest_method": how})


def body(path: str, session: str, **fields: Any) -> dict[str, Any]:
    """What a call takes."""
    more: dict[str, Any] = {"/chat/message": {"text": "et ça dure combien de temps ?"}}.get(path, {})
    if path == "/chat/feedback":
        more = {"message": "x", "useful": False}
    return {"session": session, **more, **fields}


def forged(token: str, attackers: str, conversation: str) -> list[str]:
    """Tokens that the server did not issue: changed, cut, put together anew, signed with other secrets, too old."""
    payload, stamp, signature = token.rsplit(".", 2)
    _, own_stamp, own_signature = attackers.rsplit(".", 2)
    made = [token[:n] for n in range(0, len(token), 2)]
    # The last character holds two bits that no one reads: changing it may change nothing.
    made += [token[:n] + ("A" if token[n] != "A" else "B") + token[n + 1 :] for n in range(len(token) - 1)]
    made += [f"{payload}.{stamp}.{own_signature}", f"{payload}.{own_stamp}.{own_signature}", f"{payload}..{signature}"]
    made += [
        payload,
        f"{payload}.{stamp}",
        f"{payload}.{stamp}.",
        f".{token}",
        f"{token}.{signature}",
        token * 2,
    ]
    made += [
        token.upper(),
        token.swapcase(),
        token[::-1],
        f" {token}x",
        f"{token}\0",
        conversation,
        f'"{conversation}"',
    ]
    made += [base64.urlsafe_b64encode(json.dumps(word).encode()).decode() for word in (conversation, [conversation], 1)]
    for secret in GUESSED_SECRETS:
        made.append(str(signer(secret or "x").dumps(conversation)))
    for salt in ("", "choice", f"choice:{conversation}", "itsdangerous", "Session"):
        made.append(str(signer(salt=salt).dumps(conversation)))
    made.append(str(signer(how=hashlib.sha1).dumps(conversation)))
    without_a_date = URLSafeSerializer(SECRET, salt="session", signer_kwargs={"digest_method": hashlib.sha256})
    made.append(str(without_a_date.dumps(conversation)))
    return [token_ for token_ in made if token_ != token]


def test_sessions_of_others_stay_theirs(victim: Victim, attacker: Pupil, plain: httpx.Client) -> None:
    """Forged, foreign, borrowed: all refused, nothing told, nothing written; then the victim goes on as before."""
    attacks = 0
    told: list[str] = []
    # What it could not answer is written for review a moment after its reply.
    kept = "unanswered_question_asked"
    wait_for(lambda: any(row[0] == kept for row in victim.stored()), PATIENT_SECONDS, "the question to be kept")
    before = victim.stored()
    assert any(MARKER in str(row) for row in before)

    def attack(method: str, path: str, fields: dict[str, Any], *statuses: int, **headers: str) -> None:
        nonlocal attacks
        reply = plain.request(method, path, json=fields, headers=headers)
        attacks += 1
        told.append(reply.text)
        assert reply.status_code in statuses, (method, path, fields, reply.text)

    tokens = forged(victim.pupil.session, attacker.session, victim.conversation)
    for number, token in enumerate(tokens):
        for method, path in CALLS[number % 3 :]:
            attack(method, path, body(path, token), 401, 422)

    port = plain.base_url.port
    for origin in FOREIGN_ORIGINS:
        for method, path in CALLS:
            attack(method, path, body(path, victim.pupil.session), 403, Origin=origin.format(port=port))

    for choice in victim.choices:
        for stolen in (choice, choice + "A", choice[:-3], choice.rpartition(".")[0], choice.swapcase()):
            attack("POST", "/chat/message", {"session": attacker.session, "choice": stolen}, 404)
        attack("POST", "/chat/message", {"session": choice, "text": "merci"}, 401)
    attack("POST", "/chat/message", {"session": attacker.session, "choice": victim.pupil.session}, 404)

    for message in victim.messages:
        for useful in (True, False):
            fields = {"session": attacker.session, "message": message, "useful": useful, "reason": "non"}
            attack("POST", "/chat/feedback", fields, 404)
    for guess in range(60):
        attack("POST", "/chat/feedback", {"session": attacker.session, "message": f"{guess:012d}", "useful": True}, 404)

    for name in ("sender", "sender_id", "conversation", "conversation_id", "session_id", "token", "user", "id"):
        for value in (victim.conversation, victim.pupil.session):
            attack("POST", "/chat/message", {**body("/chat/message", attacker.session), name: value}, 422)
    for address in ("/conversations/{}/tracker", "/webhooks/rest/{}", "/chat/{}", "/chat/session/{}"):
        attack("GET", address.format(victim.conversation), {}, 404)
        attack("POST", address.format(victim.conversation), {}, 404)

    # The same key in another session, and commands of Rasa: answered, as any message of the attacker's own.
    for text in (
        "/restart",
        "/session_start",
        f'/choose{{"choice": "{victim.conversation}"}}',
        "continue",
        "et avant ?",
    ):
        fields = {"session": attacker.session, "text": text}
        attack("POST", "/chat/message", fields, 200)
    attack("POST", "/chat/message", {"session": attacker.session, "text": "merci", "key": victim.key}, 200)

    assert attacks >= 500
    print(f"\n{attacks} attacks")
    assert victim.stored() == before
    assert [text for text in told if MARKER in text or victim.conversation in text] == []
    (message,) = victim.pupil.say("et ça dure combien de temps ?")
    assert message["answer"]["outcome"] == "answered"
    assert len(victim.stored()) > len(before)


def test_an_erased_session_is_dead(victim: Victim, plain: httpx.Client) -> None:
    session = victim.pupil.session
    erased = plain.request("DELETE", "/chat/session", json={"session": session})
    assert (erased.status_code, erased.content) == (204, b"")
    for _ in range(5):
        for method, path in CALLS:
            for fields in ({}, {"message": victim.messages[0]} if path == "/chat/feedback" else {}):
                assert plain.request(method, path, json=body(path, session, **fields)).status_code == 401
        for choice in victim.choices:
            again = plain.post("/chat/message", json={"session": session, "choice": choice, "key": victim.key})
            assert again.status_code == 401
    assert victim.stored() == []


def test_a_session_of_two_hours_ago_has_ended(
    victim: Victim, plain: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now - 7200)
    old = [str(signer().dumps(name)) for name in ("0" * 32, "never-seen")]
    monkeypatch.undo()
    for token in old:
        for method, path in CALLS:
            assert plain.request(method, path, json=body(path, token)).status_code == 401


def test_two_who_erase_at_once_and_talk_meanwhile(victim: Victim, server: LiveServer) -> None:
    """Whatever comes first: in the end the session is dead and nothing of it is stored."""
    from concurrent.futures import ThreadPoolExecutor

    def call(number: int) -> int:
        with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
            if number in (3, 7):
                return client.request("DELETE", "/chat/session", json={"session": victim.pupil.session}).status_code
            fields = {"session": victim.pupil.session, "text": f"durée du bac pro {MARKER}"}
            return client.post("/chat/message", json=fields).status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(call, range(10)))
    assert set(statuses) <= {200, 204, 401, 429, 503}
    assert 204 in statuses
    assert victim.stored() == []
    assert victim.pupil.post(text="merci").status_code == 401
