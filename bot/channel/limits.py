"""Limits the rate of requests per session and per client address, and finds the address of a client behind proxies."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

import limits
from cachetools import TTLCache
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter as SharedLimiter

from bot.channel import metrics
from bot.channel.session_store import redis_options

Kind = Literal["session", "feedback", "address", "pages"]
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Opening a page takes about six GET requests, and pages are opened more often than messages are sent.
PAGES_FOR_A_REQUEST = 10
_MINUTE = 60.0
_MOST_WINDOWS = 100_000
# A home or a school usually has a whole IPv6 network of this prefix length, so it is counted as one address.
_IPV6_NETWORK = 64


class TooFast(Exception):
    """Raised when the limit of requests per minute is exceeded. The next request is accepted after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class RateLimits:
    """Counts requests per minute, in this process or in Redis. A limit of 0 means no limit.

    Sessions and addresses are stored only as keyed hashes. GET requests of an address have a separate limit,
    PAGES_FOR_A_REQUEST times the limit of its other requests. They are always counted in this process, so that
    pages are served even without Redis. `clock` returns seconds and must never go back.
    """

    def __init__(
        self,
        session: int,
        address: int,
        secret: str,
        redis_url: str | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits: dict[Kind, int] = {
            "session": session,
            "feedback": session,
            "address": address,
            "pages": PAGES_FOR_A_REQUEST * address,
        }
        self._secret = hashlib.sha256(f"rate limits {secret}".encode()).digest()
        self._local = _LocalWindows(clock)
        self._shared: SharedLimiter | None = None
        if redis_url:
            storage = RedisStorage(
                f"async+{redis_url}", implementation="redispy", key_prefix="jalon:limits", **redis_options()
            )
            self._shared = SharedLimiter(storage)

    async def count(self, kind: Kind, whose: str) -> None:
        """Count one request of the session or address `whose`.

        Raises TooFast if the limit of `kind` is exceeded, and redis.RedisError if Redis is needed but does not
        answer.
        """
        most = self._limits[kind]
        if not most:
            return
        key = hashlib.blake2b(whose.encode(), key=self._secret, digest_size=16).hexdigest()
        if self._shared is None or kind == "pages":
            wait = self._local.hit(f"{kind} {key}", most)
        else:
            wait = await _hit(self._shared, most, kind, key)
        if wait is not None:
            metrics.RATE_LIMITED.labels(kind).inc()
            raise TooFast(max(1, math.ceil(wait)))


class _LocalWindows:
    """Counts requests in this process. Each count covers the minute that starts with its first request."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: TTLCache[str, _Window] = TTLCache(_MOST_WINDOWS, _MINUTE, timer=clock)

    def hit(self, key: str, most: int) -> float | None:
        """Count one request. Return None if it is within the limit, else the seconds until the minute ends."""
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window(self._clock() + _MINUTE)
        window.count += 1
        return window.ends - self._clock() if window.count > most else None


@dataclass
class _Window:
    ends: float
    count: int = 0


async def _hit(limiter: SharedLimiter, most: int, kind: Kind, key: str) -> float | None:
    """Count one request in Redis, with the same result as `_LocalWindows.hit`."""
    limit = limits.RateLimitItemPerMinute(most)
    if await limiter.hit(limit, kind, key):
        return None
    window = await limiter.get_window_stats(limit, kind, key)
    return window.reset_time - time.time()


def client_address(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """Return the address of the client: `peer` or, if that is a trusted proxy, the address that the proxies report.

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


def is_trusted(peer: str, trusted: Iterable[Network]) -> bool:
    """Return whether the address `peer` belongs to a trusted proxy."""
    address = _parsed(peer)
    return address is not None and any(address in network for network in trusted)


def _parsed(text: str) -> Address | None:
    """Return the IP address in `text`, or None. Accepts a port after it, and IPv4 in the form of IPv6."""
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
