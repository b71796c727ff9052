"""Records questions that were not answered well. Redacts and stores them in a thread, after the reply."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from threading import BoundedSemaphore

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.review.redact import prepare, redact
from bot.review.special import is_special
from bot.review.store import Kept, QuestionStore, Reason

logger = logging.getLogger(__name__)

# If this many questions wait to be written, further ones are dropped, as replies matter more than this record.
_MOST_WAITING = 500
_LONGEST_COMMENT = 500
_DISTRESS = "distress"


class Questions:
    """Records questions in the database of conversations (`engine`). All methods except `close` return at once."""

    def __init__(self, engine: Engine) -> None:
        self._store = QuestionStore(engine)
        self._waiting = BoundedSemaphore(_MOST_WAITING)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="review")

    def start(self) -> None:
        """Load what redaction needs in the background. This takes seconds, for which no turn should wait."""
        self._writer.submit(prepare)

    def unanswered(self, conversation: str, text: str, reason: Reason, facets: tuple[str, ...] = ()) -> None:
        """Record a typed question that was not answered. `text` is what was typed, not yet redacted."""
        self._keep(conversation, text, reason, facets, "")

    def rated(self, conversation: str, text: str, outcome: str, facets: tuple[str, ...], comment: str | None) -> None:
        """Record a question whose reply was rated not useful. `text` and `comment` are not yet redacted.

        Nothing is recorded if the reply's `outcome` was "distress".
        """
        if outcome != _DISTRESS:
            self._keep(conversation, text, Reason.NOT_USEFUL, facets, comment or "")

    def erase(self, conversation: str) -> Future[None]:
        """Delete the questions of a conversation, after everything that waits is written.

        The returned future is done when they are deleted.
        """
        return self._writer.submit(self._store.erase, conversation)

    def close(self) -> None:
        """Wait until all waiting questions are written. Nothing can be recorded after that."""
        self._writer.shutdown(wait=True)

    def _keep(self, conversation: str, text: str, reason: Reason, facets: tuple[str, ...], comment: str) -> None:
        if not text.strip():
            return
        if not self._waiting.acquire(blocking=False):
            logger.warning("A question is not kept for review: %d others wait to be written", _MOST_WAITING)
            return
        written = self._writer.submit(self._write, conversation, text, reason, facets, comment[:_LONGEST_COMMENT])
        written.add_done_callback(self._written)

    def _write(self, conversation: str, text: str, reason: Reason, facets: tuple[str, ...], comment: str) -> None:
        text, comment = redact(text), redact(comment)
        if not is_special(f"{text} {comment}"):
            self._store.record(Kept(text, reason, facets, comment), date.today(), conversation)

    def _written(self, done: Future[None]) -> None:
        self._waiting.release()
        error = done.exception()
        if isinstance(error, SQLAlchemyError):
            logger.warning("A question could not be kept for review: %s", type(error).__name__)
        elif error is not None:
            # The error itself is not logged, because its message may contain the text.
            logger.error("A question could not be kept for review: %s", type(error).__name__)
