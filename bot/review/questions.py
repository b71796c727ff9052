"""Keeps the questions that were not answered well: redacted, and written in a thread of their own after the reply."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from threading import BoundedSemaphore

from sqlalchemy.exc import SQLAlchemyError

from bot.review.redact import redact
from bot.review.store import Kept, QuestionStore, Reason

logger = logging.getLogger(__name__)

# Beyond this many waiting to be written new ones are dropped: the reply matters, its record does not.
_MOST_WAITING = 500
_LONGEST_COMMENT = 500
_DISTRESS, _FALLBACK = "distress", "nlu_fallback"
_BY_OUTCOME = {"unknown": Reason.UNKNOWN, "not_in_fiche": Reason.NOT_IN_FICHE}


def reason_to_keep(intent: str, outcome: str, waiting: bool) -> Reason | None:
    """Why a question with this intent and outcome is kept, None where it is not.

    `waiting` is whether a choice was asked before it. What hints at distress is never kept.
    """
    if _DISTRESS in (intent, outcome):
        return None
    if outcome == "out_of_scope":
        return Reason.NOT_UNDERSTOOD if intent == _FALLBACK else None
    if outcome == "ambiguous":
        return Reason.ASKED_AGAIN if waiting else None
    return _BY_OUTCOME.get(outcome)


class Questions:
    """Records questions in the database at `url`; every method but `purge` returns at once.

    What is kept cannot be tied to a conversation (bot/review/store.py), so there is nothing to erase with one.
    """

    def __init__(self, url: str) -> None:
        self._store = QuestionStore(url)
        self._waiting = BoundedSemaphore(_MOST_WAITING)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="review")
        # What redaction loads takes seconds: now, rather than beside someone's turn.
        self._writer.submit(redact, "M. Machin")

    def unanswered(self, text: str, reason: Reason, facets: tuple[str, ...] = ()) -> None:
        """Keep a typed question that was not answered; `text` as it was typed."""
        self._keep(text, reason, facets, "")

    def rated(self, text: str, outcome: str, facets: tuple[str, ...], comment: str | None) -> None:
        """Keep a question whose reply was rated not useful; `text` and `comment` as they were typed."""
        if outcome != _DISTRESS:
            self._keep(text, Reason.NOT_USEFUL, facets, comment or "")

    def purge(self, days: int) -> int:
        """Remove what is older than `days` days; how many rows it was. Raises SQLAlchemyError."""
        return self._store.forget_older_than(days, date.today())

    def close(self) -> None:
        """Write what waits, then close the database."""
        self._writer.shutdown(wait=True)
        self._store.close()

    def _keep(self, text: str, reason: Reason, facets: tuple[str, ...], comment: str) -> None:
        if not text.strip():
            return
        if not self._waiting.acquire(blocking=False):
            logger.warning("A question is not kept for review: %d others wait to be written", _MOST_WAITING)
            return
        written = self._writer.submit(self._write, text, reason, facets, comment[:_LONGEST_COMMENT])
        written.add_done_callback(self._written)

    def _write(self, text: str, reason: Reason, facets: tuple[str, ...], comment: str) -> None:
        self._store.record(Kept(redact(text), reason, facets, redact(comment)), date.today())

    def _written(self, done: Future[None]) -> None:
        self._waiting.release()
        error = done.exception()
        if isinstance(error, SQLAlchemyError):
            logger.warning("A question could not be kept for review: %s", type(error).__name__)
        elif error is not None:
            # Not the error itself: its message may hold the text.
            logger.error("A question could not be kept for review: %s", type(error).__name__)
