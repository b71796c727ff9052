"""A server as a school would run it, with small limits, and what it left behind."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from live_server import LiveServer
from services import free_port

from bot.channel.database import connect, feedback
from bot.channel.feedback import save_feedback

SCHOOL = "https://ecole.example"
OLD = "conversation-of-two-hours-ago"
SESSION_LIMIT, ADDRESS_LIMIT = 6, 25
HOUR = 3600.0
Caller = Callable[[], httpx.Client]


class Guarded(LiveServer):
    """The server, with a rating of two hours ago in its database."""

    def __init__(self, folder: Path, seeds: Path) -> None:
        super().__init__(folder, seeds)
        self.metrics = free_port()
        self.environment |= {
            "JALON_RATE_SESSION": str(SESSION_LIMIT),
            "JALON_RATE_ADDRESS": str(ADDRESS_LIMIT),
            "JALON_TRUSTED_PROXIES": "127.0.0.0/8",
            "JALON_ORIGINS": SCHOOL,
            "JALON_METRICS_PORT": str(self.metrics),
            "JALON_KEEP_CONVERSATIONS_HOURS": "1",
            "LOG_LEVEL": "DEBUG",
            "LOG_LEVEL_LIBRARIES": "DEBUG",
        }
        self.folder = folder
        engine = connect(self.environment["JALON_TRACKER_URL"])
        save_feedback(engine, OLD, "m", True)
        with engine.begin() as connection:
            connection.execute(feedback.update().values(created=time.time() - 2 * HOUR))
        engine.dispose()
        assert OLD in self.conversations.read_bytes().decode("latin-1")

    def files_hold(self, word: str) -> list[str]:
        """The files of the server, logs and databases, that hold a word."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        assert {"server.log", "conversations.db"} <= {path.name for path in files}
        return [path.name for path in files if word.encode() in path.read_bytes()]

    def rows(self) -> int:
        """How many rows there are in the database of conversations."""
        with sqlite3.connect(f"file:{self.conversations}?mode=ro", uri=True) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return sum(database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables)

    def age(self, hours: float) -> None:
        """Make all that is stored older."""
        with sqlite3.connect(self.conversations) as database:
            database.execute("UPDATE conversation SET began_at = began_at - ?", (hours * HOUR,))
