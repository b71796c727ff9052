"""Clients of the live server, whose every reply is held against docs/openapi.json."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from contract import Contract
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
