"""Removes conversations from the database, and the bytes they leave behind in the files of SQLite."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot.stores.engine import NO_TRANSACTION, WRITES
from bot.stores.tables import conversation, event

logger = logging.getLogger(__name__)

# VACUUM rewrites a file of this size in about half a second, while turns wait. Larger sites use PostgreSQL.
VACUUM_BYTES = 64 * 2**20
# How many are deleted in one transaction: a message that is answered meanwhile waits only milliseconds.
_CONVERSATIONS_AT_ONCE = 100
_BUSY_SECONDS = 1.5


def erase(engine: Engine, conversations: Collection[str]) -> None:
    """Delete all rows of the conversations with these ids.

    A turn of such a conversation that is still running will be refused when it is stored. Raises SQLAlchemyError.
    """
    with engine.execution_options(**WRITES).begin() as connection:
        for table in (event, conversation):
            connection.execute(table.delete().where(table.c.sender_id.in_(conversations)))


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


def remove_traces(engine: Engine) -> None:
    """Overwrite what was deleted in the files of SQLite; does nothing with PostgreSQL.

    `secure_delete` already put zeros where the rows were. But copies that SQLite made when it moved rows within pages
    remain until VACUUM (measured: after 2% of erasures), and everything remains in the write-ahead log until a
    checkpoint. A file larger than VACUUM_BYTES is not vacuumed. If another program keeps the file busy, a warning is
    logged and the next purge tries again.
    """
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + _BUSY_SECONDS
    with engine.connect().execution_options(**NO_TRANSACTION) as connection:
        if Path(engine.url.database).stat().st_size <= VACUUM_BYTES:
            try:
                connection.exec_driver_sql("VACUUM")
            except OperationalError as error:
                logger.warning("What was deleted may stay in the file until the next purge: %s", error.orig)
        # Returns 1 (busy) as long as someone reads, usually for milliseconds.
        while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar():
            if time.monotonic() > deadline:
                logger.warning("What was deleted stays in the write-ahead log until the next purge: others read it")
                return
            time.sleep(0.01)
