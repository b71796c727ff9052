"""Rate limits by session and by client address, and how the address of a client is found behind proxies."""

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

# A page is half a dozen GETs, and is opened more often than a message is sent.
PAGES_FOR_A_REQUEST = 10
_MINUTE = 60.0
_MOST_WINDOWS = 100_000
# One home or school owns a whole network with this prefix length, so it is counted as one address.
_IPV6_NETWORK = 64


class TooFast(Exception):
    """The limit of requests a minute is reached; the next one is accepted after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class RateLimits:
    """Counts the requests of a minute, in this process or in Redis; a limit of 0 is none.

    What is counted is known by its keyed hash alone: no address is stored, for a minute either. The GETs of an address
    have a limit of their own, PAGES_FOR_A_REQUEST times that of its other requests, and are counted in this process:
    pages are served without Redis too. `clock` must never go back.
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
        """Count one request of the session or address `whose`; raises TooFast if that exceeds the limit of `kind`."""
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
    """Counts in this process, each of a minute from its first request."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: TTLCache[str, _Window] = TTLCache(_MOST_WINDOWS, _MINUTE, timer=clock)

    def hit(self, key: str, most: int) -> float | None:
        """Count one; the seconds until the window ends where it is one too many, else None."""
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
    """What _LocalWindows.hit does, in Redis."""
    limit = limits.RateLimitItemPerMinute(most)
    if await limiter.hit(limit, kind, key):
        return None
    window = await limiter.get_window_stats(limit, kind, key)
    return window.reset_time - time.time()


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


def is_trusted(peer: str, trusted: Iterable[Network]) -> bool:
    """Whether the peer is one of the trusted proxies."""
    address = _parsed(peer)
    return address is not None and any(address in network for network in trusted)


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
