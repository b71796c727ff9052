"""Heads of requests that are refused before Sanic acts on them."""

from __future__ import annotations

import pytest

from bot.channel.malformed_requests import is_well_formed


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1",
        "GET /chat/?q=dur%C3%A9e HTTP/1.0\r\nHost: x",
        "OPTIONS * HTTP/1.1\r\nHost: x",
        "GET http://x/chat/ HTTP/1.1\r\nHost: x",
        "POST /chat/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2",
        "POST /chat/session HTTP/1.1\r\ncontent-length:2 \r\nHost: x",
        "GET / HTTP/1.1\r\nX-Note: content-length: what",
    ],
)
def test_sound(head: str) -> None:
    assert is_well_formed(head.encode())


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
        "POST / HTTP/1.1\r\nContent-Length: -5",
        "POST / HTTP/1.1\r\nContent-Length: +5",
        "POST / HTTP/1.1\r\nContent-Length: 5_0",
        "POST / HTTP/1.1\r\nContent-Length: 0x5",
        "POST / HTTP/1.1\r\nContent-Length: ٥",
        "POST / HTTP/1.1\r\nContent-Length: ",
        "POST / HTTP/1.1\r\nContent-Length: 5, 5",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
        "POST / HTTP/1.1\r\nContent-Length : 5\r\ncontent-length:6",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.1\r\nHost: x\r\ntransfer-encoding : gzip",
    ],
)
def test_unsound(head: str) -> None:
    assert not is_well_formed(head.encode())
