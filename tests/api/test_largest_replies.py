"""The short forms of benchmarks.largest_replies and benchmarks.erasures, on a server with hundreds of formations."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from live_server import CLIENT_SECONDS, PATIENT_SECONDS, LiveServer, Pupil, wait_for

from benchmarks.erasures import WORD, erase_beside
from benchmarks.largest_replies import Asking
from benchmarks.speed.sides import memory_mb

FORMATIONS = 500
REPLIES, MOST_GROWTH = 500, 0.05
ERASURES, MESSAGES = 20, 60
FICHE = """# BTS fabrication de zorglondes numéro {number}

## Informations générales

**Durée:** 2 ans
**Type:** brevet de technicien supérieur

## Métiers associés

- zorglondier/ère
"""


@pytest.fixture(scope="module")
def wide(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    fiches = tmp_path_factory.mktemp("fiches")
    for number in range(FORMATIONS):
        (fiches / f"{number}.md").write_text(FICHE.format(number=number), encoding="utf-8")
    server = LiveServer(tmp_path_factory.mktemp("wide"), fiches)
    server.start()
    with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS) as client:
        Pupil(client).say("combien de temps dure le bac pro tromblonnage ?")
    # What redaction loads is in memory once this is written.
    wait_for(lambda: _kept(server.conversations), PATIENT_SECONDS, "the question to be kept for review")
    yield server
    assert server.stop() == 0, server.logged()[-3000:]
    assert "Traceback" not in server.logged(), server.logged()[-3000:]


def _kept(file: Path) -> int:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'unanswered_question'").fetchone():
            return 0
        return int(database.execute("SELECT count(*) FROM unanswered_question").fetchone()[0])


def test_long_lists_stay_neither_in_memory_nor_twice_on_the_disk(wide: LiveServer) -> None:
    asking = Asking(wide.url)
    asyncio.run(asking.ask(REPLIES // 4))
    before = memory_mb(wide.pid)
    asyncio.run(asking.ask(REPLIES))
    assert asking.wrong == 0
    assert asking.largest > FORMATIONS * 100
    # More was sent than it may grow by, so that it would show.
    assert asking.bytes / 1e6 > 1.2 * before * MOST_GROWTH
    assert memory_mb(wide.pid) < before * (1 + MOST_GROWTH)
    stored = sum(file.stat().st_size for file in wide.conversations.parent.glob("conversations.db*"))
    assert stored < asking.bytes


def test_erasures_at_the_same_time_and_messages_beside_them(wide: LiveServer) -> None:
    erased, said = asyncio.run(erase_beside(wide.url, ERASURES, MESSAGES, seconds=1.0))
    assert set(erased.statuses) == {204}
    assert set(said.statuses) == {200}

    def left() -> list[str]:
        files = wide.conversations.parent.glob("conversations.db*")
        return [file.name for file in files if WORD.encode() in file.read_bytes()]

    wait_for(lambda: not left(), PATIENT_SECONDS, "the traces of erasures to go")
