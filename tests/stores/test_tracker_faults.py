"""The store of conversations when its database is locked, gone, replaced, damaged, stopped or frozen."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from services import PostgresServer
from test_tracker import DOMAIN, said, say

from bot.channel.database import check, connect
from bot.stores.removal import remove_traces
from bot.stores.tracker import SqlTrackerStore, StoreUnavailable

LONGEST = 4.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlTrackerStore]:
    store = SqlTrackerStore(f"sqlite:///{file}", DOMAIN)
    yield store
    store.close()


async def longest_stall(stop: asyncio.Event) -> float:
    """The longest that the event loop left a sleeper waiting until `stop`, in seconds."""
    longest = 0.0
    while not stop.is_set():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    return longest


async def refused_in_time(store: SqlTrackerStore) -> None:
    """Ten turns at once are refused within the limit, and the event loop goes on meanwhile."""
    stop = asyncio.Event()
    stall = asyncio.ensure_future(longest_stall(stop))
    before = time.monotonic()
    outcomes = await asyncio.gather(*(say(store, f"r{n}", "hello") for n in range(10)), return_exceptions=True)
    took = time.monotonic() - before
    stop.set()
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes), outcomes
    assert took < LONGEST
    assert await stall < 0.5


async def test_locked(store: SqlTrackerStore, file: Path) -> None:
    await say(store, "a", "first")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    await refused_in_time(store)
    assert await said(store, "a") == ["first"]  # a lock of a writer does not hold up readers
    other.close()
    await say(store, "a", "second")
    assert await said(store, "a") == ["first", "second"]


async def test_deleted(store: SqlTrackerStore, file: Path) -> None:
    await say(store, "a", "first")
    file.unlink()
    await say(store, "a", "second")
    assert await said(store, "a") == ["second"]
    with sqlite3.connect(file) as found:  # in the file that is there now
        assert found.execute("SELECT count(*) FROM event").fetchone()[0] > 0


async def test_folder_deleted(tmp_path: Path) -> None:
    store = SqlTrackerStore(f"sqlite:///{tmp_path}/folder/c.db", DOMAIN)
    await say(store, "a", "first")
    shutil.rmtree(tmp_path / "folder")
    await say(store, "a", "second")
    assert await said(store, "a") == ["second"]
    store.close()


async def test_replaced(store: SqlTrackerStore, file: Path, tmp_path: Path) -> None:
    await say(store, "a", "first")
    other = SqlTrackerStore(f"sqlite:///{tmp_path}/other.db", DOMAIN)
    await say(other, "b", "of the other file")
    other.close()
    file.rename(tmp_path / "put away.db")
    os.replace(tmp_path / "other.db", file)
    await say(store, "b", "second")
    assert await said(store, "b") == ["of the other file", "second"]
    assert await said(store, "a") == []
    put_away = SqlTrackerStore(f"sqlite:///{tmp_path}/put away.db", DOMAIN)
    assert await said(put_away, "a") == ["first"]
    put_away.close()


@pytest.mark.parametrize("spare", [0, 4096], ids=["all of it", "all but its first page"])
async def test_damaged_and_put_right(spare: int, store: SqlTrackerStore, file: Path) -> None:
    await say(store, "a", "first")
    remove_traces(store._engine)  # everything is in the file itself
    good = file.read_bytes()
    for content in (good[:spare] + b"x" * (len(good) - spare), good):
        draft = file.with_suffix(".draft")
        draft.write_bytes(content)
        draft.replace(file)
        if content is not good:
            with pytest.raises(StoreUnavailable):
                await say(store, "a", "lost")
    await say(store, "a", "second")
    assert await said(store, "a") == ["first", "second"]


async def test_damaged_under_an_open_connection(store: SqlTrackerStore, file: Path) -> None:
    """What is read from memory goes on, what is read from the file is refused; put right, all of it goes on."""
    for number in range(50):
        await say(store, f"c{number}", "x" * 3000)
    remove_traces(store._engine)
    good = file.read_bytes()
    file.write_bytes(os.urandom(len(good)))
    store._engine.dispose()
    with pytest.raises(StoreUnavailable):
        await say(store, "a", "lost")
    file.write_bytes(good)
    await say(store, "c7", "again")
    assert len(await said(store, "c7")) == 2


async def test_no_database_yet(file: Path) -> None:
    file.parent.joinpath("taken").write_text("a file where a folder should be")
    store = SqlTrackerStore(f"sqlite:///{file.parent}/taken/c.db", DOMAIN)
    await refused_in_time(store)
    file.parent.joinpath("taken").unlink()
    await say(store, "a", "first")
    store.close()


async def test_disk_full(store: SqlTrackerStore, file: Path) -> None:
    """SQLite's own limit of pages: the same error of the library as where the disk has no room."""
    await say(store, "a", "first")
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        await say(store, "a", "x" * 100_000)
    assert await said(store, "a") == ["first"]
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    await say(store, "a", "second")
    assert await said(store, "a") == ["first", "second"]


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that a test may treat as it likes."""
    with PostgresServer() as server:
        yield server


async def test_postgresql_stopped_frozen_and_back(own_postgres: PostgresServer) -> None:
    store = SqlTrackerStore(own_postgres.url, DOMAIN)
    await say(store, "a", "first")

    own_postgres.stop()
    await refused_in_time(store)
    own_postgres.start()
    await say(store, "a", "second")

    own_postgres.freeze()
    await refused_in_time(store)
    own_postgres.thaw()
    await say(store, "a", "third")
    assert await said(store, "a") == ["first", "second", "third"]
    store.close()


async def test_no_message_of_a_user_is_in_an_error(store: SqlTrackerStore, file: Path) -> None:
    await say(store, "a", "first")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable) as caught:
        await say(store, "a", "quelque chose d'intime")
    other.close()
    assert "intime" not in f"{caught.value}{caught.value.__cause__}"


async def test_what_was_stored_before_a_file_was_away_is_there_when_it_is_back(
    store: SqlTrackerStore, file: Path
) -> None:
    """The channel has the database open too; the logs of the old file and of the new one have the same name."""
    channel = connect(f"sqlite:///{file}")
    await say(store, "a", "first")
    check(channel)
    await say(store, "a", "second")
    away = file.rename(file.with_name("away.db"))
    check(channel)
    file.write_bytes(os.urandom(65_536))
    with contextlib.suppress(StoreUnavailable):
        await say(store, "a", "into nowhere")
    os.replace(away, file)
    await say(store, "a", "third")
    store.close()
    channel.dispose()
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT data FROM event WHERE type_name = 'user' ORDER BY position").fetchall()
    assert [json.loads(data)["text"] for (data,) in rows] == ["first", "second", "third"]
