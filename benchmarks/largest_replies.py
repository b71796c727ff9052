"""Whether the largest replies stay in memory: python -m benchmarks.largest_replies.

Asks a server over the whole catalogue (without ../shared over the seeds) for its longest list again and again, with
keys, in sessions that change, and prints what it has in RAM before, meanwhile and after, and what the conversations
take on the disk. Exit status 1 where memory grew by more than MOST_GROWTH, or a reply was wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fiches import ARCHIVE, BUILD, extract_formations
from benchmarks.report import machine, say, table
from benchmarks.speed.sides import Side, SideFailed, jalon
from bot.runtime.model import TrainingFailed, ensure_model
from bot.settings import ROOT

FOLDER = BUILD / "bench" / "largest_replies"
QUESTION = "quelles formations en 2 ans"
MESSAGES_OF_A_SESSION = 20
SAME = 8
CLIENTS = 4
PARTS = 10
MOST_GROWTH = 0.10


class Asking:
    """Asks for long lists, and adds up what comes: replies, wrong ones, bytes, and the bytes of the largest."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.replies = self.wrong = self.bytes = self.largest = 0

    async def ask(self, messages: int) -> None:
        """Send so many messages, of CLIENTS at once."""
        turns = iter(range(messages))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as http:
            await asyncio.gather(*(self._client(http, turns) for _ in range(CLIENTS)))

    async def _client(self, http: aiohttp.ClientSession, turns: Iterator[int]) -> None:
        for number, turn in enumerate(turns):
            if number % MESSAGES_OF_A_SESSION == 0:
                async with http.post(f"{self._url}/chat/session", json={}) as opened:
                    session = (await opened.json())["session"]
            body = {"session": session, "text": QUESTION, "key": f"k{turn}"}
            async with http.post(f"{self._url}/chat/message", json=body) as reply:
                told = await reply.read()
            self.replies += 1
            self.wrong += reply.status != 200
            self.bytes += len(told)
            self.largest = max(self.largest, len(told))


def measure(side: Side, messages: int) -> tuple[Asking, list[float]]:
    """Ask for `messages` largest replies: what came, and the memory of the server in MB before and after each part."""
    asking = Asking(side.url)
    asyncio.run(asking.ask(CLIENTS))
    memory = [_settled(side)]
    for _ in range(PARTS):
        asyncio.run(asking.ask(messages // PARTS))
        memory.append(side.memory_mb())
        say(f"{asking.replies} replies, {asking.bytes / 1e6:.0f} MB sent, {memory[-1]:.0f} MB in memory")
    return asking, memory


def _settled(side: Side) -> float:
    """The memory of the server once it does not change any more: a thread loads word lists after the start."""
    seen = [side.memory_mb()]
    while len(seen) < SAME or max(seen[-SAME:]) > 1.01 * min(seen[-SAME:]):
        time.sleep(1)
        seen.append(side.memory_mb())
    return seen[-1]


def main() -> int:
    """Run it on a server of its own; print and keep the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=5_000)
    messages = parser.parse_args().messages
    try:
        ensure_model()
        seeds = extract_formations() if ARCHIVE.is_file() else ROOT / "seeds"
        side = jalon(FOLDER, "Jalon", seeds, with_training=False)
        try:
            side.start()
            asking, memory = measure(side, messages)
            stored = sum(file.stat().st_size for file in FOLDER.glob("conversations.db*"))
        finally:
            side.stop()
    except (SideFailed, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1
    growth = memory[-1] / memory[0] - 1
    head = ["replies", "of them wrong", "largest, kB", "sent, MB", "memory before, MB", "after, MB", "growth"]
    head.append("stored for each, kB")
    row = [f"{asking.replies}", f"{asking.wrong}", f"{asking.largest / 1e3:.0f}", f"{asking.bytes / 1e6:.0f}"]
    row += [f"{memory[0]:.0f}", f"{memory[-1]:.0f}", f"{growth:+.1%}", f"{stored / asking.replies / 1e3:.1f}"]
    report = f"On {machine()}.\n\n" + table(head, [row]) + "\n"
    (FOLDER / "largest_replies.md").write_text(report, encoding="utf-8")
    print(report)
    return int(growth > MOST_GROWTH or asking.wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
