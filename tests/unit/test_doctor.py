"""Each thing that can be wrong with an installation, made wrong for real."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import doctor, settings
from bot.__main__ import app
from bot.catalogue.ingest import ingest
from bot.doctor import CHECKS, Problem
from bot.settings import Settings

Make = Callable[..., Settings]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("JALON_"):
            monkeypatch.delenv(name)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def make(tmp_path: Path, seeds: Path) -> Make:
    """A sound installation in a folder of its own; keywords put something else in."""
    copied = Path(shutil.copytree(seeds, tmp_path / "seeds"))
    store = f"sqlite:///{tmp_path}/catalogue.db"
    ingest(copied, store)

    def make(**changed: Any) -> Settings:
        sound = {
            "seeds": copied,
            "database_url": store,
            "tracker_url": f"sqlite:///{tmp_path}/kept/conversations.db",
            "port": free_port(),
            "secret": "x" * 40,
        }
        return Settings(**{**sound, **changed})

    return make


def told(problem: Problem | None, what: str, mend: str) -> bool:
    """Whether the problem is told with these words, in sentences without line breaks."""
    assert problem is not None
    assert what in problem.what
    assert mend in problem.mend
    assert "\n" not in problem.what + problem.mend
    return True


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in ("model", "memory")])
def test_a_sound_installation(name: str, make: Make) -> None:
    assert CHECKS[name](make()) is None


def test_python() -> None:
    assert doctor.python_version((3, 12)) is None
    assert doctor.python_version((3, 10)) is None  # stock Rasa
    assert told(doctor.python_version((3, 9)), "Python 3.9", ".venv/bin/python")


def test_libraries(tmp_path: Path) -> None:
    assert doctor.libraries() is None
    lock = tmp_path / "requirements.lock"
    lock.write_text("jinja2==0.1 \\\n    --hash=sha256:00\nno-such-library==1.0 ; python_version >= '3'\ntyper==0\n")
    problem = doctor.libraries(lock)
    assert told(problem, "jinja2 0.1 (", "make")
    assert told(problem, "no-such-library 1.0 (missing)", "make")
    assert told(doctor.libraries(tmp_path / "none"), "no ", "git checkout")


def test_seeds(make: Make, tmp_path: Path) -> None:
    assert told(doctor.seeds(make(seeds=tmp_path / "none")), "no folder", "JALON_SEEDS")
    (tmp_path / "empty").mkdir()
    assert told(doctor.seeds(make(seeds=tmp_path / "empty")), "no fiche", "mend")
    sound = make()
    (sound.seeds / "bad.md").write_text("## Durée\n", encoding="utf-8")
    assert told(doctor.seeds(sound), "bad.md:1", "mend")


def test_catalogue(make: Make, tmp_path: Path) -> None:
    absent = make(database_url=f"sqlite:///{tmp_path}/none.db")
    assert told(doctor.catalogue(absent), "no store of fiches", "ingest")
    assert not (tmp_path / "none.db").exists()

    sqlite3.connect(tmp_path / "empty.db").execute("CREATE TABLE other (x)").connection.close()
    assert told(doctor.catalogue(make(database_url=f"sqlite:///{tmp_path}/empty.db")), "is empty", "ingest")

    (tmp_path / "bad.db").write_bytes(b"noise" * 1000)
    assert told(doctor.catalogue(make(database_url=f"sqlite:///{tmp_path}/bad.db")), "cannot be read", "mv ")

    older = make()
    fiche = next(older.seeds.glob("*.md"))
    fiche.write_text(fiche.read_text(encoding="utf-8").replace("3 ans", "4 ans"), encoding="utf-8")
    assert told(doctor.catalogue(older), "does not hold", "ingest")
    ingest(older.seeds, older.database_url)
    assert doctor.catalogue(older) is None


def test_a_catalogue_of_another_folder_is_held_against_that_folder(make: Make, tmp_path: Path) -> None:
    other = tmp_path / "other fiches"
    other.mkdir()
    (other / "a.md").write_text("# bac a\n", encoding="utf-8")
    settings = make(database_url=f"sqlite:///{tmp_path}/other.db")
    ingest(other, settings.database_url)
    assert doctor.catalogue(settings) is None
    (other / "b.md").write_text("# bac b\n", encoding="utf-8")
    assert told(doctor.catalogue(settings), str(other), f"python -m bot ingest '{other}'")
    shutil.rmtree(other)
    assert doctor.catalogue(settings) is None


def test_databases_that_do_not_answer(make: Make) -> None:
    url = f"postgresql://jalon:hush@127.0.0.1:{free_port()}/jalon"
    for problem in (doctor.catalogue(make(database_url=url)), doctor.conversations(make(tracker_url=url))):
        assert told(problem, "cannot be reached", "start the database")
        assert problem is not None
        assert "hush" not in problem.what


def test_model(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.model.MODELS", tmp_path)
    assert told(doctor.model(make()), "no model", "make train")
    (tmp_path / "jalon-000000000000.tar.gz").touch()
    assert told(doctor.model(make()), "older than", "make train")
    monkeypatch.setattr("bot.runtime.model.model_path", lambda: tmp_path / "jalon-000000000000.tar.gz")
    assert doctor.model(make()) is None


def test_port(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        listened = make(port=other.getsockname()[1])
        assert told(doctor.taken(listened), "cannot listen on 127.0.0.1", "JALON_PORT")
    assert told(doctor.taken(make(host="192.0.2.1")), "192.0.2.1", "JALON_HOST")


def test_secret(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    assert doctor.secret(make(secret=None), file) is None
    file.write_text("y" * 40)
    file.chmod(0o644)
    assert told(doctor.secret(make(secret=None), file), "Others may read", "chmod 600")
    assert doctor.secret(make(), file) is None
    file.chmod(0o600)
    assert doctor.secret(make(secret=None), file) is None
    file.write_text("short")
    assert told(doctor.secret(make(secret=None), file), "too short", "rm ")


def test_conversations(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    file.write_bytes(b"noise" * 1000)
    assert told(doctor.conversations(make(tracker_url=f"sqlite:///{file}")), "damaged", "put it away")
    (tmp_path / "taken").write_text("a file where a folder should be")
    in_a_file = make(tracker_url=f"sqlite:///{tmp_path}/taken/c.db")
    assert told(doctor.conversations(in_a_file), "cannot be written", "folder")
    in_proc = make(tracker_url="sqlite:////proc/c.db")
    assert told(doctor.conversations(in_proc), "cannot be written", "folder")


def test_redis(make: Make) -> None:
    assert told(doctor.shared_redis(make(redis_url=f"redis://127.0.0.1:{free_port()}")), "Redis", "JALON_REDIS_URL")


def test_disk(make: Make) -> None:
    assert told(doctor.disk(make(), least=2**60), "MB are free", "make room")


def test_descriptors(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = iter([(1024, 524_288), (1024, doctor.resource.RLIM_INFINITY), (1024, 1024)])
    monkeypatch.setattr(doctor.resource, "getrlimit", lambda _: next(limits))
    assert doctor.descriptors(make()) is None
    assert doctor.descriptors(make()) is None
    assert told(doctor.descriptors(make()), "only 1024", "ulimit")


def test_memory(make: Make, tmp_path: Path) -> None:
    info, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    info.write_text("MemTotal:  9000000 kB\nMemAvailable:  4000000 kB\n")
    assert doctor.memory(make(), info=info, limit=limit) is None
    limit.write_text("max\n")
    assert doctor.memory(make(), info=info, limit=limit) is None
    limit.write_text(f"{300 * 2**20}\n")
    assert told(doctor.memory(make(), info=info, limit=limit), "Only 300 MB", "container")


def test_origins(make: Make) -> None:
    assert doctor.origins(make(origins=("https://lycee.fr", "http://localhost:3000"))) is None
    assert told(doctor.origins(make(origins=("https://a.fr", "http://lycee.fr"))), "http://lycee.fr", "https://")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "jalon.exemple.fr"])
def test_pupils_are_told_who_answers_for_their_data(make: Make, host: str) -> None:
    assert told(doctor.privacy(make(host=host)), "JALON_CONTROLLER is not set", "JALON_DPO")
    assert told(
        doctor.privacy(make(host=host, dpo="dpo@exemple.fr")), "JALON_CONTROLLER is not set", "name and address"
    )
    assert doctor.privacy(make(host=host, controller="Lycée des Canaux")) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_a_server_for_this_machine_alone_needs_no_controller(make: Make, host: str) -> None:
    assert doctor.privacy(make(host=host)) is None


def test_the_command_tells_and_ends_with_1(make: Make, tmp_path: Path) -> None:
    variables = {"JALON_DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "JALON_SEEDS": str(make().seeds)}
    done = CliRunner().invoke(app, ["doctor"], env=variables)
    assert done.exit_code == 1
    assert "catalogue:     There is no store of fiches yet" in done.stdout
    assert "-> python -m bot ingest" in done.stdout
    assert "Python:        ok" in done.stdout


def test_the_command_tells_of_bad_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(app, ["doctor"], env={"JALON_PORT": "http", "JALON_SECRET": "short"})
    assert done.exit_code == 1
    assert "settings:      JALON_PORT: " in done.stdout
    assert "settings:      JALON_SECRET: must have 32 characters" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_command_is_content_with_a_sound_installation(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bot.runtime.model.model_path", lambda: tmp_path)
    monkeypatch.setattr(settings, "SECRET_FILE", tmp_path / "none")
    monkeypatch.setitem(CHECKS, "memory", lambda _settings: None)
    sound = make()
    variables = {
        "JALON_SEEDS": str(sound.seeds),
        "JALON_DATABASE_URL": sound.database_url,
        "JALON_TRACKER_URL": sound.tracker_url,
        "JALON_PORT": str(sound.port),
        "JALON_SECRET": "x" * 40,
    }
    done = CliRunner().invoke(app, ["doctor"], env=variables)
    assert done.exit_code == 0, done.stdout
    assert "->" not in done.stdout
