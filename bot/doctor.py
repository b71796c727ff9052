"""Checks an installation and says what is wrong with it and how to solve that. Changes nothing."""

from __future__ import annotations

import re
import resource
import shlex
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from ipaddress import ip_address
from pathlib import Path

import redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.catalogue.ingest import IngestError, ingest
from bot.catalogue.store import connect, read_catalogue, read_origin, read_version
from bot.settings import MIN_SECRET, ROOT, SECRET_FILE, Settings, SettingsError, load_settings

# The version that the lock file is for, and the one for Rasa as published (make test-stock).
PYTHON = ((3, 12), (3, 10))
LOCK = ROOT / "requirements.lock"
FREE_DISK = 500 * 2**20
FREE_MEMORY = 2**30
# Two hundred of them are for files, the rest for connections. The server raises its soft limit to the hard limit.
DESCRIPTORS = 4096
_WAIT_SECONDS = 3
_MOST_NAMED = 5
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)(?:\s*;.*?)?\s*\\?$", re.MULTILINE)


@dataclass(frozen=True)
class Problem:
    """What a check found to be wrong (`what`), and how to solve it (`mend`). A check returns None if all is well."""

    what: str
    mend: str


Check = Callable[[Settings], Problem | None]


def examine() -> Iterator[tuple[str, Problem | None]]:
    """Yield the name and the result of each check. Checks that need settings are left out if these are invalid."""
    yield "Python", python_version()
    yield "libraries", libraries()
    try:
        settings = load_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            yield "settings", Problem(line, "set this variable anew or unset it: see README.md, Configuration")
        return
    yield "settings", None
    for name, check in CHECKS.items():
        yield name, check(settings)


def python_version(version: tuple[int, int] = sys.version_info[:2]) -> Problem | None:
    """Check that Python has one of the versions that the libraries were tested with."""
    if version in PYTHON:
        return None
    found = ".".join(map(str, version))
    return Problem(f"This is Python {found}; Jalon needs 3.12.", "use the one that `make` installs: .venv/bin/python")


def libraries(lock: Path = LOCK) -> Problem | None:
    """Check that the installed libraries are those of the lock file."""
    if not lock.exists():
        return Problem(f"There is no {lock}.", "take it from the repository again: git checkout requirements.lock")
    wrong = []
    for name, wanted in _PINNED.findall(lock.read_text(encoding="utf-8")):
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = "missing"
        if found != wanted:
            wrong.append(f"{name} {wanted} ({found})")
    if not wrong:
        return None
    more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
    return Problem(
        f"Libraries differ from {lock.name}: {', '.join(wrong[:_MOST_NAMED])}{more}.",
        "install them again: rm -f .venv/run-ready && make train",
    )


def seeds(settings: Settings) -> Problem | None:
    """Check that the folder of fiches exists and that each fiche can be read."""
    if not settings.seeds.is_dir():
        return Problem(f"There is no folder {settings.seeds}.", "set JALON_SEEDS to the folder of the fiches")
    try:
        _version_of(settings.seeds)
    except IngestError as error:
        more = f" (and {len(error.lines) - 1} more)" if len(error.lines) > 1 else ""
        return Problem(f"The fiches cannot be imported: {error.lines[0]}{more}", "mend the files that are named")
    return None


