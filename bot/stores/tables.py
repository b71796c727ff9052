"""What the database of conversations holds: the tables that Rasa's conversations are kept in. No Rasa in here."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

# A row a conversation: how many events it has, the turns and the start of its session, when it began (times in seconds
# since 1970), and its slots after the last turn, as JSON.
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

# A row an event, as JSON; some of it also in columns, for those who look with SQL. Rows are added at the end of the
# table: SQLite then moves next to nothing within its pages, and what it moves it leaves behind.
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
    UniqueConstraint("sender_id", "message_id"),  # whatever happened, no message is stored twice
    sqlite_autoincrement=True,
)

# A row a conversation that was erased, by its hash alone, until its session would have ended (seconds since 1970).
erased_session = Table(
    "erased_session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("until", Float(53), nullable=False),
)
