"""Stores whether pupils found a message useful; no text is stored with it."""

from __future__ import annotations

import time

from sqlalchemy import and_
from sqlalchemy.engine import Engine

from bot.channel.database import feedback


def save_feedback(engine: Engine, conversation: str, message: str, useful: bool) -> None:
    """Store the rating of the message with this id; it replaces an earlier one. Raises SQLAlchemyError."""
    same = and_(feedback.c.conversation == conversation, feedback.c.message == message)
    with engine.begin() as connection:
        connection.execute(feedback.delete().where(same))
        connection.execute(
            feedback.insert().values(conversation=conversation, message=message, useful=useful, created=time.time())
        )
