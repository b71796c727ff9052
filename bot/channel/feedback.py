"""What pupils think of replies: useful or not, no text of theirs."""

from __future__ import annotations

import time

from sqlalchemy import and_
from sqlalchemy.engine import Engine

from bot.channel.database import feedback


def save_feedback(engine: Engine, conversation: str, message: str, useful: bool) -> None:
    """Keep the rating of a message, in place of an earlier one; raises SQLAlchemyError."""
    same = and_(feedback.c.conversation == conversation, feedback.c.message == message)
    with engine.begin() as connection:
        connection.execute(feedback.delete().where(same))
        connection.execute(
            feedback.insert().values(conversation=conversation, message=message, useful=useful, created=time.time())
        )
