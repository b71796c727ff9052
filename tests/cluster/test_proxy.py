"""What deploy/nginx.conf does itself, before a server that only says what it was sent: a real nginx, no Jalon."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from services import NginxServer

HSTS = "max-age=31536000"
BURST = 300
ADDRESSES = itertools.count(1)


class Echo(BaseHTTPRequestHandler):
    """Replies with the headers that came, and the length of the body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        told = {"length": length, "padding": "é" * 1000, **{k.lower(): v for k, v in self.headers.items()}}
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class EchoServer(ThreadingHTTPServer):
    """Takes as many connections at once as nginx makes, however busy the machine is."""

    request_queue_size = 1024
    daemon_threads = True


class QuickNginx(NginxServer):
    """The same with a second for what it waits ten for from a client, and a minute for the server behind it."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder, [url])
        file = folder / "nginx.conf"
        text = file.read_text(encoding="utf-8")
        assert text.count("_timeout 10s;") == 3
        text = text.replace("_timeout 10s;", "_timeout 1s;")
        text, count = re.subn(r"(proxy_(?:connect|read|next_upstream)_timeout) \d+s;", r"\1 60s;", text)
        assert count == 3
        text, count = re.subn(r"# (set_real_ip_from) [^;]+;", r"\1 127.0.0.1;", text)
        assert count == 1
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NginxServer]:
    """As an operator sets it up behind HTTPS on this machine."""
    server = EchoServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with QuickNginx(tmp_path_factory.mktemp("nginx"), f"http://127.0.0.1:{server.server_port}") as proxy:
            yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def client(proxy: NginxServer) -> Iterator[httpx.Client]:
    """Someone with an address of their own, so that no test spends the requests of another."""
    headers = {"X-Forwarded-For": f"198.51.100.{next(ADDRESSES)}"}
    with httpx.Client(base_url=proxy.url, headers=headers, timeout=30) as client:
        yield client


def test_servers_are_told_who_asks_and_how(client: httpx.Client) -> None:
    forged = {"X-Forwarded-For": f"192.0.2.66, {client.headers['x-forwarded-for']}", "X-Forwarded-Proto": "gopher"}
    told = client.get("/chat/", headers=forged).json()
    assert told["x-forwarded-for"] == client.headers["x-forwarded-for"]
    assert told["x-forwarded-proto"] == "http"
    assert client.get("/chat/", headers={"X-Forwarded-Proto": "https"}).json()["x-forwarded-proto"] == "https"


def test_replies_are_zipped_and_say_that_the_site_is_https(client: httpx.Client) -> None:
    reply = client.get("/chat/")
    assert reply.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in reply.headers["vary"]
    assert reply.headers["strict-transport-security"] == HSTS
    assert "content-encoding" not in client.get("/chat/", headers={"Accept-Encoding": "identity"}).headers


def test_a_large_body_is_refused_in_words(client: httpx.Client) -> None:
    assert client.post("/chat/message", content=b"x" * 32 * 1024).json()["length"] == 32 * 1024
    reply = client.post("/chat/message", content=b"x" * (32 * 1024 + 1))
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "too_large")
    assert reply.headers["strict-transport-security"] == HSTS


def test_one_address_cannot_take_it_all(client: httpx.Client, proxy: NginxServer) -> None:
    """A whole school at once is served; what one address asks beyond that is refused, others are not."""
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(lambda _: client.get("/chat/"), range(2 * BURST)))
        while replies[-1].status_code != 429:  # a slow machine is given more than the burst meanwhile
            replies = [*replies, *threads.map(lambda _: client.get("/chat/"), range(BURST))]
    served = [reply for reply in replies if reply.status_code == 200]
    assert len(served) >= BURST
    refused = next(reply for reply in replies if reply.status_code == 429)
    assert refused.json()["error"]["code"] == "too_fast"
    assert refused.headers["retry-after"] == "5"
    assert refused.headers["strict-transport-security"] == HSTS
    assert {reply.status_code for reply in replies} == {200, 429}
    assert httpx.get(f"{proxy.url}/chat/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200


@pytest.mark.parametrize(
    "half",
    [
        b"GET /chat/ HTTP/1.1\r\nHost: a",
        b"POST /chat/message HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx",
    ],
    ids=["head", "body"],
)
def test_a_half_sent_request_is_let_go(half: bytes, proxy: NginxServer) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection:
        connection.sendall(half)
        try:
            told = connection.recv(4096)
        except ConnectionResetError:
            told = b""
    assert told == b"" or told.startswith(b"HTTP/1.1 408")


def test_a_server_that_is_away_is_told_of(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with NginxServer(tmp_path, [f"http://127.0.0.1:{unused.getsockname()[1]}"]) as proxy:
            reply = httpx.get(f"{proxy.url}/chat/", timeout=30)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "down")
    assert reply.headers["strict-transport-security"] == HSTS
