"""How many requests are taken from one session and from one address, and what the address of a client is."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Iterable, Sequence
from inspect import isawaitable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal

import limits
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter as SharedLimiter
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter as LocalLimiter

from bot.channel import metrics
from bot.channel.session_store import redis_options

Kind = Literal["session", "feedback", "address"]
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# A home or a school has a whole network of this length, and may use any address in it.
_IPV6_NETWORK = 64


class TooFast(Exception):
    """More requests than are taken in a minute: one is taken again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class RateLimits:
    """Counts of the minute, in this process or in Redis; a limit of 0 is none.

    What is counted is known by its keyed hash alone: no address is stored, for a minute either.
    """

    def __init__(self, session: int, address: int, secret: str, redis_url: str | None) -> None:
        per_minute: dict[Kind, int] = {"session": session, "feedback": session, "address": address}
        self._limits = {kind: limits.RateLimitItemPerMinute(n) for kind, n in per_minute.items() if n}
        self._secret = hashlib.sha256(f"rate limits {secret}".encode()).digest()
        self._limiter: SharedLimiter | LocalLimiter
        if redis_url:
            shared = RedisStorage(
                f"async+{redis_url}", implementation="redispy", key_prefix="jalon:limits", **redis_options()
            )
            self._limiter = SharedLimiter(shared)
        else:
            self._limiter = LocalLimiter(MemoryStorage())

    async def count(self, kind: Kind, whose: str) -> None:
        """Count one request; raises TooFast where it is one too many."""
        limit = self._limits.get(kind)
        if limit is None:
            return
        key = hashlib.blake2b(whose.encode(), key=self._secret, digest_size=16).hexdigest()
        if await _settled(self._limiter.hit(limit, kind, key)):
            return
        metrics.RATE_LIMITED.labels(kind).inc()
        window = await _settled(self._limiter.get_window_stats(limit, kind, key))
        raise TooFast(max(1, math.ceil(window.reset_time - time.time())))


async def _settled(value: Any) -> Any:
    """The result of a call that is asynchronous with Redis and plain in memory."""
    return await value if isawaitable(value) else value


def client_address(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """Who asks: the peer or, where it is a trusted proxy, the last address of X-Forwarded-For that is none.

    `forwarded` are the values of all such headers, in order. Of IPv6 the network is told.
    """
    trusted = tuple(trusted)
    address = _parsed(peer)
    if address is None:
        return peer
    hops = [hop for value in forwarded for hop in value.split(",")]
    while hops and any(address in network for network in trusted):
        nearer = _parsed(hops.pop())
        if nearer is None:
            break
        address = nearer
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_NETWORK), strict=False))
    return str(address)


def _parsed(text: str) -> Address | None:
    """An address, without the port that some proxies add; IPv4 where it is written as IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
