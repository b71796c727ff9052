"""The database of conversations, beside Rasa's tracker store: what the API itself keeps, erases and asks of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Float, MetaData, String, Table, create_engine, event, inspect, text
from sqlalchemy import column as plain_column
from sqlalchemy import table as plain_table
from sqlalchemy.engine import Connection, Engine, make_url

logger = logging.getLogger(__name__)

T = TypeVar("T")
_BUSY_SECONDS = 5
# For a whole call, connecting included; a statement that waits longer goes on in its thread, and no one waits for it.
CALL_SECONDS = 15.0

metadata = MetaData()
feedback = Table(
    "feedback",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("message", String(64), primary_key=True),
    Column("useful", Boolean, nullable=False),
    Column("created", Float, nullable=False),
)
# Rasa's SQL tracker store makes this table; we only remove rows of it.
events = plain_table("events", plain_column("sender_id"), plain_column("timestamp"))


def connect(url: str) -> Engine:
    """An engine for the database at `url`; creates the folder of an SQLite file, opens nothing yet."""
    parsed = make_url(url)
    options: dict[str, Any] = {"future": True, "hide_parameters": True}
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": _BUSY_SECONDS}, **options)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS}, **options)
    event.listen(engine, "connect", _overwrite_what_is_deleted)
    return engine


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a call that waits for a database off the event loop; raises asyncio.TimeoutError."""
    return await asyncio.wait_for(asyncio.to_thread(call, *arguments), CALL_SECONDS)


def check(engine: Engine) -> None:
    """Return where conversations can be read; raises SQLAlchemyError."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM events WHERE 1 = 0"))


def has_events(connection: Connection) -> bool:
    """Whether Rasa made its table already."""
    return bool(inspect(connection).has_table(events.name))


def remove_traces(engine: Engine) -> None:
    """Make what was deleted unreadable in the files of an SQLite database, where a log of changes still holds it."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            return
        deadline = time.monotonic() + _BUSY_SECONDS
        # Busy as long as someone reads: a matter of milliseconds, tried again.
        while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar():
            if time.monotonic() > deadline:
                logger.warning("What was deleted stays in the write-ahead log until the next purge: others read it")
                return
            time.sleep(0.01)


def _overwrite_what_is_deleted(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA secure_delete = ON")
