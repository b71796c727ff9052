"""Reads what was said in a conversation from the database. This module does not import Rasa."""

from __future__ import annotations

import itertools
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.stores.tables import event


def reply_to(engine: Engine, conversation: str, message_id: str) -> list[dict[str, Any]]:
    """The bot's messages in reply to the user's message `message_id`, as they were sent.

    Each has "text" and what Rasa keeps with it ("buttons", "custom"…). The list is empty if the conversation has no
    such message. Raises SQLAlchemyError.
    """
    of_conversation = event.c.sender_id == conversation
    asked = select(event.c.position).where(of_conversation, event.c.message_id == message_id)
    with engine.connect() as connection:
        position = connection.execute(asked).scalar()
        if position is None:
            return []
        after = select(event.c.type_name, event.c.data).where(of_conversation, event.c.position > position)
        rows = connection.execute(after.order_by(event.c.position)).all()
    turn = itertools.takewhile(lambda row: row.type_name != "user", rows)
    said = (json.loads(row.data) for row in turn if row.type_name == "bot")
    return [{"text": message["text"], **message["data"]} for message in said]
