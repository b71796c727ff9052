"""The catalogue that a running server answers from: followed in the store, and kept where the store fails."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue.fiche import Catalogue
from bot.catalogue.store import StoreEmpty, connect, is_missing, read_catalogue, read_version

logger = logging.getLogger(__name__)

# What a store raises that is out of reach, was removed, or holds something else than what was written.
_UNREADABLE = (SQLAlchemyError, StoreEmpty, OSError, ValueError, TypeError, LookupError)


class StoreUnreadable(Exception):
    """The database of the catalogue cannot be read, and there is no earlier catalogue to fall back on."""


class LiveCatalogue:
    """The catalogue in the database at `url`, safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url)
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._readable = True

    def current(self) -> Catalogue:
        """The catalogue as last read; raises StoreEmpty or StoreUnreadable where there never was one."""
        if self._catalogue is None:
            with self._lock:
                if self._catalogue is None:
                    try:
                        self._catalogue = self._read()
                    except SQLAlchemyError as error:
                        raise StoreUnreadable(f"cannot read the catalogue in {self._engine.url!r}: {error}") from error
        return self._catalogue

    def refresh(self) -> Catalogue:
        """The catalogue as of now; where the store cannot be read, the last one, which stays in use.

        Asks the database for its version only, unless that changed. It may take long: not for an event loop.
        """
        last = self.current()
        with self._lock:
            try:
                self._must_exist()
                if read_version(self._engine) != last.version:
                    self._catalogue = self._read()
            except _UNREADABLE as error:
                self._tell(f"The catalogue cannot be read, its last version stays in use: {error}", readable=False)
            else:
                self._tell("The catalogue is read again.", readable=True)
        return self._catalogue or last

    def _read(self) -> Catalogue:
        self._must_exist()
        return read_catalogue(self._engine)

    def _must_exist(self) -> None:
        if is_missing(self._engine):
            raise StoreEmpty(f"there is no file {self._engine.url.database}: run python -m bot ingest")

    def _tell(self, what: str, readable: bool) -> None:
        """Log a change for the worse or the better once, not every second."""
        if readable is not self._readable:
            logger.warning("%s", what)
        self._readable = readable
