"""What tests of every kind share: the catalogues, real and small, the model, the training phrases."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from live_server import LiveServer
    from services import PostgresServer, RedisServer

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of fiches that comes with the project."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def has_catalogue(pytestconfig: pytest.Config) -> bool:
    """Whether the whole published catalogue is at hand: a test that asks is run without it, and again with it."""
    return pytestconfig.getoption("--shared") is not None


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    """The folder that --shared names, which is no part of the project; tests that need it are run with it alone."""
    folder: Path = pytestconfig.getoption("--shared")
    return folder.resolve()


@pytest.fixture(scope="session")
def published_fiches(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all the fiches of Onisep, as published: 1,625 formations and 736 jobs, each in a folder."""
    folder = tmp_path_factory.mktemp("catalogue")
    with tarfile.open(shared / "catalogue" / "fiches.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    return next(path for path in folder.rglob("formations") if path.is_dir()).parent


@pytest.fixture(scope="session")
def catalogue_folder(published_fiches: Path) -> Path:
    """The folder of the 1,625 formations of Onisep with jobs, as published."""
    return published_fiches / "formations"


@pytest.fixture(scope="session")
def job_folder(published_fiches: Path) -> Path:
    """The folder of the 736 job fiches of Onisep, as published."""
    return published_fiches / "metiers"


@pytest.fixture(scope="session")
def seeds_store(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a store that holds the seeds and nothing else."""
    from bot.catalogue.ingest import ingest

    url = f"sqlite:///{tmp_path_factory.mktemp('seeds_store')}/catalogue.db"
    ingest(seeds, url)
    return url


@pytest.fixture(scope="session")
def widest_store(has_catalogue: bool, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a store that holds the whole catalogue where it is at hand, else that of `seeds_store`."""
    from bot.catalogue.ingest import ingest

    if not has_catalogue:
        return str(request.getfixturevalue("seeds_store"))
    url = f"sqlite:///{tmp_path_factory.mktemp('whole_store')}/catalogue.db"
    ingest(request.getfixturevalue("catalogue_folder"), url)
    return url


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of the present code and data, trained where needed; a copy, for training anew removes it."""
    command = [sys.executable, "-m", "bot", "train", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return Path(shutil.copy(done.stdout.strip(), tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="session")
def seen_in_training() -> Callable[[Iterable[str]], list[str]]:
    """Which of some phrases, in Rasa's format, are training phrases too but for accents, case and annotations."""
    learnt = {
        _folded(line.lstrip("- "))
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in block.get("examples", "").splitlines()
    }
    return lambda phrases: [phrase for phrase in phrases if _folded(phrase) and _folded(phrase) in learnt]


def _folded(phrase: str) -> str:
    """The words of a phrase without annotations; "" where all of it is one name: no sentence to learn by heart."""
    from bot.catalogue.normalize import tokenize

    if not re.sub(r"\[[^\]]*\]\([^)]*\)|\W", "", phrase):
        return ""
    return " ".join(token.text for token in tokenize(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", phrase)))


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis; a test that stops it starts it again."""
    from services import RedisServer

    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A real PostgreSQL; a test that stops it starts it again."""
    from services import PostgresServer

    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(postgresql: PostgresServer) -> str:
    """The URL of a database of a real PostgreSQL."""
    return postgresql.url


@pytest.fixture
def own_schema(postgresql_url: str) -> Iterator[str]:
    """The URL of an empty schema of that database, for one test alone."""
    from sqlalchemy import create_engine

    engine = create_engine(postgresql_url, future=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA own")
    yield f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}options=-csearch_path%3Down"
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA own CASCADE")
    engine.dispose()


@pytest.fixture(scope="session")
def server(seeds: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The real server over the seeds; it must end cleanly on Ctrl-C, without an unforeseen error in its log."""
    from live_server import LiveServer

    server = LiveServer(tmp_path_factory.mktemp("server"), seeds)
    server.start()
    yield server
    status = server.stop()
    assert status == 0, server.logged()[-3000:]
    assert "Traceback" not in server.logged(), server.logged()[-3000:]


@pytest.fixture(scope="session")
def clock_counts(pytestconfig: pytest.Config) -> bool:
    """Whether seconds are held against their goals: where they are measured for a table, not on any busy machine."""
    return pytestconfig.getoption("--table") is not None


@pytest.fixture(scope="session")
def patience(clock_counts: bool) -> float:
    """JALON_PATIENCE of servers that are hurt: they must give up, but not because the machine is busy."""
    return 1.0 if clock_counts else 2.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much is done by tests that can do more, what they need, and where their tables go."""
    parser.addoption("--shared", type=Path, help="the folder with a published catalogue: only tests over it are run")
    parser.addoption("--requests", type=int, default=2_000, help="generated requests; 10000 to be thorough")
    parser.addoption("--metamorphic", type=int, default=200, help="dialogues of each property; 2000 to be thorough")
    parser.addoption("--times", type=int, default=1, help="how often each fault is made")
    parser.addoption("--table", type=Path, help="the document whose table of measurements is written anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --shared, leave out the tests that need it; with it, run those and the ones that ask for it."""
    needing = {item for item in items if "shared" in getattr(item, "fixturenames", ())}
    if config.getoption("--shared") is None:
        kept = [item for item in items if item not in needing]
    else:
        asking = {item for item in items if "has_catalogue" in getattr(item, "fixturenames", ())}
        kept = [item for item in items if item in needing | asking]
    left_out = [item for item in items if item not in set(kept)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept
