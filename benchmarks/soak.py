"""Whether a server stays as it is: `make soak`. First as many messages as it takes, then pupils who pause (locust).

Exit status 1 where memory grew by MOST_GROWTH after the first tenth, replies took longer than SLOWEST_P95 in the second
part, or more than MOST_ERRORS of them failed.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fiches import BUILD
from benchmarks.report import machine, percentile, say, table
from benchmarks.speed import load
from benchmarks.speed.sides import Side, SideFailed, jalon
from bot.runtime.model import TrainingFailed, ensure_model
from bot.settings import ROOT

FOLDER = BUILD / "bench" / "soak"
MOST_GROWTH = 0.05
MOST_ERRORS = 0.001
SLOWEST_P95 = 1.0
CLIENTS = 10
PARTS = 10


@dataclass(frozen=True)
class Messages:
    """The first part: messages sent, how many failed, memory in MB after each tenth, the p95 of their seconds."""

    sent: int
    wrong: int
    memory: tuple[float, ...]
    p95: float

    @property
    def growth(self) -> float:
        """By how much the memory grew after the first tenth."""
        return self.memory[-1] / self.memory[0] - 1


def many_messages(side: Side, messages: int) -> Messages:
    """Send `messages` from CLIENTS at once, as fast as they are answered."""
    conversations = max(CLIENTS, messages // load.TURNS // PARTS)
    memory, seconds, wrong = [], [], 0
    for part in range(PARTS):
        seen = load.run(side.url, side.open_one, side.texts, CLIENTS, conversations)
        memory.append(side.memory_mb())
        seconds += seen.seconds
        wrong += seen.wrong
        say(f"{len(seconds)} messages, {memory[-1]:.0f} MB" + (f", {wrong} wrong" if wrong else "") * (part > 0))
    return Messages(len(seconds), wrong, tuple(memory), percentile(seconds, 0.95))


def main() -> int:
    """Run both parts on a server of their own; print and keep the table."""
    arguments = _arguments()
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        ensure_model()
        side = jalon(FOLDER / "server", "Jalon", ROOT / "seeds", with_training=False)
        try:
            side.start()
            many = many_messages(side, arguments.messages)
            asked, failed, p95 = _pupils(side.url, arguments.users, arguments.minutes)
        finally:
            side.stop()
    except (SideFailed, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1
    rows = [
        [f"{many.sent} messages, {CLIENTS} at once", f"{many.growth:+.1%}", f"{many.p95:.3f}", f"{many.wrong}"],
        [f"{arguments.users} pupils, {arguments.minutes:g} min, {asked} messages", "", f"{p95:.3f}", f"{failed}"],
    ]
    growth = f"memory after the first tenth ({many.memory[0]:.0f} MB)"
    report = f"On {machine()}.\n\n" + table(["load", growth, "p95 s", "failed"], rows) + "\n"
    (FOLDER / "soak.md").write_text(report, encoding="utf-8")
    print(report)
    errors = (many.wrong + failed) / (many.sent + asked)
    return int(many.growth > MOST_GROWTH or p95 > SLOWEST_P95 or errors > MOST_ERRORS)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=30.0)
    return parser.parse_args()


def _pupils(url: str, users: int, minutes: float) -> tuple[int, int, float]:
    """Pupils with pauses: (messages, failures, p95 in seconds)."""
    say(f"{users} pupils for {minutes:g} minutes")
    command = [
        *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py")), "--headless"),
        *("--host", url, "-u", str(users), "-r", "5", "-t", f"{max(1, round(minutes * 60))}s"),
        *("--csv", str(FOLDER / "pupils"), "--only-summary", "--exit-code-on-error", "0"),
    ]
    with (FOLDER / "locust.txt").open("wb") as log:
        subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=True)
    with (FOLDER / "pupils_stats.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["Name"] == "message")
    return int(row["Request Count"]), int(row["Failure Count"]), float(row["95%"]) / 1000


if __name__ == "__main__":
    sys.exit(main())
