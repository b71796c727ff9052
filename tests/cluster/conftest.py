"""Two real servers behind a real nginx, over one PostgreSQL and one Redis."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cluster import SESSION_LIMIT, Cluster, ClusterTable
from live_server import CLIENT_SECONDS, LiveServer, Pupil
from marked import filled
from services import NginxServer, PostgresServer, RedisServer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--dialogues", type=int, default=40, help="dialogues that change servers at each turn")
    parser.addoption("--pairs", type=int, default=100, help="pairs of messages at the same moment")


@pytest.fixture
def dialogue_count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--dialogues", 40))


@pytest.fixture
def pair_count(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--pairs", 100))


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> Iterator[ClusterTable]:
    """What every test measured."""
    yield from filled(ClusterTable(), "cluster", pytestconfig)


@pytest.fixture(scope="session")
def cluster(seeds: Path, model: Path, patience: float, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Started from nothing: an empty database, both servers at the same time."""
    with PostgresServer() as postgres, RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        url = postgres.new_database("jalon")
        shared = {
            "JALON_TRACKER_URL": url,
            "JALON_DATABASE_URL": url,
            "JALON_REDIS_URL": redis.url,
            "JALON_RATE_SESSION": str(SESSION_LIMIT),
            "JALON_TRUSTED_PROXIES": "127.0.0.1",
            "JALON_PATIENCE": str(patience),
        }
        one, two = (LiveServer(tmp_path_factory.mktemp("server"), seeds, variables=shared) for _ in range(2))
        with ThreadPoolExecutor() as threads:
            list(threads.map(LiveServer.start, (one, two)))
        with NginxServer(tmp_path_factory.mktemp("nginx"), [one.url, two.url], patience) as proxy:
            yield Cluster((one, two), postgres, redis, proxy, url)
        for server in (one, two):
            assert server.stop() == 0, server.logged()[-3000:]
            assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture(scope="session")
def clients(cluster: Cluster) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A client of each server."""
    one, two = cluster.servers
    with (
        httpx.Client(base_url=one.url, timeout=CLIENT_SECONDS) as first,
        httpx.Client(base_url=two.url, timeout=CLIENT_SECONDS) as second,
    ):
        yield first, second


@pytest.fixture(scope="session")
def same() -> Callable[[Pupil, httpx.Client], Pupil]:
    """Makes a pupil in the session of another, who talks through another client."""

    def make(pupil: Pupil, client: httpx.Client) -> Pupil:
        voice = copy.copy(pupil)
        voice.client = client
        return voice

    return make
