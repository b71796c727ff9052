"""A program in a terminal of its own: what it shows is waited for, what is typed reaches it as from a keyboard."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

# Longer than any machine needs: a test waits for what is shown, this only ends it where that never comes.
_PATIENCE = 300.0


class Terminal:
    """A program started in a pseudo-terminal; ended, where it has not ended by itself, on exit."""

    def __init__(self, command: Sequence[str], where: Path, environment: Mapping[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command, cwd=where, env={**environment, "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
        os.close(self._ours)

    def type(self, line: str) -> None:
        """Type a line and the Enter key."""
        os.write(self._ours, f"{line}\r".encode())

    def wait_for(self, text: str) -> None:
        """Read until `text` is shown; raises AssertionError where the program ends first, or never shows it."""
        end = time.monotonic() + _PATIENCE
        while text not in self.shown:
            assert time.monotonic() < end, self.shown[-2000:]
            assert self._read(), f"it ended without showing {text!r}: {self.shown[-2000:]}"

    def ended(self) -> int:
        """Its status, once it has ended."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE)

    def _read(self) -> bool:
        """Read what is there; False once nothing will come any more."""
        ready, _, _ = select.select([self._ours], [], [], 1.0)
        if not ready:
            return self._process.poll() is None
        try:
            self.shown += os.read(self._ours, 65536).decode(errors="replace")
        except OSError:  # the program closed its side
            return False
        return True
