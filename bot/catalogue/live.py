"""The catalogue that a running server answers from: reloaded when an import changed it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue.fiche import Catalogue
from bot.catalogue.store import StoreEmpty, connect, read_catalogue, read_version

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
# After a failure, so that a database that lets us wait for its answer does not hold up every message.
RETRY_SECONDS = 10.0


class StoreUnreadable(Exception):
    """The database of the catalogue cannot be read, and there is no earlier catalogue to fall back on."""


class LiveCatalogue:
    """The catalogue in the database at `url`, safe to share between threads.

    The database is asked for its version at most once in `CHECK_SECONDS`. Where it cannot be read, the last
    catalogue that was read stays in use.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = connect(url)
        self._clock = clock
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._next_check = 0.0

    def current(self) -> Catalogue:
        """The catalogue as of now; raises StoreEmpty or StoreUnreadable where there never was one."""
        last = self._catalogue
        if last is None:
            with self._lock:
                return self._catalogue or self._load()
        # While one thread looks, the others go on with the catalogue they have.
        if self._clock() >= self._next_check and self._lock.acquire(blocking=False):
            try:
                return self._refresh(last)
            finally:
                self._lock.release()
        return last

    def _load(self) -> Catalogue:
        try:
            self._catalogue = read_catalogue(self._engine)
        except SQLAlchemyError as error:
            raise StoreUnreadable(f"cannot read the catalogue in {self._engine.url!r}: {error}") from error
        self._next_check = self._clock() + CHECK_SECONDS
        return self._catalogue

    def _refresh(self, last: Catalogue) -> Catalogue:
        wait = CHECK_SECONDS
        try:
            if read_version(self._engine) != last.version:
                self._catalogue = read_catalogue(self._engine)
        except (SQLAlchemyError, StoreEmpty) as error:
            logger.warning("The catalogue cannot be read, its last version stays in use: %s", error)
            wait = RETRY_SECONDS
        self._next_check = self._clock() + wait
        return self._catalogue or last
