"""Rate limits, in memory and in a real Redis, and whose request it is behind proxies."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services import RedisServer, free_port

from bot.channel.limits import PAGES_FOR_A_REQUEST, RateLimits, TooFast, client_address

PROXIES = tuple(ip_network(network) for network in ("10.0.0.0/8", "2001:db8::/32"))
Limits = Callable[..., RateLimits]


@pytest.fixture(params=["memory", "redis"])
def limits(request: pytest.FixtureRequest) -> Limits:
    url = None
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        server.client.flushall()
        url = server.url
    return lambda session=3, address=5: RateLimits(session, address, "secret", url)


async def taken(limits: RateLimits, kind: str, whose: str, times: int) -> int:
    """How many of so many requests are taken."""
    waits = []
    for _ in range(times):
        try:
            await limits.count(kind, whose)  # type: ignore[arg-type]
        except TooFast as error:
            waits.append(error.seconds)
    assert all(1 <= seconds <= 60 for seconds in waits)
    return times - len(waits)


async def test_a_session_has_its_number(limits: Limits) -> None:
    some = limits()
    assert await taken(some, "session", "a", 10) == 3
    assert await taken(some, "session", "b", 10) == 3
    assert await taken(some, "feedback", "a", 10) == 3


async def test_an_address_has_its_own(limits: Limits) -> None:
    some = limits()
    assert await taken(some, "address", "127.0.0.1", 10) == 5
    assert await taken(some, "address", "127.0.0.2", 10) == 5


async def test_zero_is_no_limit(limits: Limits) -> None:
    some = limits(session=0, address=0)
    assert await taken(some, "session", "a", 100) == 100
    assert await taken(some, "address", "a", 100) == 100


async def test_servers_share_what_redis_counts(redis_server: RedisServer) -> None:
    redis_server.client.flushall()
    one, two = (RateLimits(3, 5, "secret", redis_server.url) for _ in range(2))
    assert await taken(one, "session", "a", 2) == 2
    assert await taken(two, "session", "a", 2) == 1


async def test_redis_is_not_told_the_address(redis_server: RedisServer) -> None:
    redis_server.client.flushall()
    await RateLimits(3, 5, "secret", redis_server.url).count("address", "192.0.2.77")
    (key,) = redis_server.client.keys()
    assert "192" not in key
    assert 0 < redis_server.client.ttl(key) <= 60


async def test_pages_are_counted_apart_and_without_redis() -> None:
    """Nobody is kept from a message by the pages of a whole school, and pages are served when Redis is away."""
    some = RateLimits(3, 5, "secret", f"redis://127.0.0.1:{free_port()}/0")
    assert await taken(some, "pages", "a", 100) == 5 * PAGES_FOR_A_REQUEST
    assert await taken(some, "pages", "b", 10) == 10


async def test_the_minute_of_a_limit_is_a_minute_whatever_the_clock_on_the_wall_says() -> None:
    """Set back by an hour, it kept those who were at their limit out for an hour."""
    passed = [0.0]
    some = RateLimits(3, 5, "secret", None, clock=lambda: passed[0])
    assert await taken(some, "session", "a", 5) == 3
    passed[0] = 59.0
    with pytest.raises(TooFast) as refused:
        await some.count("session", "a")
    assert refused.value.seconds == 1
    passed[0] = 60.0
    assert await taken(some, "session", "a", 5) == 3


async def test_limits_of_one_process_never_ask_the_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    some = RateLimits(3, 5, "secret", None)
    monkeypatch.setattr(time, "time", lambda: pytest.fail("asked"))
    assert await taken(some, "address", "a", 7) == 5


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),  # no proxy of ours: it may say what it likes
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),  # what the client wrote itself is not believed
        ("10.0.0.1", ["203.0.113.5", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9, 10.9.9.9"], "198.51.100.9"),
        ("10.0.0.1", ["10.2.2.2"], "10.2.2.2"),
        ("10.0.0.1", ["198.51.100.9:4711"], "198.51.100.9"),
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.9"], "198.51.100.9"),
        ("2001:db8::1", ["[2a01:e0a:1:2:3:4:5:6]:443"], "2a01:e0a:1:2::/64"),
        ("2a01:e0a:1:2::7", [], "2a01:e0a:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
        ("", ["198.51.100.9"], ""),
    ],
)
def test_address_of_a_client(peer: str, forwarded: list[str], client: str) -> None:
    assert client_address(peer, forwarded, PROXIES) == client


@given(st.lists(st.text(max_size=60), max_size=4))
def test_only_a_trusted_proxy_is_believed(forwarded: list[str]) -> None:
    assert client_address("192.0.2.1", forwarded, PROXIES) == "192.0.2.1"
    assert client_address("10.0.0.1", forwarded, ()) == "10.0.0.1"


@given(
    st.lists(st.ip_addresses(v=4).filter(lambda a: a not in PROXIES[0]), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_nobody_chooses_an_address_beyond_the_proxies(claimed: list[object], proxies: int) -> None:
    chain = ", ".join([*map(str, claimed), *(f"10.1.1.{n}" for n in range(proxies))])
    assert client_address("10.0.0.1", [chain], PROXIES) == str(claimed[-1])
    assert ip_address(client_address("10.0.0.1", [chain], PROXIES))
