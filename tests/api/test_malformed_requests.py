"""Bytes that are no good HTTP: an error in French or a closed connection, and the server goes on."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from live_server import CLIENT_SECONDS, LiveServer, Pupil
from wire import Wire

JSON = b"Host: x\r\nContent-Type: application/json\r\n"
SESSION = b"POST /chat/session HTTP/1.1\r\n" + JSON


@pytest.fixture(scope="module")
def wire(server: LiveServer) -> Iterator[Wire]:
    wire = Wire(server.url)
    yield wire
    wire.close()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (SESSION + b"Content-Length: -5\r\n\r\n{}", 400),
        (SESSION + b"Content-Length: two\r\n\r\n{}", 400),
        (SESSION + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (SESSION + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400),
        (SESSION + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
        (SESSION + b"Transfer-Encoding: gzip\r\n\r\n{}", 400),
        (SESSION + b"Expect: the unexpected\r\nContent-Length: 2\r\n\r\n{}", 417),
        (SESSION + b"Content-Length: 99999999999999\r\n\r\n{}", 413),
        (SESSION + b"\r\n", 400),
        (b"DELETE /chat/session HTTP/1.1\r\n" + JSON + b"\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/9\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400),
        (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400),
        (b"GET /chat/ HTTP/1.1\r\nHost: x\r\nOrigin: \xff\xfe\r\n\r\n", 403),
        (b"POST /chat/session HTTP/1.1\r\nHost: x\r\nContent-Type: \xff\r\nContent-Length: 2\r\n\r\n{}", 415),
        (b"GET " + b"/" * 20_000 + b" HTTP/1.1\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(3000)) + b"\r\n", 413),
        (b"BREW /chat/session HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ],
    ids=lambda value: ascii(value[:60]) if isinstance(value, bytes) else str(value),
)
def test_bad_bytes(data: bytes, status: int, wire: Wire) -> None:
    reply = wire.raw(data)
    assert reply.startswith(b"HTTP/1.1 %d " % status)
    assert b'{"error":{"code":' in reply


@pytest.mark.parametrize("name", [b"Content-Length ", b"Content-Length\t", b" Content-Length", b"Content-Length\x0b"])
def test_a_body_is_no_second_request(name: bytes, wire: Wire) -> None:
    """A proxy in front that takes such a header for a length would hand on what follows as someone else's request."""
    hidden = b"GET /chat/version.json HTTP/1.1\r\nHost: x\r\n\r\n"
    reply = wire.raw(b"POST /chat/session HTTP/1.1\r\n" + JSON + name + b": %d\r\n\r\n" % len(hidden) + hidden)
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b"integrity" not in reply


def test_the_server_goes_on(wire: Wire, server: LiveServer) -> None:
    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
        assert Pupil(client).say("quels métiers après MSPC ?")[0]["answer"]["outcome"] == "answered"
