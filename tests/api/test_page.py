"""What the server gives beside the API: the page, the files of the widget, the headers of all replies."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.settings import ROOT

WIDGET = ROOT / "bot" / "widget"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


def test_entrance_leads_to_the_page(client: httpx.Client) -> None:
    reply = client.get("/")
    assert reply.status_code in (301, 302, 303, 307, 308)
    assert reply.headers["location"] == "/chat/"


def test_page_holds_the_widget(client: httpx.Client) -> None:
    reply = client.get("/chat/")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "<jalon-chat>" in reply.text


def test_everything_the_page_names_is_served(client: httpx.Client) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', client.get("/chat/").text)
    assert "widget.js" in named
    assert {name: client.get(f"/chat/{name}").status_code for name in named} == dict.fromkeys(named, 200)


@pytest.mark.parametrize("name", sorted(path.name for path in WIDGET.iterdir() if path.is_file()))
def test_file_of_the_widget(name: str, client: httpx.Client) -> None:
    file = WIDGET / name
    reply = client.get(f"/chat/{file.name}")
    assert reply.status_code == 200
    assert reply.content == file.read_bytes()
    assert reply.headers["content-type"].partition(";")[0] == TYPES[file.suffix]


def test_address_without_its_last_slash(client: httpx.Client) -> None:
    """The page's own addresses are relative: it must not be shown where they lead nowhere."""
    reply = client.get("/chat")
    assert reply.is_redirect or reply.status_code == 404
    if reply.is_redirect:
        assert reply.headers["location"] == "/chat/"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/chat/"), ("GET", "/chat/widget.js"), ("GET", "/health"), ("POST", "/chat/session"), ("GET", "/nothing")],
)
def test_headers(method: str, path: str, client: httpx.Client) -> None:
    headers = client.request(method, path, json={}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_health(client: httpx.Client) -> None:
    reply = client.get("/health")
    assert reply.status_code == 200
    assert reply.json()["status"] == "ok"
