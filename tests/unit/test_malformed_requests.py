"""Heads of requests that are refused before Sanic acts on them."""

from __future__ import annotations

import pytest

from bot.channel.malformed_requests import is_well_formed


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.0",
        "GET / HTTP/1.1\r\nHost:",
        "GET / HTTP/1.1\r\nhost: x\r\nX-Note:\ta\tb \xff",
        "GET /chat/?q=dur%C3%A9e HTTP/1.0\r\nHost: x",
        "OPTIONS * HTTP/1.1\r\nHost: x",
        "GET http://x/chat/ HTTP/1.1\r\nHost: x",
        "POST /chat/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2",
        "POST /chat/session HTTP/1.1\r\ncontent-length:2 \r\nHost: x",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Note: content-length: what",
    ],
)
def test_sound(head: str) -> None:
    assert is_well_formed(head.encode("latin-1" if "\u0665" not in head else "utf-8"))


@pytest.mark.parametrize(
    "head",
    [
        "",
        "GET /",
        "GET / HTTP/2.0",
        "GET  / HTTP/1.1",
        "get / HTTP/1.1",
        "GET /é HTTP/1.1",
        "GET /\x00 HTTP/1.1",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5_0",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ٥",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\ncontent-length:6",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.1\r\nHost: x\r\ntransfer-encoding : gzip",
        # Which host: none, two.
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nX-Note: x",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: x",
        "GET / HTTP/1.1\r\nHost: x\r\nhOsT: y",
        "GET / HTTP/1.0\r\nHost: x\r\nHost: y",
        # Names that are no token, lines that are no header, or that go on with the one before.
        "GET / HTTP/1.1\r\nHost : x",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length\t: 5",
        "GET / HTTP/1.1\r\nHost: x\r\n: 5",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon",
        "GET / HTTP/1.1\r\nHost: x\r\nX(1): y",
        "GET / HTTP/1.1\r\nHost: x\r\nX\xe9: y",
        "GET / HTTP/1.1\r\nHost: x\r\n y",
        "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n\tz",
        "GET / HTTP/1.1\r\n Host: x",
        # Line ends and other control characters within a line.
        "GET / HTTP/1.1\r\nHost: x\rContent-Length: 5",
        "GET / HTTP/1.1\r\nHost: x\nContent-Length: 5",
        "GET / HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \x00",
        "GET / HTTP/1.1\r\nHost: x\r\nX: \x7f",
    ],
)
def test_unsound(head: str) -> None:
    assert not is_well_formed(head.encode("latin-1" if "\u0665" not in head else "utf-8"))
