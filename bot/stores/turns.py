"""Reads the turns of a conversation from the database. This module does not import Rasa."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Engine

from bot.stores.packing import unpack
from bot.stores.tables import event


@dataclass(frozen=True)
class StoredTurn:
    """A turn: the text of the user as Rasa received it, and the messages of the bot as they were sent."""

    text: str
    replies: list[dict[str, Any]]


def find_turn(engine: Engine, conversation: str, message_id: str) -> StoredTurn | None:
    """Return the turn of the user's message with this id, or None if the conversation has no such turn.

    Raises SQLAlchemyError.
    """
    of_conversation = event.c.sender_id == conversation
    asked = select(event.c.position, event.c.data).where(of_conversation, event.c.message_id == message_id)
    with engine.connect() as connection:
        found = connection.execute(asked).first()
        if found is None:
            return None
        after = select(event.c.type_name, event.c.data).where(of_conversation, event.c.position > found.position)
        rows = connection.execute(after.order_by(event.c.position)).all()
    turn = itertools.takewhile(lambda row: row.type_name != "user", rows)
    said = [unpack(row.data) for row in turn if row.type_name == "bot"]
    return StoredTurn(unpack(found.data)["text"], [{"text": one["text"], **one["data"]} for one in said])
