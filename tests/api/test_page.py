"""What the server gives beside the API: the page, the files of the widget, the headers of all replies."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx
import pytest

from bot.channel.bundle import join_modules
from bot.settings import ROOT

WIDGET = ROOT / "bot" / "widget"


def test_entrance_leads_to_the_page(client: httpx.Client) -> None:
    reply = client.get("/")
    assert reply.status_code in (301, 302, 303, 307, 308)
    assert reply.headers["location"] == "/chat/"


def test_page_holds_the_widget(client: httpx.Client) -> None:
    reply = client.get("/chat/")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "<jalon-chat" in reply.text


def test_everything_the_page_names_is_served(client: httpx.Client) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', client.get("/chat/").text)
    assert "widget.js" in named
    assert {name: client.get(f"/chat/{name}").status_code for name in named} == dict.fromkeys(named, 200)


def test_privacy_page(client: httpx.Client) -> None:
    reply = client.get("/chat/privacy")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    named = re.findall(r'href="([^":]+)"', reply.text)
    assert {name: client.get(f"/chat/{name}").status_code for name in named} == dict.fromkeys(named, 200)


def test_widget_is_one_file_that_is_asked_for_again(client: httpx.Client) -> None:
    reply = client.get("/chat/widget.js")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.text == join_modules(WIDGET / "widget.js")
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["cache-control"] == "no-cache"
    again = client.get("/chat/widget.js", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_widget_is_sent_plain_to_those_who_cannot_unzip(client: httpx.Client) -> None:
    reply = client.get("/chat/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in reply.headers
    assert reply.text == client.get("/chat/widget.js").text


def test_caches_keep_the_replies_to_sites_apart(client: httpx.Client) -> None:
    """Else the one to our own page, without a permission, would be given to a school's."""
    for path in ("/chat/widget.js", "/chat/version.json", f"/chat/{client.get('/chat/version.json').json()['path']}"):
        assert {name.strip() for name in client.get(path).headers["vary"].split(",")} == {"Origin", "Accept-Encoding"}


def test_version_never_changes(client: httpx.Client) -> None:
    version = client.get("/chat/version.json").json()
    reply = client.get(f"/chat/{version['path']}")
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    digest = base64.b64encode(hashlib.sha384(reply.content).digest()).decode()
    assert version["integrity"] == f"sha384-{digest}"
    assert client.get("/chat/v/0123456789abcdef0123/widget.js").status_code == 404


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
