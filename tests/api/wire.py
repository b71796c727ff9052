"""Requests as bytes: what a client library would not send, and thousands of them in a minute."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from live_server import CLIENT_SECONDS


@dataclass(frozen=True)
class Request:
    """A request: its body goes out as it is."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def __repr__(self) -> str:
        body = self.body if self.body is None or len(self.body) < 600 else self.body[:600] + b"..."
        return f"{self.method} {self.path} {dict(self.headers)} {body!r}"


@dataclass(frozen=True)
class Reply:
    """A reply, or status 0 where the server closed the connection without one."""

    status: int
    content_type: str
    body: bytes

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Wire:
    """One connection to a server, made anew when the server closed it."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url).hostname or "", urlsplit(url).port or 0
        self._connection = HTTPConnection(*self.address, timeout=CLIENT_SECONDS)

    def send(self, request: Request) -> Reply:
        """The reply to a request; raises TimeoutError where there is none for long."""
        try:
            return self._sent(request)
        except (HTTPException, ConnectionError):
            # Closed since the last request, or while a body was sent that is refused: once more on a new connection.
            self._connection.close()
        try:
            return self._sent(request)
        except (HTTPException, ConnectionError):
            self._connection.close()
            return Reply(0, "", b"")

    def _sent(self, request: Request) -> Reply:
        connection = self._connection
        connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", f"{self.address[0]}:{self.address[1]}")
        for name, value in request.headers:
            connection.putheader(name, value.encode("utf-8", "surrogateescape"))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        try:
            connection.endheaders(request.body)
        except ConnectionError:
            if connection.sock is None:
                raise
        reply = connection.getresponse()
        told = Reply(reply.status, reply.headers.get("Content-Type") or "", reply.read())
        if reply.will_close:
            connection.close()
        return told

    def raw(self, data: bytes) -> bytes:
        """All that the server says to these bytes on a new connection before it closes it."""
        with socket.create_connection(self.address, timeout=CLIENT_SECONDS) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            parts = []
            while part := connection.recv(65_536):
                parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
