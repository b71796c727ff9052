"""Access of the API to the database of conversations, beside Rasa's tracker store: ratings and checks."""

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
# Time limit of a whole call, connecting included. A call that takes longer goes on in its thread, unobserved.
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
    """The engine for the database at `url`, which gets all its tables when it is first used."""
    return engines.connect(url, metadata)


async def in_thread(call: Callable[..., T], *arguments: Any) -> T:
    """The result of a blocking call, made in a thread; raises asyncio.TimeoutError after CALL_SECONDS."""
    return await asyncio.wait_for(asyncio.to_thread(call, *arguments), patient(CALL_SECONDS))


def check(engine: Engine) -> None:
    """Return if conversations can be read; raises SQLAlchemyError otherwise."""
    with engine.connect() as connection:
        connection.execute(select(conversation.c.sender_id).limit(1))
