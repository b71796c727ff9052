"""Thousands of generated requests to all calls: none breaks the server, none gets an empty or an unworded reply.

`--requests` is how many requests there are at least; to be thorough, ask for 10,000.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from contract import Contract
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from live_server import CLIENT_SECONDS, LiveServer, Pupil
from schemathesis import DataGenerationMethod
from schemathesis.specs.openapi.checks import negative_data_rejection
from wire import Reply, Request, Wire

AT_ONCE = 25
JSON = ("Content-Type", "application/json")
SLASHES = ("/restart", "/session_start", "/back", '/choose{"choice": {}}', "/distress", "/greet{", "//", "/\u2060")

# --- what is generated


@pytest.fixture(scope="module")
def counted() -> Counter[int]:
    """How many replies there were, by status."""
    return Counter()


@pytest.fixture(scope="module")
def known(server: LiveServer) -> dict[str, list[str]]:
    """Tokens, choices and messages of two conversations, which generated bodies use; and tokens to be erased."""
    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
        replies = {
            pupil.session: pupil.say("quels métiers après MSPC ?")[0] for pupil in (Pupil(client), Pupil(client))
        }
        doomed = [Pupil(client).session for _ in range(100)]
    return {
        "doomed": doomed,
        "tokens": list(replies),
        "choices": [choice["id"] for reply in replies.values() for choice in reply["choices"]],
        "messages": [reply["id"] for reply in replies.values()],
    }


@pytest.fixture(scope="module")
def wire(server: LiveServer) -> Iterator[Wire]:
    wire = Wire(server.url)
    yield wire
    wire.close()


any_text = st.text(st.characters(), max_size=40)  # lone surrogates and NUL are characters too
odd_text = st.one_of(
    any_text,
    st.sampled_from(SLASHES),
    st.sampled_from(["\ud83d", "\0", "a\u0301" * 300, "x" * 501, "x" * 3000, "\u202e", "𝕏" * 250, " ", "\r\n", "é"]),
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)


def deep(opening: str, closing: str, depth: int) -> bytes:
    """A body of many levels."""
    return (opening * depth + closing * depth).encode()


broken = st.one_of(
    st.binary(max_size=60),
    st.builds(deep, st.just("["), st.just("]"), st.integers(1, 8000)),
    st.builds(deep, st.just('{"a":'), st.just("}"), st.integers(1, 2500)),
    st.builds(lambda n: b'{"session": ' + b"9" * n + b"}", st.integers(1, 9000)),
    st.sampled_from(
        [b"", b"null", b"NaN", b"-Infinity", b'"\\ud800"', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{}{}"]
    ),
    st.sampled_from([b'{"session":"a","session":"b"}', b'{"text":"\xed\xa0\x80"}', b'{"__proto__":{}}', b"{'a':1}"]),
    st.integers(16_385, 40_000).map(lambda n: b'{"text":"' + b"x" * n),
)


def fields_of_calls(known: dict[str, list[str]]) -> dict[tuple[str, str], st.SearchStrategy[dict[str, Any]]]:
    """What may stand in the bodies of each call: about half of the fields are as they should be."""
    token = st.sampled_from(known["tokens"])
    session = st.one_of(token, token, st.builds(lambda t, n: t[:n], token, st.integers(0, 200)), any_json)
    choice = st.sampled_from(known["choices"])
    message = st.sampled_from(known["messages"])
    doomed = st.sampled_from(known["doomed"]) | any_json
    key = st.sampled_from(["k", "k" * 64, "k" * 65]) | any_text
    extra = {"sender": any_text, "metadata": any_json}
    said = {"text": odd_text, "key": key, **extra}
    chosen = {"choice": choice | choice.map(lambda c: c[:-2]) | odd_text | any_json, "key": key, **extra}
    rating = {"message": message | message.map(lambda m: m + "x") | odd_text, "useful": st.booleans() | any_json}
    return {
        ("POST", "/chat/session"): st.fixed_dictionaries({}, optional=extra),
        ("POST", "/chat/message"): st.fixed_dictionaries({"session": session}, optional=said)
        | st.fixed_dictionaries({"session": session}, optional=chosen),
        ("POST", "/chat/restart"): st.fixed_dictionaries({"session": session}, optional=extra),
        ("POST", "/chat/feedback"): st.fixed_dictionaries(
            {"session": session, **rating}, optional={"reason": odd_text | any_json, **extra}
        ),
        ("DELETE", "/chat/session"): st.fixed_dictionaries({"session": doomed}, optional=extra),
    }


def written(value: Any) -> bytes:
    """A value as JSON, in ASCII where it cannot be in UTF-8."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
