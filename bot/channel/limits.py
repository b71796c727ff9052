"""Rate limits by session and by client address, and how the address of a client is found behind proxies."""

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

# One home or school owns a whole network with this prefix length, so it is counted as one address.
_IPV6_NETWORK = 64


class TooFast(Exception):
    """The limit of requests a minute is reached; the next one is accepted after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class RateLimits:
    """Counts requests a minute, in this process or in Redis. A limit of 0 means no limit.

    Counters are stored under a keyed hash of the session or address, never under the address itself.
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
        """Count one request of the session or address `whose`; raises TooFast if that exceeds the limit of `kind`."""
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
    """The value, awaited if it is awaitable: calls are asynchronous with Redis, and plain in memory."""
    return await value if isawaitable(value) else value


def client_address(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """The address of the client: `peer` or, if that is a trusted proxy, the last address that the proxies vouch for.

    Args:
        peer: the address that the connection comes from.
        forwarded: the values of all X-Forwarded-For headers, in order.
        trusted: the networks of trusted proxies.

    Returns the address as text; for IPv6, its network of 64 bits.
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
    """The address in `text`, or None. Accepts the port that some proxies add, and IPv4 written as IPv6."""
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
