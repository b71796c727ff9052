from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from services import PostgresServer
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.catalogue.fiche import Formation, Section, Source
from bot.catalogue.live import LiveCatalogue, StoreUnreadable
from bot.catalogue.parser import parse_formation
from bot.catalogue.store import Change, StoreEmpty, connect, read_catalogue, read_version, replace_all

SOURCE = Source("Onisep", "2025-10", "Licence Ouverte", "https://opendata.onisep.fr/")


def fiche(title: str, access: str = "Après la 3e.", jobs: str = "- technicien/ne photo") -> Formation:
    text = f"# {title}\n**Durée:** 3 ans\n## Accès\n{access}\n\nb\n## Internat\n## Métiers associés\n{jobs}\n"
    return parse_formation(text, f"{title}.md")


A, B = fiche("bac a"), fiche("bac b", jobs="- acheteur/euse\n- technicien/ne photo")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new/folder/catalogue.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


def statements(engine: Engine) -> list[str]:
    """The statements that `engine` executes from now on."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    return seen


def test_what_is_stored_is_read_back(engine: Engine) -> None:
    assert replace_all(engine, [B, A], SOURCE) == Change(added=2, updated=0, removed=0, unchanged=0)
    catalogue = read_catalogue(engine)
    assert list(catalogue.formations) == ["bac-a", "bac-b"]
    assert catalogue.formations["bac-b"] == B
    assert catalogue.formations["bac-b"].path == "bac b.md"
    assert catalogue.source == SOURCE
    assert catalogue.version == read_version(engine)


def test_jobs_have_both_forms_and_their_formations(engine: Engine) -> None:
    replace_all(engine, [B, A], None)
    jobs = read_catalogue(engine).jobs
    assert list(jobs) == ["acheteur/euse", "technicien/ne photo"]
    job = jobs["technicien/ne photo"]
    assert (job.masculine, job.feminine) == ("technicien photo", "technicienne photo")
    assert job.formations == ("bac-a", "bac-b")


def test_the_same_content_changes_nothing(engine: Engine) -> None:
    replace_all(engine, [A, B], SOURCE)
    version = read_version(engine)
    seen = statements(engine)
    assert replace_all(engine, [B, A], SOURCE) == Change(0, 0, 0, unchanged=2)
    assert read_version(engine) == version
    assert not [statement for statement in seen if statement.startswith(("INSERT", "DELETE", "UPDATE"))]


def test_only_changed_formations_are_written(engine: Engine) -> None:
    replace_all(engine, [A, B], SOURCE)
    version = read_version(engine)
    changed = fiche("bac b", access="Après un CAP.")
    assert replace_all(engine, [changed, fiche("bac c")], SOURCE) == Change(added=1, updated=1, removed=1, unchanged=0)
    catalogue = read_catalogue(engine)
    assert list(catalogue.formations) == ["bac-b", "bac-c"]
    assert catalogue.formations["bac-b"].value("Accès") == "Après un CAP.\n\nb"
    assert list(catalogue.jobs) == ["technicien/ne photo"]
    assert catalogue.version != version


def test_another_source_is_another_version(engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    version = read_version(engine)
    assert replace_all(engine, [A], replace(SOURCE, date="2026-01")).unchanged == 1
    assert read_version(engine) != version
    assert read_catalogue(engine).source == replace(SOURCE, date="2026-01")


def test_a_failure_in_the_middle_leaves_the_store_as_it_was(engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    before = read_catalogue(engine)
    broken = replace(B, sections=(Section("Accès", None),))  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        replace_all(engine, [broken], SOURCE)
    assert read_catalogue(engine) == before


def test_an_empty_store_says_so(engine: Engine) -> None:
    assert read_version(engine) is None
    with pytest.raises(StoreEmpty, match="ingest"):
        read_catalogue(engine)


def test_a_reader_sees_one_state_while_another_writes(engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    with engine.connect() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM fiche").scalar() == 1
        replace_all(engine, [A, B], SOURCE)
        assert reader.exec_driver_sql("SELECT count(*) FROM fiche").scalar() == 1


def test_live_catalogue_follows_the_store(url: str, engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    first = live.current()
    assert live.refresh() is first
    replace_all(engine, [A, B], SOURCE)
    assert live.current() is first
    second = live.refresh()
    assert list(second.formations) == ["bac-a", "bac-b"]
    assert live.current() is second


def test_live_catalogue_keeps_the_last_good_one(url: str, engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    first = live.current()
    file = Path(engine.url.database)
    good = file.read_bytes()
    for bad in (b"not a database" * 100, b"", good[:4096] + b"x" * (len(good) - 4096)):
        file.write_bytes(bad)
        assert live.refresh() is first
        assert live.refresh() is first
    assert [record.message.partition(",")[0] for record in caplog.records] == ["The catalogue cannot be read"]
    file.write_bytes(good)
    replace_all(engine, [A, B], SOURCE)
    assert len(live.refresh().formations) == 2
    assert caplog.records[-1].message == "The catalogue is read again."


def test_live_catalogue_outlives_its_file_and_makes_none(url: str, engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    first = live.current()
    file = Path(engine.url.database)
    file.unlink()
    assert live.refresh() is first
    assert not file.exists()
    replace_all(engine, [A, B], SOURCE)
    assert len(live.refresh().formations) == 2


def test_live_catalogue_does_not_wait_for_a_writer(url: str, engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    first = live.current()
    writer = sqlite3.connect(engine.url.database, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    assert live.refresh() is first
    writer.close()


def test_live_catalogue_of_nonsense(url: str, engine: Engine) -> None:
    """What SQLite reads without complaint, and no import ever wrote."""
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    first = live.current()
    for nonsense in (
        "UPDATE meta SET value = '{' WHERE key = 'source'",
        """UPDATE meta SET value = '{"x": 1}' WHERE key = 'source'""",
        "DELETE FROM meta",
    ):
        with engine.begin() as connection:
            connection.exec_driver_sql(nonsense)
            connection.exec_driver_sql("UPDATE meta SET value = 'another' WHERE key = 'version'")
        assert live.refresh() is first


def test_live_catalogue_that_never_had_one_says_why(url: str, engine: Engine) -> None:
    live = LiveCatalogue(url)
    with pytest.raises(StoreEmpty, match="ingest"):
        live.current()
    Path(engine.url.database).write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnreadable, match="catalogue.db"):
        live.current()
    Path(engine.url.database).unlink()
    replace_all(engine, [A], None)
    assert list(live.current().formations) == ["bac-a"]


def test_live_catalogue_is_shared_by_threads(url: str, engine: Engine) -> None:
    replace_all(engine, [A], SOURCE)
    live = LiveCatalogue(url)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(live.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(catalogue) for catalogue in found}) == 1


def test_servers_that_start_together_import_one_after_the_other(postgresql: PostgresServer) -> None:
    """Into a database without tables, where each of them would make these."""
    url = postgresql.new_database("imported_together")
    engines = [connect(url) for _ in range(4)]
    with ThreadPoolExecutor() as threads:
        changes = list(threads.map(lambda engine: replace_all(engine, [A, B], SOURCE), engines))
    assert sorted(change.added for change in changes) == [0, 0, 0, 2]
    assert list(read_catalogue(engines[0]).formations) == ["bac-a", "bac-b"]
    for engine in engines:
        engine.dispose()
