"""Whether erasures hold up the others: python -m benchmarks.erasures.

Fills the file of conversations to MEGABYTES, then erases ERASURES conversations within SECONDS while others send
MESSAGES messages in the same time, at an even pace; prints how many of each were refused, and how long they took.
Exit status 1 where any was refused, or a word that was erased is in the files when the server has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fiches import BUILD
from benchmarks.report import machine, percentile, say, table
from benchmarks.speed.sides import Side, SideFailed, jalon
from bot.runtime.model import TrainingFailed, ensure_model
from bot.settings import ROOT

FOLDER = BUILD / "bench" / "erasures"
WORD = "zorglubidule"


@dataclass
class Seen:
    """The statuses that came, and the seconds that each took."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def of(self, call: Callable[[], Awaitable[int]]) -> None:
        """Make a call and note what came."""
        start = time.perf_counter()
        self.statuses.append(await call())
        self.seconds.append(time.perf_counter() - start)

    def row(self, what: str) -> list[str]:
        """A row of the table."""
        refused = sum(status >= 400 for status in self.statuses)
        times = (f"{percentile(self.seconds, share):.3f}" for share in (0.5, 0.95, 1.0))
        return [what, f"{len(self.statuses)}", f"{refused}", *times]


class Pupil:
    """Someone in a conversation of their own."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url

    async def open(self) -> None:
        """Open the session."""
        async with self._http.post(f"{self._url}/chat/session", json={}) as reply:
            self._session = (await reply.json())["session"]

    async def say(self, text: str) -> int:
        """The status of the reply to a message."""
        return await self._call("POST", "message", {"text": text})

    async def erase(self) -> int:
        """The status of an erasure."""
        return await self._call("DELETE", "session", {})

    async def _call(self, method: str, path: str, fields: dict[str, str]) -> int:
        body = {"session": self._session, **fields}
        async with self._http.request(method, f"{self._url}/chat/{path}", json=body) as reply:
            await reply.read()
            return reply.status


async def erase_beside(url: str, erasures: int, messages: int, seconds: float) -> tuple[Seen, Seen]:
    """What came of erasures and of messages that are sent beside them, each at an even pace for some seconds."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
        doomed, others = ([Pupil(http, url) for _ in range(count)] for count in (erasures, 10))
        for pupil in [*doomed, *others]:
            await pupil.open()
            await pupil.say(f"durée du bac pro {WORD if pupil in doomed else 'boulanger'}")
        erased, said = Seen(), Seen()
        calls = [(seconds * n / erasures, erased, doomed[n].erase) for n in range(erasures)]
        for n in range(messages):
            pupil = others[n % len(others)]
            calls.append((seconds * n / messages, said, lambda pupil=pupil: pupil.say("et ça dure combien de temps ?")))
        await asyncio.gather(*(_after(wait, seen, call) for wait, seen, call in calls))
        return erased, said


async def _after(wait: float, seen: Seen, call: Callable[[], Awaitable[int]]) -> None:
    await asyncio.sleep(wait)
    await seen.of(call)


def fill(file: Path, megabytes: float) -> None:
    """Add conversations of an hour ago to the file until it has so many megabytes, of 2^20 bytes."""
    data = '{"event": "bot", "text": "' + "x" * 1000 + '"}'
    with closing(sqlite3.connect(file)) as database:
        number = 0
        while file.stat().st_size < megabytes * 2**20:
            for _ in range(500):
                number += 1
                row = (f"filler{number:026d}", 4, 1, time.time(), time.time() - 3600, "{}")
                database.execute("INSERT INTO conversation VALUES (?, ?, ?, ?, ?, ?)", row)
                events = [(row[0], position, "bot", data) for position in range(4)]
                insert = "INSERT INTO event (sender_id, position, type_name, data) VALUES (?, ?, ?, ?)"
                database.executemany(insert, events)
            database.commit()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main() -> int:
    """Run it on a server of its own; print and keep the table."""
    arguments = _arguments()
    try:
        ensure_model()
        side = jalon(FOLDER, "Jalon", ROOT / "seeds", with_training=False)
        try:
            side.start()
            fill(FOLDER / "conversations.db", arguments.megabytes)
            say(f"{(FOLDER / 'conversations.db').stat().st_size / 2**20:.0f} MB of conversations")
            erased, said = asyncio.run(
                erase_beside(side.url, arguments.erasures, arguments.messages, arguments.seconds)
            )
        finally:
            side.stop()
    except (SideFailed, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1
    left = traces(side)
    rows = [erased.row("erasures"), said.row("messages beside them")]
    head = ["what", "sent", "refused", "median s", "95% s", "slowest s"]
    report = f"On {machine()}. Of what was erased, {len(left)} files hold a trace.\n\n{table(head, rows)}\n"
    (FOLDER / "erasures.md").write_text(report, encoding="utf-8")
    print(report)
    return int(bool(left) or any(status >= 400 for status in [*erased.statuses, *said.statuses]))


def traces(side: Side) -> Sequence[Path]:
    """The files of conversations that hold the word."""
    return [file for file in side.folder.glob("conversations.db*") if WORD.encode() in file.read_bytes()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=48.0)
    parser.add_argument("--erasures", type=int, default=30)
    parser.add_argument("--messages", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=5.0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
