"""What is erased, purged and rated in the database of conversations: SQLite in both its modes, and PostgreSQL."""

from __future__ import annotations

import json
import random
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.channel.database import check, connect
from bot.channel.erasure import erase_conversation
from bot.channel.feedback import save_feedback
from bot.channel.retention import purge
from bot.settings import Settings
from bot.stores import removal
from bot.stores.removal import remove_traces
from bot.stores.tables import conversation as started
from bot.stores.tables import event

MARKER = "zorglubidule"
HOUR = 3600.0


class Conversations:
    """A database of conversations, written to as the tracker store does."""

    def __init__(self, url: str, folder: Path | None) -> None:
        self.url = url
        self.folder = folder
        self.engine: Engine = connect(url)

    def say(self, conversation: str, words: str, when: float | None = None) -> None:
        """One event of a conversation."""
        with self.engine.begin() as connection:
            count = select(func.count()).select_from(event).where(event.c.sender_id == conversation)
            position = connection.execute(count).scalar()
            if not position:
                row = {"length": 0, "turns": 0, "session_at": 0, "slots": "{}"}
                connection.execute(started.insert(), {"sender_id": conversation, "began_at": time.time(), **row})
            if when is not None:
                same = started.c.sender_id == conversation
                connection.execute(started.update().where(same, started.c.began_at > when).values(began_at=when))
            said = {"type_name": "user", "data": json.dumps({"text": words})}
            connection.execute(event.insert(), {"sender_id": conversation, "position": position, **said})

    def senders(self, table: str = "event", column: str = "sender_id") -> dict[str, int]:
        """How many rows each conversation has."""
        with self.engine.connect() as connection:
            rows = connection.execute(text(f"SELECT {column}, count(*) FROM {table} GROUP BY {column}")).all()
        return dict(rows)

    def files_hold(self, word: str) -> list[str]:
        """The files of an SQLite database that hold a word."""
        assert self.folder is not None
        return [path.name for path in self.folder.iterdir() if word.encode() in path.read_bytes()]


@pytest.fixture(params=["sqlite", "sqlite-wal", "postgresql"])
def conversations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Conversations]:
    if request.param == "postgresql":
        database = f"conversations_{secrets.token_hex(4)}"
        made = Conversations(request.getfixturevalue("postgresql").new_database(database), None)
    else:
        made = Conversations(f"sqlite:///{tmp_path}/conversations.db", tmp_path)
        if request.param == "sqlite-wal":
            with made.engine.connect() as connection:
                connection.execute(text("PRAGMA journal_mode = WAL"))
    made.engine.connect().close()  # makes the tables
    yield made
    made.engine.dispose()


def settings(conversations: Conversations, hours: int = 24) -> Settings:
    return Settings(tracker_url=conversations.url, keep_conversations_hours=hours)


# --- erasure


def test_one_conversation_is_erased_and_no_other(conversations: Conversations) -> None:
    for conversation in ("mine", "yours"):
        conversations.say(conversation, f"bonjour {conversation}")
        save_feedback(conversations.engine, conversation, "m", True)
    erase_conversation(conversations.engine, "mine")
    assert conversations.senders() == {"yours": 1}
    assert conversations.senders("feedback", "conversation") == {"yours": 1}


def test_erasing_nothing_is_no_error(conversations: Conversations) -> None:
    erase_conversation(conversations.engine, "mine")
    erase_conversation(conversations.engine, "mine")
    assert conversations.senders() == {}


def test_nothing_of_it_is_left_in_the_files(conversations: Conversations) -> None:
    """Among many others, with long and short events, at once and after others were erased before."""
    if conversations.folder is None:
        pytest.skip("PostgreSQL overwrites what was deleted in its own time: docs/privacy.md says so")
    chance = random.Random(7)
    for number in range(400):
        conversation = f"c{number % 9}"
        words = f"{MARKER}{number % 9} " + "x" * chance.choice((5, 80, 900, 6000, 15000))
        conversations.say(conversation, words)
    assert conversations.files_hold(f"{MARKER}3")
    for erased in (3, 1, 8, 0, 5):
        erase_conversation(conversations.engine, f"c{erased}")
        remove_traces(conversations.engine)
        assert conversations.files_hold(f"{MARKER}{erased}") == []
        conversations.say("c2", "y" * 9000)
    assert conversations.files_hold(f"{MARKER}2")
    assert set(conversations.senders()) == {"c2", "c4", "c6", "c7"}


