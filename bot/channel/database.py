"""The database of conversations, beside Rasa's tracker store: what the API itself keeps, erases and asks of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Float, String, Table, select
from sqlalchemy.engine import Engine

from bot.settings import patient
from bot.stores import engine as engines
from bot.stores.tables import conversation, metadata

T = TypeVar("T")
# For a whole call, connecting included; a statement that waits longer goes on in its thread, and no one waits for it.
CALL_SECONDS = 4.0

feedback = Table(
    "feedback",
    metadata,
    Column("conversation", String(64), primary_key=True),
    Column("message", String(64), primary_key=True),
    Column("useful", Boolean, nullable=False),
    Column("created", Float, nullable=False),
)


def connect(url: str) -> Engine:
    """The engine of this process for the database at `url`, with all its tables; opens nothing yet."""
    return engines.connect(url, metadata)


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a call that waits for a database off the event loop; raises asyncio.TimeoutError."""
    return await asyncio.wait_for(asyncio.to_thread(call, *arguments), patient(CALL_SECONDS))


def check(engine: Engine) -> None:
    """Return where conversations can be read; raises SQLAlchemyError."""
    with engine.connect() as connection:
        connection.execute(select(conversation.c.sender_id).limit(1))
