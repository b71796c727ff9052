"""A catalogue that was imported on purpose outlives every start, training and second server: the real commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from live_server import LiveServer, Pupil
from services import PostgresServer

from bot.catalogue.ingest import follow, ingest
from bot.catalogue.store import connect, read_catalogue
from bot.settings import ROOT

COUNT = 30
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store, of both kinds of databases in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shared.db"
    return str(request.getfixturevalue("own_schema"))


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A folder of many fiches, which are not the seeds."""
    folder = tmp_path / "whole"
    folder.mkdir()
    for number in range(COUNT):
        name = "zorglonde" if number == 4 else f"autre {number}"
        text = f"# CAP {name}\n\n**Durée:** {number + 3} mois\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def server_of(place: Path, seeds: Path, store: str) -> LiveServer:
    place.mkdir()
    return LiveServer(place, seeds, variables={"JALON_DATABASE_URL": store})


def fiches(store: str) -> tuple[str, list[str]]:
    """The version of the catalogue and the titles of its formations."""
    engine = connect(store)
    try:
        catalogue = read_catalogue(engine)
        return catalogue.version, [formation.title for formation in catalogue.formations.values()]
    finally:
        engine.dispose()


@pytest.fixture
def run(tmp_path: Path, seeds: Path, store: str) -> Run:
    """Runs `python -m bot …` over that store, the project's seeds being JALON_SEEDS."""
    environment = server_of(tmp_path / "commands", seeds, store).environment

    def command(*words: str | Path, typed: str = "") -> Done:
        return subprocess.run(
            [sys.executable, "-m", "bot", *map(str, words)],
            cwd=ROOT,
            env=environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=240,
        )

    return command


def test_training_and_chatting_keep_the_catalogue(model: Path, run: Run, store: str, whole: Path) -> None:
    assert run("ingest", whole).returncode == 0
    before = fiches(store)
    for command in (("train",), ("train", "--quiet")):
        done = run(*command)
        assert done.returncode == 0
        assert f"The catalogue made from {whole} stays as it is" in done.stderr
        assert "removed" not in done.stdout
        assert fiches(store) == before
    done = run("chat", typed="combien de temps dure le CAP zorglonde ?\n")
    assert done.returncode == 0
    assert "7 mois" in done.stdout
    assert f"The catalogue made from {whole} stays as it is" in done.stderr
    assert fiches(store) == before


def test_an_import_asks_before_many_fiches_go(run: Run, store: str, whole: Path) -> None:
    assert run("ingest", whole).returncode == 0
    before = fiches(store)
    done = run("ingest")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{COUNT} of the {COUNT} fiches of the catalogue made from {whole}" in done.stderr
    assert '"CAP autre 0", "CAP autre 1"' in done.stderr
    assert "python -m bot ingest --force" in done.stderr
    assert "Traceback" not in done.stderr
    assert fiches(store) == before
    done = run("ingest", "--force")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{COUNT} removed" in done.stdout
    assert not any("zorglonde" in title for title in fiches(store)[1])


def test_a_second_server_does_not_empty_a_running_one(
    model: Path, tmp_path: Path, seeds: Path, postgresql: PostgresServer, whole: Path
) -> None:
    store = postgresql.new_database("kept_catalogue")
    first, second = server_of(tmp_path / "first", whole, store), server_of(tmp_path / "second", seeds, store)
    try:
        first.start()
        before = fiches(store)
        assert len(before[1]) == COUNT
        second.start()
        assert f"The catalogue made from {first.seeds} stays as it is" in second.logged()
        assert fiches(store) == before
        for server in (first, second):
            with httpx.Client(base_url=server.url, timeout=30) as client:
                (message,) = Pupil(client).say("combien de temps dure le CAP zorglonde ?")
                assert "7 mois" in message["text"]
    finally:
        assert [server.stop() for server in (first, second)] == [0, 0]


def test_a_server_follows_its_own_folder(model: Path, tmp_path: Path, whole: Path) -> None:
    store = f"sqlite:///{tmp_path}/shared.db"
    server = server_of(tmp_path / "server", whole, store)
    ingest(server.seeds, store)
    (server.seeds / "4.md").write_text("# CAP zorglonde\n\n**Durée:** 19 mois\n", encoding="utf-8")
    (server.seeds / "5.md").unlink()
    try:
        server.start()
        with httpx.Client(base_url=server.url, timeout=30) as client:
            (message,) = Pupil(client).say("combien de temps dure le CAP zorglonde ?")
        assert "19 mois" in message["text"]
        assert len(fiches(store)[1]) == COUNT - 1
    finally:
        assert server.stop() == 0


def test_a_folder_that_lost_its_fiches_does_not_empty_its_store(
    model: Path, run: Run, tmp_path: Path, store: str, whole: Path
) -> None:
    seeds = tmp_path / "commands" / "seeds"
    shutil.copytree(whole, seeds, dirs_exist_ok=True)
    follow(seeds, store)
    before = fiches(store)
    for file in whole.iterdir():
        (seeds / file.name).unlink()
    done = run("train")
    assert done.returncode == 0
    assert f"{COUNT} of the " in done.stderr
    assert fiches(store) == before
