"""Removes conversations from the database, and the bytes they leave behind in the files of SQLite."""

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

# VACUUM rewrites a file of this size in about half a second, while turns wait. Larger sites use PostgreSQL.
VACUUM_BYTES = 64 * 2**20
# How many are deleted in one transaction: a message that is answered meanwhile waits only milliseconds.
_CONVERSATIONS_AT_ONCE = 100
_BUSY_SECONDS = 1.5


def erase(engine: Engine, conversations: Collection[str], until: float | None = None) -> None:
    """Delete all that is stored of some conversations; a turn under way in one of them is not stored any more.

    With `until` (seconds since 1970) nothing can begin in them before that time: their hashes are kept so long. Raises
    SQLAlchemyError.
    """
    with engine.execution_options(**WRITES).begin() as connection:
        for table in (event, conversation):
            connection.execute(table.delete().where(table.c.sender_id.in_(conversations)))
        if until is not None:
            digests = [_digest(one) for one in conversations]
            connection.execute(erased_session.delete().where(erased_session.c.digest.in_(digests)))
            connection.execute(erased_session.insert(), [{"digest": one, "until": until} for one in digests])


def was_erased(engine: Engine, conversation_id: str) -> bool:
    """Whether a conversation was erased and its session would not have ended yet; raises SQLAlchemyError."""
    with engine.connect() as connection:
        return is_erased(connection, conversation_id)


def is_erased(connection: Connection, conversation_id: str) -> bool:
    """What `was_erased` says, within a transaction."""
    found = select(erased_session.c.until).where(erased_session.c.digest == _digest(conversation_id))
    until = connection.execute(found).scalar()
    return until is not None and until > time.time()


def forget_erased(engine: Engine, now: float) -> None:
    """Drop the hashes of erased conversations whose sessions would have ended before `now`; raises SQLAlchemyError."""
    with engine.execution_options(**WRITES).begin() as connection:
        connection.execute(erased_session.delete().where(erased_session.c.until < now))


def erase_old(engine: Engine, before: float) -> Iterator[list[str]]:
    """Delete the conversations that began before `before` (seconds since 1970).

    Yields the ids of the deleted conversations in batches, a batch a transaction; the last may be empty. Raises
    SQLAlchemyError.
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
    """Move SQLite's write-ahead log, where all that was deleted still stands, into the file, and make it empty.

    `secure_delete` put zeros in the place of what was deleted. A program that is in the way is told of in the log.
    """
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + patient(_BUSY_SECONDS)
    # Busy as long as someone reads: a matter of milliseconds, tried again, and not with the only connection held.
    while _checkpoint(engine):
        if time.monotonic() > deadline:
            logger.warning("What was deleted stays in the write-ahead log until the next purge: others read it")
            return
        time.sleep(0.01)


def remove_traces(engine: Engine) -> None:
    """Write the file of SQLite anew and empty its log: nothing that was deleted is in either of them any more.

    What SQLite once moved within its pages is still there after a deletion (of 2% of erasures, measured), and only
    goes that way. A file above VACUUM_BYTES is not written anew. For the time it takes (about 10 ms a megabyte), nobody
    else can use the database.
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
    """Try to empty the write-ahead log; whether someone was in the way."""
    with engine.connect().execution_options(**NO_TRANSACTION) as connection:
        return bool(connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar())


def _digest(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode()).hexdigest()
