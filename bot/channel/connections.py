"""Limits the time that a request may take to arrive, and the number of connections of each address.

This extends Sanic's own protocol. For the rest of a request body, Sanic 21.12 waits as long as for a handler, which
Rasa sets to an hour, and it restarts that time with every byte.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import async_timeout
from sanic.exceptions import RequestTimeout
from sanic.http import Stage
from sanic.server.protocols.http_protocol import HttpProtocol

from bot.channel.limits import client_address, is_trusted
from bot.settings import patient

# The longest time between the moment when a begun request is first waited for and its last byte.
REQUEST_SECONDS = 10.0
# Enough for a classroom behind one address, as a browser opens at most six. A trusted proxy has no limit.
MOST_OF_AN_ADDRESS = 256
# File descriptors that are reserved for files, databases and threads, and so not available for connections.
KEPT_DESCRIPTORS = 200
# One process has no use for more.
MOST_DESCRIPTORS = 65_536


class Connections:
    """Counts the open connections of each address, and closes all of them when the server stops.

    `trusted` are the networks of trusted proxies, whose connections are not limited per address. `most` is the
    largest total number of open connections.
    """

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network], most: int) -> None:
        self._trusted = trusted
        self._most = most
        self._of_address: Counter[str] = Counter()
        self._open: dict[Connection, str | None] = {}

    def enter(self, connection: Connection, peer: str) -> bool:
        """Count a new connection from the address `peer` and return True, or return False if there are too many."""
        address = None if is_trusted(peer, self._trusted) else client_address(peer, (), ())
        if len(self._open) >= self._most or (address and self._of_address[address] >= MOST_OF_AN_ADDRESS):
            return False
        self._open[connection] = address
        if address:
            self._of_address[address] += 1
        return True

    def leave(self, connection: Connection) -> None:
        """Stop counting a connection."""
        address = self._open.pop(connection, None)
        if address:
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    def close(self) -> None:
        """Close all connections. One that still waits for a reply closes after that reply."""
        for connection in [*self._open]:
            connection.close_soon()


class Connection(HttpProtocol):
    """An HTTP connection on which a whole request must arrive within REQUEST_SECONDS.

    It is counted in `app.ctx.connections`.
    """

    __slots__ = ("_whole_by",)

    def connection_made(self, transport: Any) -> None:
        """Accept the connection, or abort it if there are too many connections."""
        self._whole_by: float | None = None
        peer = transport.get_extra_info("peername")
        if not self.app.ctx.connections.enter(self, peer[0] if peer else ""):
            transport.abort()
            return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Handle received bytes. Bytes on a connection that was refused are ignored."""
        if self.transport is not None:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Stop counting the connection, then let Sanic end it."""
        self.app.ctx.connections.leave(self)
        super().connection_lost(exc)

    async def receive_more(self) -> None:
        """Wait for more bytes; raises RequestTimeout if a request has begun but does not arrive whole in time."""
        http = self._http
        if http.stage is Stage.IDLE:
            self._whole_by = None
            await super().receive_more()
            return
        if self._whole_by is None:
            self._whole_by = self.loop.time() + patient(REQUEST_SECONDS)
        try:
            async with async_timeout.timeout_at(self._whole_by):
                await super().receive_more()
        except asyncio.TimeoutError as error:
            http.request_body, http.keep_alive = None, False
            raise RequestTimeout("Request Timeout") from error

    async def send(self, data: bytes) -> None:
        """Send bytes of a reply. The request is complete by now, so its time limit ends."""
        self._whole_by = None
        await super().send(data)

    def close_soon(self) -> None:
        """Close the connection at once, or after the reply if one is being made.

        Bytes already written are still sent.
        """
        http = getattr(self, "_http", None)  # none before its task has begun, and after that has ended
        if self._whole_by is not None:
            self.transport.abort()  # not self.abort(): Sanic would then log a request that does not exist
        elif http is None or http.stage is Stage.IDLE:
            self.close()
        else:
            http.keep_alive = False


def raise_descriptors() -> int:
    """Raise the number of files and connections this process may open, to at most MOST_DESCRIPTORS; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
