"""Clients of the live server, whose every reply is held against docs/openapi.json."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from contract import Contract
from guarded_server import Caller, Guarded
from live_server import CLIENT_SECONDS, LiveServer, Pupil


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture(scope="session")
def client(server: LiveServer, contract: Contract) -> Iterator[httpx.Client]:
    """An HTTP client of the live server."""

    def hold(reply: httpx.Response) -> None:
        reply.read()
        assert contract.broken_by(reply) is None

    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS, event_hooks={"response": [hold]}) as client:
        yield client


@pytest.fixture
def pupil(client: httpx.Client) -> Pupil:
    """Someone in a new conversation."""
    return Pupil(client)


@pytest.fixture
def another(client: httpx.Client) -> Pupil:
    """Someone else, in another new conversation."""
    return Pupil(client)


@pytest.fixture
def raw(client: httpx.Client) -> Callable[..., httpx.Response]:
    """Posts a body byte by byte: raw("/chat/message", b"…")."""

    def post(path: str, body: bytes, content_type: str | None = "application/json") -> httpx.Response:
        headers = {"Content-Type": content_type} if content_type else {}
        return client.post(path, content=body, headers=headers)

    return post


@pytest.fixture(scope="session")
def guarded(seeds: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    server = Guarded(tmp_path_factory.mktemp("guarded"), seeds)
    server.start()
    yield server
    assert server.stop() == 0, server.logged()[-3000:]
    assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture(scope="session")
def caller(guarded: Guarded, contract: Contract) -> Iterator[Caller]:
    """Clients, each from an address of its own as a proxy tells it, whose replies are held against the document."""
    clients: list[httpx.Client] = []
    addresses = (f"198.51.100.{n}" for n in itertools.count(1))

    def hold(reply: httpx.Response) -> None:
        reply.read()
        assert contract.broken_by(reply) is None

    def call() -> httpx.Client:
        headers = {"X-Forwarded-For": f"203.0.113.9, {next(addresses)}"}
        clients.append(
            httpx.Client(
                base_url=guarded.url, timeout=CLIENT_SECONDS, headers=headers, event_hooks={"response": [hold]}
            )
        )
        return clients[-1]

    yield call
    for client in clients:
        client.close()
