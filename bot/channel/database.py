"""Gives the web API access to the database of conversations, for ratings and checks.

Rasa's tracker store uses the same database.
"""

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
# Time limit of a whole call, including the connection. A call that takes longer continues in its thread, ignored.
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
    """Return the engine for the database at `url`. Missing tables are created when the engine is first used."""
    return engines.connect(url, metadata)


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """Run a blocking call in a thread and return its result; raises asyncio.TimeoutError after CALL_SECONDS."""
    return await asyncio.wait_for(asyncio.to_thread(call, *arguments), patient(CALL_SECONDS))


def check(engine: Engine) -> None:
    """Check that conversations can be read; raises SQLAlchemyError if they cannot."""
    with engine.connect() as connection:
        connection.execute(select(conversation.c.sender_id).limit(1))