def catalogue(settings: Settings) -> Problem | None:
    """Check that the store of fiches has the present content of the folder that it was made from."""
    url = make_url(settings.database_url)
    mend = "python -m bot ingest"
    if _is_missing_file(settings.database_url):
        return Problem(f"There is no store of fiches yet: {url.database} does not exist.", mend)
    try:
        engine = connect(settings.database_url)
        try:
            version = read_version(engine)
            made_from, _ = read_origin(engine)
            if version is not None:
                read_catalogue(engine)
        finally:
            engine.dispose()
    except (SQLAlchemyError, ValueError, TypeError, LookupError) as error:
        if url.get_backend_name() == "sqlite":
            return Problem(
                f"The store of fiches {url.database} cannot be read: {_short(error)}",
                f"put the file away and make it again: mv {url.database} {url.database}.bad; {mend}",
            )
        return Problem(f"The database of fiches {url!r} cannot be reached: {_short(error)}", _MEND_DATABASE)
    if version is None:
        return Problem(f"The store of fiches {url!r} is empty.", mend)
    folder = Path(made_from) if made_from else settings.seeds
    try:
        if folder.is_dir() and version != _version_of(folder):
            return Problem(f"The store does not hold what {folder} holds now.", f"{mend} {shlex.quote(str(folder))}")
    except IngestError:
        pass  # the check `seeds` reports it
    return None


def model(_settings: Settings) -> Problem | None:
    """Check that there is a model for the present data, configuration and code."""
    from bot.runtime.model import MODELS, model_path

    if model_path().exists():
        return None
    older = any(MODELS.glob("jalon-*.tar.gz"))
    what = "The model is older than the data, the configuration or the code." if older else "There is no model yet."
    return Problem(what, "make train (the next start does it too, in about a minute)")


def port(settings: Settings) -> Problem | None:
    """Check that the port is free, or that Jalon listens there."""
    return None if _is_jalon(settings) else taken(settings)


def taken(settings: Settings) -> Problem | None:
    """Check that the port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Problem(
                f"Jalon cannot listen on {settings.host}, port {settings.port}: {error.strerror}.",
                "stop the program that listens there, or set JALON_PORT (or JALON_HOST) to something else",
            )
    return None


def secret(settings: Settings, file: Path = SECRET_FILE) -> Problem | None:
    """Check that the file with the secret, if used, is long enough and that no other user can read it."""
    if settings.secret is not None or not file.exists():
        return None
    if stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        return Problem(f"Others may read the secret in {file}.", f"chmod 600 {file}")
    if len(file.read_text(encoding="ascii", errors="replace").strip()) < MIN_SECRET:
        return Problem(f"The secret in {file} is too short.", f"rm {file} (a new one is made; sessions start anew)")
    return None


def conversations(settings: Settings) -> Problem | None:
    """Check that the database of conversations answers, and that a SQLite file is not damaged."""
    url = make_url(settings.tracker_url)
    if url.get_backend_name() == "sqlite":
        return _conversations_file(Path(url.database))
    try:
        with create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": _WAIT_SECONDS}).connect() as there:
            there.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Problem(f"The database of conversations {url!r} cannot be reached: {_short(error)}", _MEND_DATABASE)
    return None


def _conversations_file(file: Path) -> Problem | None:
    folder = next(parent for parent in file.parents if parent.exists())
    if not folder.is_dir() or not _writable(folder):
        return Problem(f"Conversations cannot be written in {folder}.", "make it a folder that you may write in")
    if not file.exists():
        return None
    try:
        with create_engine(f"sqlite:///{file}", poolclass=NullPool).connect() as connection:
            told = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    except SQLAlchemyError as error:
        told = _short(error)
    if told == "ok":
        return None
    return Problem(
        f"The file of conversations {file} is damaged: {told}",
        f"stop the server and put it away, a new one is made: mv {file} {file}.bad; rm -f {file}-wal {file}-shm",
    )


def shared_redis(settings: Settings) -> Problem | None:
    """Check that Redis answers, if it is used."""
    if settings.redis_url is None:
        return None
    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=_WAIT_SECONDS, socket_connect_timeout=_WAIT_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return Problem(f"Redis does not answer: {_short(error)}", "start it, or set JALON_REDIS_URL to where it is")
    finally:
        client.close()
    return None


def disk(settings: Settings, least: int = FREE_DISK) -> Problem | None:
    """Check that at least `least` bytes are free for conversations, the catalogue and a model."""
    urls = [make_url(url) for url in (settings.tracker_url, settings.database_url)]
    files = [Path(url.database) for url in urls if url.get_backend_name() == "sqlite"]
    for place in [*files, ROOT / "build"]:
        folder = next(parent for parent in [place, *place.parents] if parent.is_dir())
        free = shutil.disk_usage(folder).free
        if free < least:
            return Problem(
                f"Only {free // 2**20} MB are free where {folder} is.",
                "make room: messages are refused, not lost, while the disk is full",
            )
    return None


def descriptors(_settings: Settings, least: int = DESCRIPTORS) -> Problem | None:
    """Check that the process may open at least `least` files and connections, enough for a school."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard == resource.RLIM_INFINITY or hard >= least:
        return None
    return Problem(
        f"A server may open only {hard} files and connections here.",
        f"allow more: ulimit -Hn {least}, LimitNOFILE={least} of systemd, or --ulimit nofile={least} of the container",
    )


