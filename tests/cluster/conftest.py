"""Two real servers behind a real nginx, over one PostgreSQL and one Redis."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from live_server import LiveServer
from load import Kept, kept_in
from services import NginxServer, PostgresServer, RedisServer

# Messages a minute in one session: more than any dialogue of these tests has.
SESSION_LIMIT = 250


@dataclass(frozen=True)
class Cluster:
    """Two servers, what they share, and the proxy in front of them."""

    servers: tuple[LiveServer, LiveServer]
    postgres: PostgresServer
    redis: RedisServer
    proxy: NginxServer
    conversations: str

    def kept(self) -> dict[str, list[Kept]]:
        """The messages of users in the store, by their text."""
        return kept_in([self.conversations])


@pytest.fixture(scope="session")
def cluster(seeds: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Started from nothing: an empty database, both servers at the same time."""
    with PostgresServer() as postgres, RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        url = postgres.new_database("jalon")
        shared = {
            "JALON_TRACKER_URL": url,
            "JALON_DATABASE_URL": url,
            "JALON_REDIS_URL": redis.url,
            "JALON_RATE_SESSION": str(SESSION_LIMIT),
            "JALON_TRUSTED_PROXIES": "127.0.0.1",
        }
        one, two = (LiveServer(tmp_path_factory.mktemp("server"), seeds, variables=shared) for _ in range(2))
        with ThreadPoolExecutor() as threads:
            list(threads.map(LiveServer.start, (one, two)))
        with NginxServer(tmp_path_factory.mktemp("nginx"), [one.url, two.url]) as proxy:
            yield Cluster((one, two), postgres, redis, proxy, url)
        for server in (one, two):
            assert server.stop() == 0, server.logged()[-3000:]
            assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture(scope="session")
def clients(cluster: Cluster) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A client of each server."""
    one, two = cluster.servers
    with httpx.Client(base_url=one.url, timeout=30) as first, httpx.Client(base_url=two.url, timeout=30) as second:
        yield first, second
