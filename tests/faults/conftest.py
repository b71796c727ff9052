"""Servers to be hurt: one alone with SQLite files, one over a real PostgreSQL and Redis; and the table of results."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import Site
from live_server import LiveServer
from marked import filled
from results import Results
from services import PostgresServer, RedisServer

FAULTY_SERVER = (sys.executable, str(Path(__file__).with_name("faulty_server.py")))
DISK_MEGABYTES = 256


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "time_number" in metafunc.fixturenames:
        metafunc.parametrize("time_number", range(1, metafunc.config.getoption("--times") + 1))


@pytest.fixture(scope="session")
def times(request: pytest.FixtureRequest) -> int:
    """How often each fault is made."""
    return int(request.config.getoption("--times"))


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> Iterator[Results]:
    """What every fault did."""
    yield from filled(Results(), "faults", pytestconfig)


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, bool]]:
    """A folder, and whether it is a small disk of its own; it is where one may mount a tmpfs."""
    folder = tmp_path_factory.mktemp("disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "jalon-tests", str(folder)]
    mounted = subprocess.run(command, capture_output=True).returncode == 0
    yield folder, mounted
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="module")
def alone(
    seeds: Path,
    model: Path,
    small_disk: tuple[Path, bool],
    patience: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """A server that is alone, with SQLite files."""
    folder = tmp_path_factory.mktemp("alone")
    disk, small = small_disk
    site = _site(folder, seeds, f"sqlite:///{disk}/conversations.db", {"JALON_PATIENCE": str(patience)})
    site.small_disk = small
    site.server.start()
    yield site
    site.server.stop()


@pytest.fixture(scope="module")
def shared_site(seeds: Path, model: Path, patience: float, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server that could have others beside it: PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("shared")
    with (
        PostgresServer() as postgres,
        RedisServer(tmp_path_factory.mktemp("redis")) as redis,
    ):
        variables = {"JALON_REDIS_URL": redis.url, "JALON_PATIENCE": str(patience)}
        site = _site(folder, seeds, postgres.new_database("jalon"), variables)
        site.postgres, site.redis = postgres, redis
        site.server.start()
        yield site
        site.server.stop()


def _site(folder: Path, seeds: Path, conversations: str, variables: dict[str, str]) -> Site:
    fault, stall = folder / "fault", folder / "stall"
    variables |= {"FAULT_FILE": str(fault), "STALL_FILE": str(stall), "JALON_TRACKER_URL": conversations}
    server = LiveServer(folder, seeds, FAULTY_SERVER, variables)
    return Site(server, fault, stall, Path(server.store.removeprefix("sqlite:///")), conversations, [])
