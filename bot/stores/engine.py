"""SQLAlchemy engines for the database of conversations (SQLite or PostgreSQL), with a short limit for each call."""

from __future__ import annotations

import contextlib
import os
import select
import sqlite3
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.settings import patient

# The longest wait, in seconds, for a lock of SQLite or for one answer of PostgreSQL.
WAIT_SECONDS = 1.5
POSTGRES_CONNECTIONS = 8
# Execution options for SQLite: the first for transactions that write, the second for statements outside of any.
WRITES = {"jalon_begin": "BEGIN IMMEDIATE"}
NO_TRANSACTION = {"jalon_begin": ""}
# The number of an advisory lock. With it, servers that start together create the tables one after the other.
_SCHEMA_LOCK = 0x4A414C4F


@cache
def connect(url: str, tables: MetaData) -> Engine:
    """Return the engine for the database at `url`. Missing `tables` are created when it first connects.

    All callers in the process share one engine. With SQLite, a second connection that stays open after the file was
    replaced could write the log of the new file into the old one. Error messages never contain parameters, so no
    message of a user gets into a log.
    """
    parsed = make_url(url)
    return (_sqlite if parsed.get_backend_name() == "sqlite" else _postgresql)(parsed, tables)


def _sqlite(url: URL, tables: MetaData) -> Engine:
    """Return an engine with a single connection.

    SQLite allows one writer at a time, and no other connection may keep a replaced file open.
    """
    path = Path(url.database)
    creation = _creation(tables, sqlite.dialect())
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=patient(WAIT_SECONDS),
        connect_args={"timeout": patient(WAIT_SECONDS), "check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # transactions begin where _begin says
        connection.execute("PRAGMA journal_mode=WAL")
        # Committed data survives any end of the process, but a power cut may lose the last seconds. An erasure is on
        # the disk when its reply is sent, because it also empties the log (removal.py).
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten with zeros
        connection.execute("PRAGMA temp_store=MEMORY")  # no conversation is copied into a temporary file
        for statement in creation:
            connection.execute(statement)
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def same_file(connection: Any, record: Any, _proxy: Any) -> None:
        if _identity(path) != record.info["file"]:
            # The log belongs to the earlier file. Once moved into that file, it cannot be applied to another one.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raise DisconnectionError("the file of the database was removed or replaced")

    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _reopen_what_is_damaged)
    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _begin(connection: Connection) -> None:
    begin = connection.get_execution_options().get("jalon_begin", "BEGIN")
    if begin:
        connection.exec_driver_sql(begin)


def _reopen_what_is_damaged(context: Any) -> None:
    """Make SQLAlchemy close a connection that met a damaged file. Its cache may belong to an earlier file."""
    told = str(context.original_exception)
    context.is_disconnect = any(sign in told for sign in ("malformed", "not a database", "disk I/O error", "no such"))


def _postgresql(url: URL, tables: MetaData) -> Engine:
    # This limits how long the client waits even if the server is frozen. libpq has no setting for that.
    extensions.set_wait_callback(_wait)
    creation = _creation(tables, postgresql.dialect())
    names = [table.name for table in tables.sorted_tables]
    milliseconds = int(patient(WAIT_SECONDS) * 1000)
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        pool_size=POSTGRES_CONNECTIONS,
        max_overflow=0,
        pool_timeout=patient(WAIT_SECONDS),
        pool_pre_ping=True,
        connect_args={
            "connection_factory": _ImpatientConnection,
            "application_name": "jalon",
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(to_regclass(name)) FROM unnest(%s) AS name", (names,))
            if cursor.fetchone()[0] < len(names):  # checked first, as few users have the right to create tables
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
                for statement in creation:
                    cursor.execute(statement)

    return engine


def _creation(tables: MetaData, dialect: Any) -> Sequence[str]:
    """Return the SQL statements that create the missing tables and indexes."""
    made: list[Any] = []
    for table in tables.sorted_tables:
        made += [CreateTable(table, if_not_exists=True), *(CreateIndex(i, if_not_exists=True) for i in table.indexes)]
    return [str(statement.compile(dialect=dialect)) for statement in made]


class _ImpatientConnection(extensions.connection):
    """A psycopg2 connection that waits at most `wait_seconds` for each answer of the server."""

    @property
    def wait_seconds(self) -> float:
        return patient(WAIT_SECONDS)


def _wait(connection: Any) -> None:
    """psycopg2's wait callback for all connections of the process. Only _ImpatientConnection has a time limit.

    Raises psycopg2.OperationalError after `wait_seconds`. psycopg2 then closes the connection itself. Closing it
    here would wait for a lock that this thread holds.
    """
    limit = getattr(connection, "wait_seconds", None)
    end = None if limit is None else time.monotonic() + limit
    while True:
        state = connection.poll()
        if state == extensions.POLL_OK:
            return
        left = None if end is None else end - time.monotonic()
        files = [connection.fileno()]
        reading = state == extensions.POLL_READ
        late = left is not None and left <= 0
        if late or not any(select.select(files if reading else [], [] if reading else files, [], left)):
            raise psycopg2.OperationalError(f"timeout expired: no answer from the database in {limit} s")
