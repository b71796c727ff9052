"""The tables in which Rasa's conversations are stored. This module does not import Rasa."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

# One row per conversation: its number of events, the number of turns and the start of its present session, the time
# when it began (times in seconds since 1970), and its slots after the last turn, as JSON.
conversation = Table(
    "conversation",
    metadata,
    Column("sender_id", Text, primary_key=True),
    Column("length", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("session_at", Float(53), nullable=False),
    Column("began_at", Float(53), nullable=False),
    Column("slots", Text, nullable=False),
    Index("conversation_by_age", "began_at"),
)

# One row per event, as JSON. Some fields also have columns, for queries in SQL. Rows are only added at the end of the
# table, so that SQLite hardly ever moves rows within its pages, which would leave copies behind.
event = Table(
    "event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("sender_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("type_name", Text, nullable=False),
    Column("timestamp", Float(53)),
    Column("intent_name", Text),
    Column("action_name", Text),
    Column("message_id", Text),
    Column("data", Text, nullable=False),
    UniqueConstraint("sender_id", "position"),
    UniqueConstraint("sender_id", "message_id"),  # no message is stored twice
    sqlite_autoincrement=True,
)

# One row per erased conversation: a hash of its id, and when its session would have ended (seconds since 1970).
erased_session = Table(
    "erased_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("until", Float(53), nullable=False),
)
