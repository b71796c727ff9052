"""How long a connection may take for a request, and how many an address may have: over Sanic's own protocol.

Sanic 21.12 waits for the rest of a body as long as for a handler, which Rasa sets to an hour; and begins to count
anew with each byte.
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

# From the first byte of a request that has to be waited for to its last one.
REQUEST_SECONDS = 10.0
# A browser opens six at most: a classroom behind one address. A trusted proxy has no limit.
MOST_OF_AN_ADDRESS = 256
# Of the descriptors of the process: what its files, databases and threads take beside the connections.
KEPT_DESCRIPTORS = 200
# More are of no use to one process.
MOST_DESCRIPTORS = 65_536


class Connections:
    """The connections that are open: how many each address has, and which of them to close when the server ends."""

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network], most: int) -> None:
        self._trusted = trusted
        self._most = most
        self._of_address: Counter[str] = Counter()
        self._open: dict[Connection, str | None] = {}

    def enter(self, connection: Connection, peer: str) -> bool:
        """Whether this connection of the address `peer` may be, which is then counted."""
        address = None if is_trusted(peer, self._trusted) else client_address(peer, (), ())
        if len(self._open) >= self._most or (address and self._of_address[address] >= MOST_OF_AN_ADDRESS):
            return False
        self._open[connection] = address
        if address:
            self._of_address[address] += 1
        return True

    def leave(self, connection: Connection) -> None:
        """Count a connection no more."""
        address = self._open.pop(connection, None)
        if address:
            self._of_address[address] -= 1
            if not self._of_address[address]:
                del self._of_address[address]

    def close(self) -> None:
        """Close all of them: at once, but for those that wait for a reply, which close when they have it."""
        for connection in [*self._open]:
            connection.close_soon()


class Connection(HttpProtocol):
    """A connection that has REQUEST_SECONDS for the whole of a request, and is counted in `app.ctx.connections`."""

    __slots__ = ("_whole_by",)

    def connection_made(self, transport: Any) -> None:
        """Begin, unless the address has too many connections."""
        self._whole_by: float | None = None
        peer = transport.get_extra_info("peername")
        if not self.app.ctx.connections.enter(self, peer[0] if peer else ""):
            transport.abort()
            return
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes, but of one that had too many connections already."""
        if self.transport is not None:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """End."""
        self.app.ctx.connections.leave(self)
        super().connection_lost(exc)

    async def receive_more(self) -> None:
        """Wait for more bytes; raises RequestTimeout where a request that has begun is not whole in time."""
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
        """Send: the request before it is whole."""
        self._whole_by = None
        await super().send(data)

    def close_soon(self) -> None:
        """Close at once or, where a whole request waits for its reply, after that; what is written is sent."""
        http = getattr(self, "_http", None)  # none before its task has begun, and after that has ended
        if self._whole_by is not None:
            self.transport.abort()  # not self.abort(), which makes Sanic tell of a request that there is none of
        elif http is None or http.stage is Stage.IDLE:
            self.close()
        else:
            http.keep_alive = False


def raise_descriptors() -> int:
    """Let this process open as many files and connections as it may, MOST_DESCRIPTORS at most; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
