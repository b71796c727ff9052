"""The full-text index of fiches, asked by the action for the dialogue: answered within a moment or not at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from functools import lru_cache
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue import text_index
from bot.catalogue.store import StoreEmpty, connect
from bot.catalogue.text_search import Found
from bot.settings import load_settings

logger = logging.getLogger(__name__)

RETRY_SECONDS = 10.0
_PATIENCE_SECONDS = 1.0
_THREADS = 2  # what hangs in them holds up nothing but other searches


class FullTextSearch:
    """Searches the full-text index in the database at `url`; safe to share between threads.

    A search takes a second at most. After a failure the index is left alone for `RETRY_SECONDS`: nobody waits for a
    database that does not answer.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = connect(url)
        self._clock = clock
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="texts")
        self._next_try = 0.0

    def find(self, words: Sequence[Sequence[str]]) -> tuple[list[Found], int] | None:
        """What `text_index.find` finds, or None where the index cannot be asked now."""
        if self._clock() < self._next_try:
            return None
        asked = self._threads.submit(self._find, words)
        try:
            return asked.result(_PATIENCE_SECONDS)
        except (SQLAlchemyError, StoreEmpty, TimeoutError) as error:
            asked.cancel()
            logger.warning("The texts of fiches cannot be searched: %s", str(error) or "no answer in time")
            self._next_try = self._clock() + RETRY_SECONDS
            return None

    def _find(self, words: Sequence[Sequence[str]]) -> tuple[list[Found], int]:
        file = self._engine.url.database
        if self._engine.dialect.name == "sqlite" and not Path(file).exists():
            raise StoreEmpty(f"there is no file {file}")  # SQLite would make an empty one
        return text_index.find(self._engine, words)


@lru_cache(maxsize=4)
def _live(url: str) -> FullTextSearch:
    return FullTextSearch(url)


def current_full_text_search() -> FullTextSearch:
    """The search in the store that the settings name."""
    return _live(load_settings().database_url)
