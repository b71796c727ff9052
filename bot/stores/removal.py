"""Removes conversations from the database, and the copies of their data that SQLite leaves in its files."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

from bot.settings import patient
from bot.stores.engine import NO_TRANSACTION, WRITES
from bot.stores.tables import conversation, erased_session, event

logger = logging.getLogger(__name__)

# VACUUM rewrites a file of this size (bytes) in about half a second, while turns wait. Larger sites use PostgreSQL.
VACUUM_BYTES = 64 * 2**20
# How many conversations one transaction deletes. With so few, a message that is being answered waits milliseconds.
_CONVERSATIONS_AT_ONCE = 100
_BUSY_SECONDS = 1.5


def erase(engine: Engine, conversations: Collection[str], until: float | None = None) -> None:
    """Delete all stored data of these conversations. A turn that is still running in one of them will not be stored.

    If `until` (seconds since 1970) is given, hashes of the ids are kept, and no turn of these conversations can be
    stored before that time. Raises SQLAlchemyError.
    """
    with engine.execution_options(**WRITES).begin() as connection:
        for table in (event, conversation):
            connection.execute(table.delete().where(table.c.sender_id.in_(conversations)))
        if until is not None:
            digests = [_digest(one) for one in conversations]
            connection.execute(erased_session.delete().where(erased_session.c.digest.in_(digests)))
            connection.execute(erased_session.insert(), [{"digest": one, "until": until} for one in digests])


def was_erased(engine: Engine, conversation_id: str) -> bool:
    """Return whether a conversation was erased while its session could still be open.

    This is so until the time given to `erase`. Raises SQLAlchemyError.
    """
    with engine.connect() as connection:
        return is_erased(connection, conversation_id)


def is_erased(connection: Connection, conversation_id: str) -> bool:
    """Return the same as `was_erased`, within an open transaction."""
    found = select(erased_session.c.until).where(erased_session.c.digest == _digest(conversation_id))
    until = connection.execute(found).scalar()
    return until is not None and until > time.time()


def forget_erased(engine: Engine, now: float) -> None:
    """Delete the hashes of erased conversations whose time `until` is before `now` (seconds since 1970).

    Raises SQLAlchemyError.
    """
    with engine.execution_options(**WRITES).begin() as connection:
        connection.execute(erased_session.delete().where(erased_session.c.until < now))


def erase_old(engine: Engine, before: float) -> Iterator[list[str]]:
    """Delete the conversations that began before `before` (seconds since 1970).

    Yields the ids of the deleted conversations in batches. Each batch is one transaction; the last may be empty.
    Raises SQLAlchemyError.
    """
    old = select(conversation.c.sender_id).where(conversation.c.began_at < before).limit(_CONVERSATIONS_AT_ONCE)
    while True:
        with engine.connect() as connection:
            ids = connection.execute(old).scalars().all()
        erase(engine, ids)
        yield ids
        if len(ids) < _CONVERSATIONS_AT_ONCE:
            return


def empty_log(engine: Engine) -> None:
    """Move the content of SQLite's write-ahead log into the database file, and empty the log.

    Deleted rows remain in the log until then. In the database file, `secure_delete` overwrites them with zeros. If
    other readers prevent this for a second or two, a warning is logged. Does nothing for PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + patient(_BUSY_SECONDS)
    # The log is busy while someone reads, for milliseconds. Between two tries the only connection is given back.
    while _checkpoint(engine):
        if time.monotonic() > deadline:
            logger.warning("What was deleted stays in the write-ahead log until the next purge: others read it")
            return
        time.sleep(0.01)


def remove_traces(engine: Engine) -> None:
    """Rewrite the SQLite file and empty its log, so that neither contains deleted data.

    SQLite sometimes moves rows within its pages, and the old copies remain after a deletion (after 2% of erasures,
    as measured). Only a rewrite removes them. A file larger than VACUUM_BYTES is not rewritten. Meanwhile nobody
    else can use the database: about 10 ms per megabyte. Does nothing for PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect().execution_options(**NO_TRANSACTION) as connection:
        if Path(engine.url.database).stat().st_size <= VACUUM_BYTES:
            try:
                connection.exec_driver_sql("VACUUM")
            except OperationalError as error:
                logger.warning("What was deleted may stay in the file until the next purge: %s", error.orig)
    empty_log(engine)


def _checkpoint(engine: Engine) -> bool:
    """Try to empty the write-ahead log. Return True if another connection prevented it."""
    with engine.connect().execution_options(**NO_TRANSACTION) as connection:
        return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar())


def _digest(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode()).hexdigest()