def memory(
    _settings: Settings,
    least: int = FREE_MEMORY,
    info: Path = Path("/proc/meminfo"),
    limit: Path = Path("/sys/fs/cgroup/memory.max"),
) -> Problem | None:
    """Check that at least `least` bytes of memory are available, enough for one server."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", info.read_text(encoding="ascii"), re.MULTILINE)
    free = int(found[1]) * 1024 if found else least
    allowed = limit.read_text(encoding="ascii").strip() if limit.exists() else "max"
    free = free if allowed == "max" else min(free, int(allowed))
    if free >= least:
        return None
    return Problem(
        f"Only {free // 2**20} MB of memory are available, a server needs about {least // 2**20}.",
        "stop other programs, or give the machine or the container more",
    )


def origins(settings: Settings) -> Problem | None:
    """Check that the other sites that show the chat use https."""
    plain = [o for o in settings.origins if re.match(r"http://(?!localhost\b|127\.|\[::1\])", o)]
    if not plain:
        return None
    return Problem(
        f"JALON_ORIGINS names sites without encryption: {', '.join(plain)}.",
        "write https:// where the site has it; pupils' messages are readable on the way otherwise",
    )


def privacy(settings: Settings) -> Problem | None:
    """Check that pupils are told who is responsible for their data, if other machines can reach the server."""
    if settings.controller or settings.host == "localhost":
        return None
    try:
        if ip_address(settings.host).is_loopback:
            return None
    except ValueError:
        pass  # not an address, so a name by which others may reach it
    return Problem(
        "Pupils are not told who answers for their data: JALON_CONTROLLER is not set.",
        "set it to the name and address of the school or body that offers the chat, and JALON_DPO to whom to ask",
    )


CHECKS: dict[str, Check] = {
    "fiches": seeds,
    "catalogue": catalogue,
    "model": model,
    "port": port,
    "secret": secret,
    "conversations": conversations,
    "Redis": shared_redis,
    "disk": disk,
    "memory": memory,
    "descriptors": descriptors,
    "origins": origins,
    "privacy": privacy,
}

_MEND_DATABASE = "start the database, or set JALON_DATABASE_URL and JALON_TRACKER_URL to where it is"


def _version_of(folder: Path) -> str | None:
    """Return the version that a store would have if made from the fiches in `folder`; raises IngestError."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/catalogue.db"
        ingest(folder, url)
        engine = connect(url)
        try:
            return read_version(engine)
        finally:
            engine.dispose()


def _is_missing_file(url: str) -> bool:
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database).exists()


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_jalon(settings: Settings) -> bool:
    """Return whether the program that listens on the port answers like /health of Jalon."""
    try:
        with socket.create_connection((settings.host, settings.port), timeout=_WAIT_SECONDS) as there:
            there.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b'{"status":' in there.makefile("rb").read(4096)
    except OSError:
        return False


def _short(error: BaseException) -> str:
    """Return the first line of an error message, without the link that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
