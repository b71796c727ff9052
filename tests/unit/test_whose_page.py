"""Which pages and which hosts may be asked for: our own, as the proxy in front says, and those of the settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.channel.entrance import _allowed, _known_host
from bot.settings import Settings

PROXY, STRANGER = "10.0.0.1", "192.0.2.1"
SETTINGS = Settings(trusted_proxies=("10.0.0.0/8",), origins=("https://ecole.example",))


def request(peer: str = STRANGER, path: str = "/chat/session", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(ip=peer, path=path, headers={"host": "jalon.example", **named})


@pytest.mark.parametrize(
    ("peer", "origin", "scheme", "allowed"),
    [
        (PROXY, "https://jalon.example", "https", True),
        (PROXY, "http://jalon.example", "https", False),
        (PROXY, "https://jalon.example", "http", False),
        (PROXY, "http://jalon.example", "HTTP", True),
        (PROXY, "https://jalon.example", "https, http", True),  # the first proxy is the one that the browser sees
        (PROXY, "https://jalon.example", "", True),  # it does not say
        (PROXY, "http://jalon.example", "", True),
        (STRANGER, "http://jalon.example", "https", True),  # anybody can say so
        (STRANGER, "https://jalon.example", "http", True),
        (STRANGER, "ftp://jalon.example", "", False),
        (STRANGER, "jalon.example", "", False),
        (STRANGER, "://jalon.example", "", False),
        (STRANGER, "null", "", False),
        (STRANGER, "", "", False),
        (STRANGER, "https://jalon.example:444", "", False),
        (STRANGER, "https://example.org", "https", False),
        (PROXY, "https://ecole.example", "http", True),
        (PROXY, "http://ecole.example", "http", False),
    ],
)
def test_origins(peer: str, origin: str, scheme: str, allowed: bool) -> None:
    headers = {"origin": origin, **({"x_forwarded_proto": scheme} if scheme else {})}
    assert _allowed(request(peer, **headers), SETTINGS) is allowed


def test_a_request_of_no_page() -> None:
    assert _allowed(request(), SETTINGS)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("jalon.example", True),
        ("JALON.example", True),
        ("127.0.0.1:5005", True),
        ("127.0.0.1", False),
        ("jalon.example:80", False),
        ("evil.example", False),
        ("", False),
    ],
)
def test_hosts(host: str, known: bool) -> None:
    hosts = ("jalon.example", "127.0.0.1:5005")
    assert _known_host(request(host=host), hosts) is known
    assert _known_host(request(host=host), ())
    assert _known_host(request(path="/health", host=host), hosts)
