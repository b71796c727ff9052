"""Removes conversations from their database, and what they leave behind in the files of SQLite."""

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

# Written anew in about half a second, for which turns wait; who has more conversations uses PostgreSQL.
VACUUM_BYTES = 64 * 2**20
# In one transaction, so that a message that is answered meanwhile waits for milliseconds only.
_CONVERSATIONS_AT_ONCE = 100
_BUSY_SECONDS = 1.5


def erase(engine: Engine, conversations: Collection[str]) -> None:
    """Delete all that is stored of some conversations; a turn under way in one of them is not stored any more.

    Raises SQLAlchemyError.
    """
    with engine.execution_options(**WRITES).begin() as connection:
        for table in (event, conversation):
            connection.execute(table.delete().where(table.c.sender_id.in_(conversations)))


def erase_old(engine: Engine, before: float) -> Iterator[list[str]]:
    """Delete the conversations that began before a time (seconds since 1970); their ids, some at a time."""
    old = select(conversation.c.sender_id).where(conversation.c.began_at < before).limit(_CONVERSATIONS_AT_ONCE)
    while True:
        with engine.connect() as connection:
            ids = connection.execute(old).scalars().all()
        erase(engine, ids)
        yield ids
        if len(ids) < _CONVERSATIONS_AT_ONCE:
            return


def remove_traces(engine: Engine) -> None:
    """Make what was deleted unreadable in the files of SQLite.

    `secure_delete` put zeros in its place, but what SQLite once moved within its pages is still there (after 2% of
    erasures, measured) until the file is written anew, and all of it is in the write-ahead log until that is emptied.
    A file above VACUUM_BYTES is not written anew. Another program that is in the way is told of in the log.
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
        # Busy as long as someone reads: a matter of milliseconds, tried again.
        while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar():
            if time.monotonic() > deadline:
                logger.warning("What was deleted stays in the write-ahead log until the next purge: others read it")
                return
            time.sleep(0.01)
