"""The index asked from a running server: it follows imports, and never makes anybody wait."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.catalogue.parser import parse_formation
from bot.catalogue.store import connect, replace_all
from bot.full_text_search import RETRY_SECONDS, FullTextSearch

COBBLER = parse_formation("# CAP cordonnier\n## Description\nDu cuir.\n", "a.md")
SADDLER = parse_formation("# CAP sellier\n## Description\nDu cuir.\n", "b.md")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/texts.db"


def found(texts: FullTextSearch) -> set[str] | None:
    answer = texts.find([("cuir",)])
    return set(answer[0][0].scores) if answer else None


def test_what_was_imported_is_found_at_once(url: str) -> None:
    replace_all(connect(url), [COBBLER], None)
    texts = FullTextSearch(url)
    assert found(texts) == {"cap-cordonnier"}
    replace_all(connect(url), [COBBLER, SADDLER], None)
    assert found(texts) == {"cap-cordonnier", "cap-sellier"}


def test_without_an_index_nothing_is_found_and_it_is_left_alone_for_a_while(url: str, clock: Clock) -> None:
    texts = FullTextSearch(url, clock)
    assert found(texts) is None
    replace_all(connect(url), [COBBLER], None)
    assert found(texts) is None
    clock.now += RETRY_SECONDS
    assert found(texts) == {"cap-cordonnier"}


def test_a_store_that_was_removed_is_not_made_anew(url: str) -> None:
    replace_all(connect(url), [COBBLER], None)
    texts = FullTextSearch(url)
    file = Path(url.removeprefix("sqlite:///"))
    file.unlink()
    assert found(texts) is None
    assert not file.exists()


def test_a_database_that_does_not_answer_is_not_waited_for(url: str, clock: Clock) -> None:
    replace_all(connect(url), [COBBLER], None)
    texts = FullTextSearch(url, clock)
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    assert found(texts) is None
    holder.close()
    clock.now += RETRY_SECONDS
    assert found(texts) == {"cap-cordonnier"}
