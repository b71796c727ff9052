"""Connections: a request has its time, an address its number, and the end of a server waits for nobody who is late."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from typing import Any

import pytest
from live_server import PATIENT_SECONDS
from sanic import Sanic, response
from sanic.request import Request

from bot.channel import connections as module
from bot.channel.connections import Connection, Connections

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
LOCAL = (ip_network("127.0.0.0/8"),)


class Site:
    """A server in this process, and what its handler waits for; one for all tests: Sanic starts once a process."""

    def __init__(self) -> None:
        self.app = Sanic("connections")
        self.app.config.FALLBACK_ERROR_FORMAT = "json"
        self.app.add_route(self._answer, "/", methods=["POST"])
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.renew()

    def renew(self, trusted: Any = (), most: int = 1000) -> None:
        """Begin anew, with nobody there."""
        self.connections = self.app.ctx.connections = Connections(trusted, most)
        self.may_answer, self.asked = asyncio.Event(), asyncio.Event()
        self.may_answer.set()

    async def serve(self) -> Any:
        """Begin to serve; the server, to be closed."""
        server = await self.app.create_server(sock=self._socket, protocol=Connection, return_asyncio_server=True)
        assert server is not None
        await server.startup()
        await server.start_serving()
        return server

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection to it."""
        reader, writer = await asyncio.open_connection(*self._socket.getsockname())
        yield reader, writer
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, request: Request) -> Any:
        self.asked.set()
        await self.may_answer.wait()
        return response.text(f"got {len(request.body)}")


@pytest.fixture(scope="module")
async def serving() -> AsyncIterator[Site]:
    site = Site()
    server = await site.serve()
    yield site
    site.connections.close()
    await server.close()


@pytest.fixture
def site(serving: Site) -> Site:
    """The server, with nobody there."""
    serving.renew()
    return serving


async def told(reader: asyncio.StreamReader) -> bytes:
    """All that the server says until it closes the connection."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), PATIENT_SECONDS)
    return b""


async def trickle(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send a byte now and then, for as long as the server takes them."""
    with suppress(ConnectionError):
        for byte in itertools.chain(data, itertools.repeat(ord("x"))):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("begun", [b"", b"POST / HTTP/1.1\r\nX-Note: ", HEAD])
async def test_a_request_that_trickles_in_is_ended(begun: bytes, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many bytes come in time: it is the whole that has a limit."""
    monkeypatch.setattr(module, "REQUEST_SECONDS", 0.3)
    late = {b"": b"POST / HTTP/1.1\r\nX-Note: ", HEAD: b""}.get(begun, b"")
    async with site.connected() as (reader, writer):
        writer.write(begun)
        sending = asyncio.ensure_future(trickle(writer, late) if begun != HEAD else asyncio.sleep(0))
        reply = await told(reader)
        sending.cancel()
    # One that goes on sending may miss the reply: its connection is closed all the same.
    assert reply.startswith(b"HTTP/1.1 408 ") or (reply == b"" and begun != HEAD)


async def test_a_request_in_pieces_is_answered_and_the_next_one_has_its_own_time(site: Site) -> None:
    async with site.connected() as (reader, writer):
        for _ in range(3):
            for piece in (HEAD[:20], HEAD[20:], b"01234", b"56789"):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(6) == b"got 10"
            (connection,) = site.connections._open
            assert connection._whole_by is None


async def test_an_address_has_its_number_of_connections(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_AN_ADDRESS", 2)
    async with site.connected() as (reader, writer), site.connected():
        writer.write(HEAD + b"0123456789")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        async with site.connected() as (refused, _):
            assert await told(refused) == b""
    while site.connections._open:
        await asyncio.sleep(0.01)
    assert not site.connections._of_address
    async with site.connected() as (reader, writer):
        writer.write(HEAD + b"0123456789")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")


async def test_a_trusted_proxy_has_as_many_as_it_needs(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_AN_ADDRESS", 1)
    site.renew(trusted=LOCAL, most=3)
    async with (
        site.connected(),
        site.connected(),
        site.connected() as (reader, writer),
    ):
        writer.write(HEAD + b"0123456789")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        async with site.connected() as (refused, _):  # there are no more descriptors
            assert await told(refused) == b""


async def test_the_end_waits_for_replies_and_not_for_the_rest_of_requests(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.may_answer.clear()
    async with (
        site.connected() as (waiting, whole),
        site.connected() as (half_head, first),
        site.connected() as (half_body, second),
        site.connected() as (idle, _),
    ):
        first.write(HEAD[:20])
        second.write(HEAD + b"01234")
        whole.write(HEAD + b"0123456789")
        await site.asked.wait()
        while len([c for c in site.connections._open if c._whole_by is not None]) < 2:
            await asyncio.sleep(0.01)
        site.connections.close()
        for reader in (half_head, half_body, idle):
            assert await told(reader) == b""
        site.may_answer.set()
        assert (await told(waiting)).endswith(b"got 10")
    while site.connections._open:
        await asyncio.sleep(0.01)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_descriptors_are_raised_to_what_the_process_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = [(1024, 4096)]
    monkeypatch.setattr(module.resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(module.resource, "setrlimit", lambda _, both: limits.append(both))
    assert module.raise_descriptors() == 4096
    assert limits[1:] == [(4096, 4096)]
    limits[:] = [(1024, module.resource.RLIM_INFINITY)]
    assert module.raise_descriptors() == module.MOST_DESCRIPTORS
    limits[:] = [(100_000, 100_000)]
    assert module.raise_descriptors() == 100_000
    assert len(limits) == 1
