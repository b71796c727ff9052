"""The real server, `python -m bot serve`, as a process of its own over stores of its own; and one who talks to it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.runtime.model import QUIET
from bot.settings import ROOT

T = TypeVar("T")
COMMAND = (sys.executable, "-m", "bot", "serve")
# These measure nothing: they end a test that waits for what never comes, however busy the machine.
START_SECONDS = 600.0  # training included, where someone changed the data meanwhile
STOP_SECONDS = 180.0
CLIENT_SECONDS = 180.0
PATIENT_SECONDS = 180.0
# How much longer than usual a server waits for all that it waits for: as good as for ever, and not for what hangs.
PATIENCE = 20.0
SECRET = "a secret of the tests that is known to all of them"
Message = dict[str, Any]


def wait_for(condition: Callable[[], T], seconds: float, what: str) -> T:
    """The first true value of `condition`, asked ten times a second; AssertionError where it never is."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)


class LiveServer:
    """A server on a free port of loopback, with its seeds, its stores and its log in `folder`."""

    def __init__(
        self, folder: Path, seeds: Path, command: Sequence[str] = COMMAND, variables: Mapping[str, str] | None = None
    ) -> None:
        self._command = command
        self.seeds = Path(shutil.copytree(seeds, folder / "seeds"))
        self.log = folder / "server.log"
        self.conversations = folder / "conversations.db"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.store = f"sqlite:///{folder}/catalogue.db"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("JALON_") or name.startswith("JALON_RUNTIME")
        }
        self.environment = {
            **inherited,
            **QUIET,
            "JALON_SEEDS": str(self.seeds),
            "JALON_DATABASE_URL": self.store,
            "JALON_TRACKER_URL": f"sqlite:///{self.conversations}",
            "JALON_PORT": str(port),
            "JALON_SECRET": SECRET,
            "JALON_PATIENCE": str(PATIENCE),
            "JALON_RATE_SESSION": "0",
            "JALON_RATE_ADDRESS": "0",
            **(variables or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when /health says that a message would be answered."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_for(self._healthy, START_SECONDS, "the server to start")
        except BaseException:
            self.stop()
            raise

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End it, as Ctrl-C does; its exit status, of a killed process where it did not end in time."""
        if self._process is None:
            return 0
        self._process.send_signal(how)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()

    @property
    def pid(self) -> int:
        """Its process, which must have been started."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as a power cut does; `start` starts it again."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def logged(self) -> str:
        """All that it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ingest(self, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run the command that imports a folder of fiches into the store of this server."""
        return subprocess.run(
            [sys.executable, "-m", "bot", "ingest", str(folder)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENT_SECONDS,
        )

    def messages_processed(self) -> int:
        """How many messages of users are in the store of conversations."""
        with sqlite3.connect(f"file:{self.conversations}?mode=ro", uri=True) as store:
            (count,) = store.execute("SELECT count(*) FROM event WHERE type_name = 'user'").fetchone()
        return int(count)

    def _healthy(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended before it was ready:\n{self.logged()[-3000:]}"
        try:
            return httpx.get(f"{self.url}/health", timeout=CLIENT_SECONDS).status_code == 200
        except httpx.TransportError:
            return False


class Pupil:
    """Someone in a conversation of their own."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        opened = client.post("/chat/session", json={})
        assert opened.status_code == 201, opened.text
        self.session: str = opened.json()["session"]
        self.greeting: list[Message] = opened.json()["messages"]

    def post(self, **fields: Any) -> httpx.Response:
        """`POST /chat/message` with these fields, and the session."""
        return self.client.post("/chat/message", json={"session": self.session, **fields})

    def say(self, text: str) -> list[Message]:
        """The messages in reply to typed text."""
        return self._messages(self.post(text=text))

    def choose(self, choice: str) -> list[Message]:
        """The messages in reply to a choice, by its id."""
        return self._messages(self.post(choice=choice))

    def restart(self) -> list[Message]:
        """The messages after `POST /chat/restart`."""
        return self._messages(self.client.post("/chat/restart", json={"session": self.session}))

    @staticmethod
    def _messages(reply: httpx.Response) -> list[Message]:
        assert reply.status_code == 200, reply.text
        messages: list[Message] = reply.json()["messages"]
        return messages
