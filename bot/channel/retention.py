"""Deletes data whose retention time is over: `python -m bot purge`, and every ten minutes in a running server."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sanic import Sanic
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.channel import metrics
from bot.channel.database import connect, feedback
from bot.review.store import QuestionStore
from bot.settings import Settings
from bot.stores.removal import erase_old, forget_erased, remove_traces

logger = logging.getLogger(__name__)

PURGE_SECONDS = 600.0


@dataclass(frozen=True)
class Purge:
    """A kind of data with a retention time.

    `what` is its name in reports. `remove(engine, settings, now)` deletes the old data and returns how many items
    it deleted.
    """

    what: str
    remove: Callable[[Engine, Settings, float], int]


def conversations(engine: Engine, settings: Settings, now: float) -> int:
    """Delete conversations that began more than `keep_conversations_hours` before `now`, with their ratings.

    Their unanswered questions are kept, but no longer refer to them. `now` is in seconds since 1970. Returns the
    number of deleted conversations. Raises SQLAlchemyError.
    """
    oldest = now - settings.keep_conversations_hours * 3600
    asked = QuestionStore(engine)
    removed = 0
    with engine.begin() as connection:
        connection.execute(feedback.delete().where(feedback.c.created < oldest))
    for ids in erase_old(engine, oldest):
        asked.detach(ids)
        removed += len(ids)
    return removed


def questions(engine: Engine, settings: Settings, now: float) -> int:
    """Delete review questions that were asked more than `keep_questions_days` before `now`.

    `now` is in seconds since 1970. Returns the number of deleted rows. Raises SQLAlchemyError.
    """
    return QuestionStore(engine).delete_older_than(settings.keep_questions_days, date.fromtimestamp(now))


PURGES = (Purge("conversations", conversations), Purge("questions", questions))


def purge(settings: Settings, now: float | None = None, traces: bool = True) -> dict[str, int]:
    """Delete all data whose retention time is over, and return the number of deleted items by kind.

    `now` is in seconds since 1970, by default the present time. If `traces` is false, the database file is
    rewritten only if something was deleted. Raises SQLAlchemyError.
    """
    engine = connect(settings.tracker_url)
    now = now or time.time()
    removed = {kind.what: kind.remove(engine, settings, now) for kind in PURGES}
    forget_erased(engine, now)
    if traces or any(removed.values()):
        remove_traces(engine)
    return removed


def purge_while_serving(app: Sanic, settings: Settings) -> None:
    """Make a server purge when it starts and then every ten minutes, in a thread. A failure is logged."""

    async def keep_purging() -> None:
        traces = True  # of what was erased before the last end of the server
        while True:
            try:
                for what, count in (await asyncio.to_thread(purge, settings, traces=traces)).items():
                    metrics.PURGED.labels(what).inc(count)
                traces = False
            except SQLAlchemyError as error:
                logger.warning("What grew too old is not removed, next try in ten minutes: %s", type(error).__name__)
            await asyncio.sleep(PURGE_SECONDS)

    @app.after_server_start
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.purging = asyncio.ensure_future(keep_purging())

    @app.before_server_stop
    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.purging.cancel()
