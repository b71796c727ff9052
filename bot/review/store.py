"""Stores the questions that were not answered well, with counts per day, without who asked them.

A row has a redacted text, the reason, the facets asked, a day and a count. A second table records which conversations
asked it, for as long as these are stored, so that erasing a conversation also erases its questions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, String, Table, Text, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from bot.stores.engine import WRITES

_ID_LENGTH = 8


class Reason(str, Enum):
    """The reasons why a question is kept for review."""

    NOT_UNDERSTOOD = "not_understood"
    UNKNOWN = "unknown"
    NOT_IN_FICHE = "not_in_fiche"
    ASKED_AGAIN = "asked_again"
    NOT_USEFUL = "not_useful"


_BY_OUTCOME = {"unknown": Reason.UNKNOWN, "not_in_fiche": Reason.NOT_IN_FICHE}


def reason_to_keep(intent: str, outcome: str, waiting: bool) -> Reason | None:
    """Return the reason to keep a question with this intent and outcome for review, or None to not keep it.

    `waiting` tells whether the bot had just asked the user to choose. Messages about distress are never kept.
    """
    if "distress" in (intent, outcome):
        return None
    if outcome == "out_of_scope":
        return Reason.NOT_UNDERSTOOD if intent == "nlu_fallback" else None
    if outcome == "ambiguous":
        return Reason.ASKED_AGAIN if waiting else None
    return _BY_OUTCOME.get(outcome)


@dataclass(frozen=True)
class Kept:
    """The data of a kept question. `text` and `comment` are redacted. The comment came with a bad rating."""

    text: str
    reason: Reason
    facets: tuple[str, ...] = ()
    comment: str = ""

    @property
    def id(self) -> str:
        """The id of the question: a hash of its text, so it is the same for all days and reasons."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True)
class Row:
    """A question on one day: how often it was asked, and whether someone has reviewed it."""

    kept: Kept
    day: date
    count: int
    reviewed: bool


_metadata = MetaData()
_question = Table(
    "unanswered_question",
    _metadata,
    Column("key", Text, primary_key=True),
    Column("id", Text, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facets", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("count", Integer, nullable=False),
    Column("reviewed", Boolean, nullable=False),
)
_asked = Table(
    "unanswered_question_asked",
    _metadata,
    Column("conversation", String(64), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)


class QuestionStore:
    """The kept questions in a database (SQLite or PostgreSQL). It may be shared between threads.

    All methods wait until the database answers, and may raise sqlalchemy.exc.SQLAlchemyError.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._made = False

    def record(self, kept: Kept, day: date, conversation: str) -> None:
        """Add one to the count of a question on `day`, for a conversation. A reviewed question stays reviewed."""
        insert: Any = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        facets = json.dumps(kept.facets)
        key = hashlib.sha256(json.dumps([kept.text, kept.reason, facets, kept.comment, str(day)]).encode()).hexdigest()
        with self._ready().begin() as connection:
            known = select(func.count()).where(_question.c.id == kept.id, _question.c.reviewed)
            row = insert(_question).values(
                key=key, id=kept.id, text=kept.text, reason=kept.reason.value, facets=facets, comment=kept.comment,
                day=day, count=1, reviewed=connection.execute(known).scalar_one() > 0,
            )  # fmt: skip
            again = {"count": _question.c.count + 1}
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=again))
            asked = insert(_asked).values(conversation=conversation, key=key, count=1)
            once_more = {"count": _asked.c.count + 1}
            connection.execute(asked.on_conflict_do_update(index_elements=["conversation", "key"], set_=once_more))

    def rows(self, reviewed: bool = False) -> list[Row]:
        """Return the questions that are not reviewed or, if `reviewed` is true, all questions; oldest first."""
        query = select(_question).order_by(_question.c.day, _question.c.text, _question.c.key)
        if not reviewed:
            query = query.where(_question.c.reviewed.is_(False))
        with self._ready().connect() as connection:
            return [
                Row(
                    Kept(row.text, Reason(row.reason), tuple(json.loads(row.facets)), row.comment),
                    row.day,
                    row.count,
                    row.reviewed,
                )
                for row in connection.execute(query)
            ]

    def text(self, id_: str) -> str | None:
        """Return the text of the question with this id, or None if there is none."""
        with self._ready().connect() as connection:
            found = connection.execute(select(_question.c.text).where(_question.c.id == id_).limit(1)).scalar()
        return None if found is None else str(found)

    def mark_reviewed(self, ids: Sequence[str]) -> None:
        """Mark the questions with these ids as reviewed, on all days."""
        with self._ready().begin() as connection:
            connection.execute(_question.update().where(_question.c.id.in_(ids)).values(reviewed=True))

    def erase(self, conversation: str) -> None:
        """Subtract the questions of a conversation from the counts. Delete those that no other conversation asked."""
        mine = _asked.c.conversation == conversation
        with self._ready().execution_options(**WRITES).begin() as connection:
            for key, count in connection.execute(select(_asked.c.key, _asked.c.count).where(mine)).all():
                this = _question.c.key == key
                connection.execute(_question.update().where(this).values(count=_question.c.count - count))
                connection.execute(_question.delete().where(this, _question.c.count <= 0))
            connection.execute(_asked.delete().where(mine))

    def detach(self, conversations: Sequence[str]) -> None:
        """Delete the record of which questions these conversations asked. The questions are kept."""
        with self._ready().begin() as connection:
            connection.execute(_asked.delete().where(_asked.c.conversation.in_(conversations)))

    def delete_older_than(self, days: int, today: date) -> int:
        """Delete the questions asked more than `days` days before `today`, and return the number of deleted rows."""
        old = _question.c.day < today - timedelta(days=days)
        with self._ready().begin() as connection:
            connection.execute(_asked.delete().where(_asked.c.key.in_(select(_question.c.key).where(old))))
            return int(connection.execute(_question.delete().where(old)).rowcount)

    def _ready(self) -> Engine:
        if not self._made:
            _metadata.create_all(self._engine)
            self._made = True
        return self._engine