def test_what_is_erased_is_overwritten_at_once(conversations: Conversations) -> None:
    """Where SQLite moved nothing about, which is nearly always, nothing is left for the file to be written anew."""
    if conversations.folder is None:
        pytest.skip("PostgreSQL overwrites what was deleted in its own time: docs/privacy.md says so")
    for number in range(20):
        conversations.say(f"c{number}", f"{MARKER}{number:02d} " + "x" * 300 * number)
    for number in range(20):
        erase_conversation(conversations.engine, f"c{number}")
        assert conversations.files_hold(f"{MARKER}{number:02d}") == []


def test_erasing_beside_one_who_reads(conversations: Conversations) -> None:
    """A reader keeps SQLite's log of changes alive for a moment; what was deleted leaves it when the reader ends."""
    if conversations.folder is None:
        pytest.skip("about SQLite")
    conversations.say("mine", MARKER)
    with closing(sqlite3.connect(conversations.folder / "conversations.db")) as reader:
        assert reader.execute("SELECT 1 FROM event").fetchall()
        erase_conversation(conversations.engine, "mine")
    assert conversations.files_hold(MARKER) == []


def test_database_that_is_away() -> None:
    engine = connect("postgresql://nobody@127.0.0.1:1/nothing")
    for call in (lambda: check(engine), lambda: erase_conversation(engine, "c")):
        with pytest.raises(SQLAlchemyError):
            call()


# --- ratings


def test_a_later_rating_takes_the_place_of_an_earlier_one(conversations: Conversations) -> None:
    for useful in (True, False, False):
        save_feedback(conversations.engine, "c", "m", useful)
    save_feedback(conversations.engine, "c", "n", True)
    with conversations.engine.connect() as connection:
        rows = connection.execute(text("SELECT message, useful FROM feedback ORDER BY message")).all()
    assert [(message, bool(useful)) for message, useful in rows] == [("m", False), ("n", True)]


# --- retention


def test_old_conversations_go_and_young_ones_stay(conversations: Conversations) -> None:
    now = time.time()
    for hours in (0, 5, 23):
        conversations.say("young", "bonjour", now - hours * HOUR)
    for hours in (1, 25):
        conversations.say("began too long ago", "bonjour", now - hours * HOUR)
    conversations.say("old", "bonjour", now - 30 * HOUR)
    assert purge(settings(conversations), now) == {"conversations": 2, "questions": 0}
    assert conversations.senders() == {"young": 3}
    assert purge(settings(conversations), now) == {"conversations": 0, "questions": 0}
    assert purge(settings(conversations, hours=3), now) == {"conversations": 1, "questions": 0}


def test_many_are_purged_in_parts(conversations: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "_CONVERSATIONS_AT_ONCE", 4)
    for number in range(13):
        conversations.say(f"c{number}", "bonjour", time.time() - 30 * HOUR)
    assert purge(settings(conversations)) == {"conversations": 13, "questions": 0}
    assert conversations.senders() == {}


def test_old_ratings_go(conversations: Conversations) -> None:
    save_feedback(conversations.engine, "c", "m", True)
    purge(settings(conversations), time.time() + 23 * HOUR)
    assert conversations.senders("feedback", "conversation") == {"c": 1}
    purge(settings(conversations), time.time() + 25 * HOUR)
    assert conversations.senders("feedback", "conversation") == {}


def test_what_is_purged_is_no_longer_in_the_files(conversations: Conversations) -> None:
    if conversations.folder is None:
        pytest.skip("PostgreSQL overwrites what was deleted in its own time: docs/privacy.md says so")
    for number in range(30):
        conversations.say(f"c{number}", MARKER + "x" * 300 * number, time.time() - 30 * HOUR)
    purge(settings(conversations))
    assert conversations.files_hold(MARKER) == []


def test_purge_before_the_first_start(conversations: Conversations) -> None:
    assert purge(settings(conversations)) == {"conversations": 0, "questions": 0}
