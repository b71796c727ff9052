"""The faults: each makes something fail when entered and puts it right when left."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from live_server import LiveServer
from services import PostgresServer, RedisServer, Server

LOCKED_SECONDS = 15.0


@dataclass
class Site:
    """A server, what it stands on, and where a file of conversations went that a fault put away."""

    server: LiveServer
    fault_file: Path
    stall_file: Path
    catalogue: Path
    conversations: str
    put_away: list[Path]
    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    small_disk: bool = False

    @property
    def conversations_file(self) -> Path:
        return Path(self.conversations.removeprefix("sqlite:///"))

    def stores(self) -> list[str | Path]:
        """All places where conversations are."""
        here = self.conversations if self.postgres else self.conversations_file
        return [here, *self.put_away]


Cause = Callable[[Site], AbstractContextManager[None]]


@dataclass(frozen=True)
class Fault:
    """A fault as a table tells it, how long it lasts at least, and whether messages are refused meanwhile.

    `refuses` is None where a turn under way at that moment may be refused and no other.
    """

    name: str
    cause: Cause
    seconds: float = 2.0
    refuses: bool | None = True

    def __str__(self) -> str:
        return self.name


def _part(word: str) -> Cause:
    @contextmanager
    def cause(site: Site) -> Iterator[None]:
        site.fault_file.write_text(word, encoding="utf-8")
        yield
        site.fault_file.unlink()

    return cause


def _locked(path: Callable[[Site], Path]) -> Cause:
    @contextmanager
    def cause(site: Site) -> Iterator[None]:
        with closing(sqlite3.connect(path(site), isolation_level=None, timeout=180)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield

    return cause


def _away(site: Site) -> Path:
    """Put the file of conversations away under another name, and remember it."""
    place = site.conversations_file.with_name(f"put away {len(site.put_away)}.db")
    site.conversations_file.rename(place)
    site.put_away.append(place)
    return place


@contextmanager
def _conversations_removed(site: Site) -> Iterator[None]:
    _away(site)
    yield


@contextmanager
def _conversations_replaced(site: Site) -> Iterator[None]:
    """By an empty file, as when someone makes a new one."""
    with closing(sqlite3.connect(site.conversations_file.with_name("new.db"))) as new:
        new.execute("CREATE TABLE other (thing)")
    _away(site)
    os.replace(site.conversations_file.with_name("new.db"), site.conversations_file)
    yield


@contextmanager
def _conversations_corrupted(site: Site) -> Iterator[None]:
    """By noise under the same name; the sound file is put back."""
    sound = _away(site)
    site.conversations_file.write_bytes(os.urandom(65_536))
    yield
    site.put_away.remove(sound)
    os.replace(sound, site.conversations_file)


@contextmanager
def _catalogue_removed(site: Site) -> Iterator[None]:
    sound = Path(shutil.copy(site.catalogue, site.catalogue.with_suffix(".sound")))
    site.catalogue.unlink()
    yield
    os.replace(sound, site.catalogue)


@contextmanager
def _catalogue_corrupted(site: Site) -> Iterator[None]:
    sound = Path(shutil.copy(site.catalogue, site.catalogue.with_suffix(".sound")))
    site.catalogue.write_bytes(os.urandom(65_536))
    yield
    os.replace(sound, site.catalogue)


@contextmanager
def _catalogue_replaced(site: Site) -> Iterator[None]:
    """By a store of the same fiches that was made elsewhere."""
    draft = Path(shutil.copy(site.catalogue, site.catalogue.with_suffix(".draft")))
    os.replace(draft, site.catalogue)
    yield


@contextmanager
def _disk_full(site: Site) -> Iterator[None]:
    """A file that takes all the room of the small disk (a tmpfs) on which the conversations are."""
    with closing(sqlite3.connect(site.conversations_file, timeout=180)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else there is room in the log's own file
    filler = site.conversations_file.with_name("filler")
    with filler.open("wb") as file:
        block = b"\0" * 65_536
        while block:
            try:
                os.write(file.fileno(), block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                block = block[: len(block) // 2]
    yield
    filler.unlink()


def _stopped(which: Callable[[Site], Server | None]) -> Cause:
    @contextmanager
    def cause(site: Site) -> Iterator[None]:
        server = which(site)
        assert server is not None
        server.stop(signal.SIGQUIT if isinstance(server, PostgresServer) else signal.SIGKILL)
        yield
        server.start()

    return cause


def _frozen(which: Callable[[Site], Server | None]) -> Cause:
    @contextmanager
    def cause(site: Site) -> Iterator[None]:
        server = which(site)
        assert server is not None
        server.freeze()
        yield
        server.thaw()

    return cause


ALONE = (
    Fault("conversations (SQLite) locked by another program for 15 s", _locked(lambda s: s.conversations_file), 15.0),
    Fault("file of conversations removed", _conversations_removed, refuses=None),
    Fault("file of conversations replaced by an empty one", _conversations_replaced, refuses=None),
    Fault("file of conversations overwritten with noise, then put back", _conversations_corrupted),
    Fault("catalogue locked by another program", _locked(lambda s: s.catalogue), refuses=False),
    Fault("file of the catalogue removed, then put back", _catalogue_removed, refuses=False),
    Fault("file of the catalogue replaced", _catalogue_replaced, refuses=False),
    Fault("file of the catalogue overwritten with noise, then put back", _catalogue_corrupted, refuses=False),
    Fault("action raises", _part("action raises")),
    Fault("action hangs", _part("action hangs"), 5.0),
    Fault("model raises", _part("model fails")),
    Fault("disk of the conversations full", _disk_full),
)
SHARED = (
    Fault("PostgreSQL stopped and started again", _stopped(lambda s: s.postgres)),
    Fault("PostgreSQL frozen (SIGSTOP) for 10 s", _frozen(lambda s: s.postgres), 10.0),
    Fault("Redis killed and started again", _stopped(lambda s: s.redis)),
    Fault("Redis frozen (SIGSTOP) for 10 s", _frozen(lambda s: s.redis), 10.0),
)
