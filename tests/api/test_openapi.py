"""docs/openapi.json is what the live server does: every documented reply is provoked and held against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from contract import Contract
from jsonschema import Draft202012Validator
from live_server import CLIENT_SECONDS, LiveServer, Pupil

from bot.catalogue.fiche import Facet, Outcome

QUESTIONS = (
    "quels métiers après MSPC ?",
    "quels sont les métiers et les attendus de MSPC ?",
    "bac pro astronaute ça dure combien de temps",
    "bonjour",
    "tu sers à quoi exactement ?",
    "Ça coûte cher le bac pro MSPC ?",
    "j'ai plus du tout envie de vivre",
    "quelle différence entre MSPC et microtechniques ?",
    "la 7e",
    "liste moi toutes les formations niveau bac",
    "Quelles formations mènent au métier d'ascensoriste ?",
    "Comment devenir ascensoriste ?",
    "un électromécanicien gagne combien",
    "quels horaires pour un ajusteur-monteur",
)


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


@pytest.fixture
def plain(server: LiveServer) -> Iterator[httpx.Client]:
    """A client that holds nothing against anything."""
    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
        yield client


def test_document_is_sound(contract: Contract) -> None:
    assert contract.document["openapi"] == "3.1.0"
    Draft202012Validator.check_schema({"$defs": contract.document["components"]["schemas"]})
    references = [node for node in nodes(contract.document) if "$ref" in node]
    assert references
    for node in references:
        assert contract.resolve(node)
    calls = [call for path in contract.document["paths"].values() for call in path.values()]
    assert len({call["operationId"] for call in calls}) == len(calls)


def test_every_component_is_used(contract: Contract) -> None:
    used = {node["$ref"].rpartition("/")[2] for node in nodes(contract.document) if "$ref" in node}
    components = contract.document["components"]
    assert used == components["schemas"].keys() | components["responses"].keys()


def test_vocabulary_is_ours(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    assert set(schemas["Outcome"]["enum"]) == {outcome.value for outcome in Outcome}
    assert set(schemas["Facet"]["enum"]) == {facet.value for facet in Facet}


def test_codes_of_errors_are_worded(contract: Contract) -> None:
    from rasa.shared.core.domain import Domain

    from bot.settings import ROOT

    responses = Domain.load(str(ROOT / "domain.yml")).responses
    codes = contract.document["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["code"]["enum"]
    assert {f"error_{code}" for code in codes} == {name for name in responses if name.startswith("error_")}


CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("POST", "/chat/session", {}),
    ("POST", "/chat/message", {"text": "merci"}),
    ("POST", "/chat/restart", {}),
    ("POST", "/chat/feedback", {"message": "not-one", "useful": True}),
    ("DELETE", "/chat/session", {}),
)


def test_every_call_is_documented(contract: Contract) -> None:
    with_body = {
        (method.upper(), path)
        for path, calls in contract.document["paths"].items()
        for method, call in calls.items()
        if "requestBody" in call
    }
    assert with_body == {(method, path) for method, path, _ in CALLS}


@pytest.mark.parametrize(("method", "path", "fields"), CALLS, ids=str)
def test_every_documented_refusal_happens_as_documented(
    method: str, path: str, fields: dict[str, Any], contract: Contract, plain: httpx.Client
) -> None:
    """Beside 503, which a server that works does not say, and 429, which test_guarded.py provokes."""
    pupil = Pupil(plain)
    with_session = (method, path) != ("POST", "/chat/session")
    good = {**fields, **({"session": pupil.session} if with_session else {})}
    json_type = {"Content-Type": "application/json"}
    replies = [
        plain.request(method, path, content=b"{", headers=json_type),
        plain.request(method, path, json=good, headers={"Origin": "https://example.org"}),
        plain.request(method, path, content=b"x" * 20_000, headers=json_type),
        plain.request(method, path, content=json.dumps(good)),
        plain.request(method, path, json={**good, "sender": "x"}),
    ]
    if with_session:
        replies.append(plain.request(method, path, json={**good, "session": "x"}))
    if path == "/chat/message":
        replies.append(plain.request(method, path, json={"session": pupil.session, "choice": "x"}))
    if path == "/chat/feedback":
        replies.append(plain.request(method, path, json=good))
    assert [contract.broken_by(reply) for reply in replies] == [None] * len(replies)
    documented = {code for code in contract.document["paths"][path][method.lower()]["responses"] if code >= "400"}
    assert {str(reply.status_code) for reply in replies} == documented - {"429", "503"}


def test_replies_are_as_documented(contract: Contract, plain: httpx.Client) -> None:
    pupil = Pupil(plain)
    pages = ("/", "/chat/", "/chat/privacy", "/chat/widget.js", "/chat/version.json", "/health")
    replies = [plain.get(path) for path in pages]
    replies += [plain.post("/chat/session", json={}), plain.post("/chat/restart", json={"session": pupil.session})]
    replies += [pupil.post(text=text) for text in QUESTIONS]
    rating = {"session": pupil.session, "message": replies[-1].json()["messages"][0]["id"], "useful": True}
    replies.insert(0, plain.post("/chat/feedback", json=rating))
    assert [broken for reply in replies if (broken := contract.broken_by(reply))] == []
    erased = plain.request("DELETE", "/chat/session", json={"session": pupil.session})
    assert (erased.status_code, contract.broken_by(erased)) == (204, None)
    assert {m["answer"]["outcome"] for reply in replies[-len(QUESTIONS) :] for m in reply.json()["messages"]} == {
        outcome.value for outcome in Outcome
    } - {"missing"}


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ({"text": "merci"}, True),
        ({"text": "x" * 500, "key": "k" * 64}, True),
        ({"text": "x" * 501}, False),
        ({"text": ""}, False),
        ({"text": 1}, False),
        ({"text": None}, False),
        ({"text": "merci", "choice": "x"}, False),
        ({"text": "merci", "choice": None}, False),
        ({}, False),
        ({"text": "merci", "key": ""}, False),
        ({"text": "merci", "key": "k" * 65}, False),
        ({"text": "merci", "key": "k k"}, False),
        ({"text": "merci", "key": None}, False),
        ({"text": "merci", "sender": "x"}, False),
        ({"choice": "x" * 2049}, False),
    ],
    ids=str,
)
def test_messages_are_taken_as_documented(
    fields: dict[str, Any], accepted: bool, contract: Contract, plain: httpx.Client
) -> None:
    body = {"session": Pupil(plain).session, **fields}
    schema = contract.document["components"]["schemas"]["MessageRequest"]
    assert contract.validator(schema).is_valid(body) is accepted
    assert (plain.post("/chat/message", json=body).status_code == 200) is accepted


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ({}, True),
        ({"reason": "x" * 300}, True),
        ({"reason": "x" * 301}, False),
        ({"reason": ""}, False),
        ({"reason": None}, False),
        ({"reason": ["x"]}, False),
        ({"useful": 1}, False),
        ({"useful": "true"}, False),
        ({"useful": None}, False),
        ({"message": "m" * 65}, False),
        ({"message": ""}, False),
        ({"message": 1}, False),
        ({"text": "merci"}, False),
    ],
    ids=str,
)
def test_ratings_are_taken_as_documented(
    fields: dict[str, Any], accepted: bool, contract: Contract, plain: httpx.Client
) -> None:
    pupil = Pupil(plain)
    body = {"session": pupil.session, "message": pupil.say("merci")[0]["id"], "useful": True, **fields}
    schema = contract.document["components"]["schemas"]["FeedbackRequest"]
    assert contract.validator(schema).is_valid(body) is accepted
    assert (plain.post("/chat/feedback", json=body).status_code == 204) is accepted


def test_contract_notices_what_breaks_it(contract: Contract) -> None:
    """The check itself: a reply without `answer`, one with an outcome of its own, a status that is not documented."""
    request = httpx.Request("POST", "http://x/chat/message")
    message = {"id": "1", "text": "x", "choices": []}
    answer = {"outcome": "perhaps", "facets": [], "fiches": [], "jobs": [], "sources": []}
    for reply in (
        httpx.Response(200, json={"messages": []}, request=request),
        httpx.Response(200, json={"messages": [message]}, request=request),
        httpx.Response(200, json={"messages": [{**message, "answer": answer}]}, request=request),
        httpx.Response(500, json={}, request=request),
        httpx.Response(404, json={"error": {"code": "session", "message": "x"}}, request=request),
    ):
        assert contract.broken_by(reply)