content_types = st.sampled_from(["application/json"] * 9 + ["text/plain", "", "application/json; charset=latin-1", "é"])
headers = st.lists(
    st.one_of(
        st.tuples(
            st.just("Origin"), header_text | st.sampled_from(["null", "https://ecole.example", "http://127.0.0.1"])
        ),
        st.tuples(st.just("X-Forwarded-For"), header_text),
        st.tuples(st.just("Cookie"), header_text),
        st.tuples(st.just("Accept"), header_text),
        st.tuples(st.just("Authorization"), header_text),
    ),
    max_size=1,
)
no_headers: st.SearchStrategy[list[tuple[str, str]]] = st.just([])
paths = st.one_of(
    st.sampled_from(
        ["/", "/health", "/chat/", "/chat/widget.js", "/metrics", "/webhooks/rest/webhook", "/conversations"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20).map(lambda text: f"/chat/{text}"),
)
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])


def requests(known: dict[str, list[str]]) -> st.SearchStrategy[Request]:
    """Requests: most to the calls and nearly as they should be, some with any body, some to any address."""

    def call(what: tuple[str, str], kind: str, more: list[tuple[str, str]], body: bytes) -> Request:
        return Request(*what, (("Content-Type", kind), *more), body)

    calls = fields_of_calls(known)
    any_body = any_json.map(written) | broken
    near = st.one_of(
        *(st.builds(call, st.just(what), st.just("application/json"), no_headers, fields.map(written))
          for what, fields in calls.items())
    )  # fmt: skip
    far = st.builds(call, st.sampled_from(list(calls)), content_types, headers, any_body)
    other = st.builds(lambda m, p, h, b: Request(m, p, (JSON, *h), b), methods, paths, headers, st.none() | any_body)
    return st.one_of(near, near, near, far, other)


def wrong_in(request: Request, reply: Reply) -> str | None:
    """What a reply must not be, in words."""
    told = f"{request} -> {reply.status} {reply.body[:200]!r}"
    if reply.status == 0:
        return None if request.body and len(request.body) > 16_384 else f"closed without a reply: {told}"
    if reply.status >= 500:
        return f"nothing is down, yet: {told}"
    if request.method == "HEAD" or reply.status in (204, 302, 304):
        return None
    if not reply.body:
        return f"empty: {told}"
    if reply.status >= 400 and not reply.json()["error"]["message"]:
        return f"without words: {told}"
    if reply.status == 200 and request.method == "POST" and not reply.json().get("messages"):
        return f"without messages: {told}"
    return None


schemathesis.experimental.OPEN_API_3_1.enable()
OPERATIONS = {
    result.ok().verbose_name: result.ok() for result in schemathesis.from_dict(Contract().document).get_all_operations()
}


@pytest.mark.parametrize("how", DataGenerationMethod.all())
@pytest.mark.parametrize("name", OPERATIONS)
def test_calls_keep_to_the_document(
    name: str, how: DataGenerationMethod, known: dict[str, list[str]], server: LiveServer, counted: Counter[int]
) -> None:
    """Bodies that fit the schema of a call, and bodies that do not; half of them with a real session."""
    operation = OPERATIONS[name]
    if how.is_negative and not operation.body:
        pytest.skip("nothing to get wrong: it takes nothing")
    tokens = known["doomed" if operation.method == "delete" else "tokens"]

    @settings(
        max_examples=60 if operation.body else 5,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(data_generation_method=how), st.sampled_from([None, *tokens[:1]]))
    def run(case: schemathesis.Case, token: str | None) -> None:
        real = bool(token) and isinstance(case.body, dict) and "session" in case.body
        if real:
            case.body["session"] = token
        reply = case.call(base_url=server.url, allow_redirects=False)
        counted[reply.status_code] += 1
        assert reply.status_code < 500
        # A real session may be all that a body lacked.
        case.validate_response(reply, excluded_checks=(negative_data_rejection,) if real else ())

    run()


def test_nothing_breaks_it(
    known: dict[str, list[str]], wire: Wire, counted: Counter[int], pytestconfig: pytest.Config, server: LiveServer
) -> None:
    number = int(pytestconfig.getoption("--requests"))
    wrong: list[str] = []

    @settings(
        max_examples=number // AT_ONCE,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(requests(known), min_size=AT_ONCE, max_size=AT_ONCE))
    def run(batch: list[Request]) -> None:
        # Not asserted here: hypothesis would print the whole batch.
        for request in batch if len(wrong) < 5 else ():
            reply = wire.send(request)
            counted[reply.status] += 1
            wrong.extend(filter(None, [wrong_in(request, reply)]))

    run()
    assert wrong == []
    print(f"\n{sum(counted.values())} requests: {dict(sorted(counted.items()))}")
    assert sum(counted.values()) >= number
    assert httpx.get(f"{server.url}/health", timeout=CLIENT_SECONDS).status_code == 200
