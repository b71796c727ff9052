"""What the web API refuses, and how: a status, a code for machines and a sentence for a person."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from live_server import Pupil

POSTS = ("/chat/session", "/chat/message", "/chat/restart", "/chat/feedback")
Raw = Callable[..., httpx.Response]


def refused(reply: httpx.Response, status: int, code: str) -> bool:
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert len(reply.json()["error"]["message"]) > 15
    return True


def escaped(pupil: Pupil, **fields: str) -> bytes:
    """A body in which a `~` of a field stands for a lone surrogate, escaped as JSON allows."""
    return json.dumps({"session": pupil.session, **fields}).replace("~", "\\ud83d").encode()


# --- sessions and choices


@pytest.mark.parametrize("path", ["/chat/message", "/chat/restart", "/chat/feedback"])
@pytest.mark.parametrize("forge", [lambda t: t[:-4] + "AAAA", lambda t: "x" + t, lambda t: "", lambda t: "é" * 40])
def test_forged_session(path: str, forge: Callable[[str], str], pupil: Pupil) -> None:
    more = {"/chat/message": {"text": "merci"}, "/chat/feedback": {"message": "x", "useful": True}}
    body = {"session": forge(pupil.session), **more.get(path, {})}
    assert refused(pupil.client.post(path, json=body), 401, "session")


def test_session_of_a_lone_surrogate(pupil: Pupil, raw: Raw) -> None:
    reply = raw("/chat/message", b'{"session": "\\ud83d", "text": "merci"}')
    assert reply.status_code in (401, 422)


def test_choice_of_another_conversation(pupil: Pupil, another: Pupil) -> None:
    choice = pupil.say("quels métiers après MSPC ?")[0]["choices"][0]["id"]
    assert refused(another.post(choice=choice), 404, "choice")
    assert pupil.post(choice=choice).status_code == 200


@pytest.mark.parametrize("choice", ["x", "/restart", '/choose{"choice": {}}', "é"])
def test_choice_that_was_not_offered(choice: str, pupil: Pupil) -> None:
    assert refused(pupil.post(choice=choice), 404, "choice")


def test_choice_of_a_lone_surrogate(pupil: Pupil, raw: Raw) -> None:
    assert raw("/chat/message", escaped(pupil, choice="~")).status_code in (404, 422)


def test_choice_changed_by_one_letter(pupil: Pupil) -> None:
    choice = pupil.say("quels métiers après MSPC ?")[0]["choices"][0]["id"]
    other = "B" if choice[5] == "A" else "A"
    assert refused(pupil.post(choice=choice[:5] + other + choice[6:]), 404, "choice")


def test_choice_does_not_tell_what_it_holds(pupil: Pupil) -> None:
    for choice in pupil.say("quels métiers après MSPC ?")[0]["choices"]:
        assert "/choose" not in choice["id"]


# --- bodies


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b"text", b'{"session": "\xe9"}', b"\xff\xfe", b"[" * 9000])
def test_not_json(path: str, body: bytes, raw: Raw) -> None:
    assert refused(raw(path, body), 400, "json")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data", "application/jsonp", "json"])
def test_wrong_content_type(path: str, content_type: str | None, raw: Raw) -> None:
    assert refused(raw(path, b"{}", content_type), 415, "content_type")


def test_content_type_with_its_charset(raw: Raw) -> None:
    assert raw("/chat/session", b"{}", "application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"NaN", b'{"sender": "x"}', b'{"session": null}'])
def test_other_fields(path: str, body: bytes, raw: Raw) -> None:
    assert refused(raw(path, body), 422, "fields")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "merci", "sender": "x"},
        {"text": "merci", "choice": "x"},
        {"text": "merci", "metadata": {}},
        {"text": "merci", "key": ""},
        {"text": "merci", "key": "x" * 65},
        {"text": "merci", "key": 1},
        {"choice": 1},
        {"choice": "x" * 2049},
        {"text": None},
    ],
    ids=str,
)
def test_fields_of_a_message(fields: dict[str, object], pupil: Pupil) -> None:
    assert refused(pupil.post(**fields), 422, "fields")


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, 1, ["merci"], {"text": "merci"}, True], ids=str)
def test_text_of_another_length_or_type(text: object, pupil: Pupil) -> None:
    assert refused(pupil.post(text=text), 422, "text")


@pytest.mark.parametrize("character", ["\0", "\a", "\b", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9f"], ids=ascii)
def test_control_characters(character: str, pupil: Pupil) -> None:
    assert refused(pupil.post(text=f"durée{character}MSPC"), 422, "text")


@pytest.mark.parametrize("text", ["~", "durée ~ MSPC", "MSPC~"])
def test_lone_surrogate(text: str, pupil: Pupil, raw: Raw) -> None:
    assert refused(raw("/chat/message", escaped(pupil, text=text)), 422, "text")
    assert pupil.post(text="merci").status_code == 200


def test_key_of_a_lone_surrogate_does_no_harm(pupil: Pupil, raw: Raw) -> None:
    assert raw("/chat/message", escaped(pupil, text="merci", key="~")).status_code in (200, 422)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_body_too_large(path: str, size: int, raw: Raw) -> None:
    assert refused(raw(path, b'{"text": "' + b"x" * size + b'"}'), 413, "too_large")


# --- pages of others


@pytest.mark.parametrize("origin", ["https://example.org", "http://127.0.0.1", "null", "", "https://127.0.0.1:1"])
@pytest.mark.parametrize("path", POSTS)
def test_page_of_another_site(path: str, origin: str, client: httpx.Client) -> None:
    reply = client.post(path, json={}, headers={"Origin": origin})
    assert refused(reply, 403, "origin")
    assert "access-control-allow-origin" not in reply.headers


def test_preflight_of_another_site(client: httpx.Client) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/chat/message", headers=asked).headers


def test_page_of_our_own(client: httpx.Client) -> None:
    own = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/chat/session", json={}, headers=own).status_code == 201


# --- addresses


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/webhooks/rest"),
        ("POST", "/webhooks/chat/webhook"),
        ("POST", "/webhooks/callback/webhook"),
        ("GET", "/socket.io/"),
        ("POST", "/model/parse"),
        ("POST", "/model/train"),
        ("PUT", "/model"),
        ("GET", "/conversations/x/tracker"),
        ("POST", "/conversations/x/execute"),
        ("GET", "/domain"),
        ("GET", "/status"),
        ("GET", "/version"),
        ("GET", "/chat/nothing"),
        ("GET", "/chat/../config.yml"),
        ("GET", "/chat/..%2f..%2fconfig.yml"),
        ("GET", "/chat/%2e%2e/settings.py"),
        ("GET", "/chat//etc/passwd"),
    ],
)
def test_nothing_else_is_there(method: str, path: str, client: httpx.Client) -> None:
    assert refused(client.request(method, path), 404, "not_found")


@pytest.mark.parametrize("path", POSTS)
def test_other_methods(path: str, client: httpx.Client) -> None:
    assert refused(client.put(path, json={}), 405, "request")
    assert refused(client.get(path), 405, "request")


def test_health_takes_no_other_method(client: httpx.Client) -> None:
    assert refused(client.post("/health", json={}), 405, "request")
