"""Measure Jalon beside stock Rasa, in one run: `make bench`. Results go to build/bench/speed: table, figures, plot."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
from benchmarks.fiches import ARCHIVE, BUILD, extract_formations
from benchmarks.report import machine, percentile, say, table, write_section
from benchmarks.speed import load
from benchmarks.speed.sides import Side, SideFailed, floor, jalon, stock
from bot.runtime.model import TrainingFailed, ensure_model
from bot.settings import ROOT

FOLDER = BUILD / "bench" / "speed"
DOCUMENT = ROOT / "docs" / "performance.md"
CLIENTS = (1, 10, 50)
# Conversations of one pass, of all clients together.
CONVERSATIONS = {1: 6, 10: 30, 50: 75}
WARM_UP = 4


@dataclass
class Figures:
    """All passes of one side with one number of clients."""

    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wrong: int = 0

    def add(self, seen: load.Pass, cpu: float) -> None:
        """Count one more pass, and the processor's time that the server took."""
        self.seconds += seen.seconds
        self.rates.append(len(seen.seconds) / seen.wall)
        self.cpu.append(cpu / len(seen.seconds))
        self.wrong += seen.wrong

    @property
    def rate(self) -> float:
        """Replies a second: the median of the passes."""
        return statistics.median(self.rates)

    def ms(self, share: float) -> float:
        """The milliseconds that `share` of the replies did not exceed."""
        return percentile(self.seconds, share) * 1000


def main() -> int:
    """Start all, load them in turn, write what was seen."""
    arguments = _arguments()
    try:
        with ExitStack() as stack:
            sides = _sides(arguments)
            for side in sides:
                say(f"{side.title}: training and starting")
                side.prepare()
                stack.callback(side.stop)
                side.start()
            figures = _measure(sides, arguments.rounds)
            memory = {side.title: side.memory_mb() for side in sides}
    except (SideFailed, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1
    report = _report(sides, figures, memory)
    (FOLDER / "speed.md").write_text(report, encoding="utf-8")
    _keep(sides, figures, memory)
    _plot(sides, figures)
    if arguments.document:
        write_section(DOCUMENT, "Performance", report)
    print(report)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="passes of each side with each number of clients")
    parser.add_argument("--stock", type=Path, required=True, help="the Python of an environment with stock Rasa")
    parser.add_argument("--beside", type=Path, help="another checkout of Jalon, set up, to measure in the same run")
    parser.add_argument("--document", action="store_true", help="put the table into docs/performance.md")
    return parser.parse_args()


def _sides(arguments: argparse.Namespace) -> list[Side]:
    ensure_model()
    sides = [
        stock(FOLDER / "stock", arguments.stock.absolute()),
        jalon(FOLDER / "seeds", "Jalon, 2 fiches", ROOT / "seeds", with_training=True),
    ]
    if ARCHIVE.is_file():
        sides.append(jalon(FOLDER / "catalogue", "Jalon, 1,625 fiches", extract_formations(), with_training=False))
    else:
        say("no ../shared/catalogue: the whole catalogue is left out")
    if arguments.beside:
        title = "Jalon, 2 fiches, the other checkout"
        sides.append(
            jalon(FOLDER / "beside", title, arguments.beside / "seeds", with_training=False, checkout=arguments.beside)
        )
    return [*sides, floor(FOLDER / "floor")]


def _measure(sides: Sequence[Side], rounds: int) -> dict[tuple[str, int], Figures]:
    """Passes of all sides in turn, so that whatever else the machine does bears on all of them."""
    figures: dict[tuple[str, int], Figures] = defaultdict(Figures)
    for side in sides:
        load.run(side.url, side.open_one, side.texts, clients=WARM_UP, conversations=WARM_UP)
    for number in range(rounds):
        for clients in CLIENTS:
            for side in sides:
                before = side.cpu_seconds()
                seen = load.run(side.url, side.open_one, side.texts, clients, CONVERSATIONS[clients])
                figures[side.title, clients].add(seen, side.cpu_seconds() - before)
                rate = figures[side.title, clients].rates[-1]
                say(f"round {number + 1}, {clients} clients, {side.title}: {rate:.0f} replies a second")
    return figures


def _report(sides: Sequence[Side], figures: dict[tuple[str, int], Figures], memory: dict[str, float]) -> str:
    head = [
        "server",
        "clients",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "replies/s",
        "CPU ms/reply",
        "p50 ÷ stock",
        "rate × stock",
    ]
    rows = []
    for clients in CLIENTS:
        of_stock = figures[sides[0].title, clients]
        for side in sides:
            f = figures[side.title, clients]
            wrong = f" ({f.wrong} wrong)" if f.wrong else ""
            rows.append(
                [
                    side.title,
                    str(clients),
                    *(f"{f.ms(share):.1f}" for share in (0.5, 0.95, 0.99)),
                    f"{f.rate:.0f}{wrong}",
                    f"{statistics.median(f.cpu) * 1000:.1f}",
                    f"1/{of_stock.ms(0.5) / f.ms(0.5):.1f}",
                    f"{f.rate / of_stock.rate:.1f}",
                ]
            )
    first = sides[0]
    whole = []
    for side in sides:
        trained = "" if side.training_seconds is None else f"{side.training_seconds:.0f} ({side.training_cpu or 0:.0f})"
        ratio = f"1/{(first.training_seconds or 0) / side.training_seconds:.1f}" if side.training_seconds else ""
        whole.append(
            [
                side.title,
                f"{memory[side.title]:.0f}",
                f"1/{memory[first.title] / memory[side.title]:.1f}",
                f"{side.start_seconds:.1f}",
                f"1/{first.start_seconds / side.start_seconds:.1f}",
                trained,
                ratio,
            ]
        )
    whole_head = ["server", "RAM MB", "÷ stock", "start s", "÷ stock", "training s (CPU s)", "÷ stock"]
    return f"On {machine()}.\n\n{table(head, rows)}\n\n{table(whole_head, whole)}\n"


def _keep(sides: Sequence[Side], figures: dict[tuple[str, int], Figures], memory: dict[str, float]) -> None:
    kept = {
        "loads": [
            {
                "server": title,
                "clients": clients,
                "seconds": f.seconds,
                "rates": f.rates,
                "cpu": f.cpu,
                "wrong": f.wrong,
            }
            for (title, clients), f in figures.items()
        ],
        "servers": [
            {
                "server": side.title,
                "memory_mb": memory[side.title],
                "start_seconds": side.start_seconds,
                "training_seconds": side.training_seconds,
                "training_cpu": side.training_cpu,
            }
            for side in sides
        ],
    }
    (FOLDER / "speed.json").write_text(json.dumps(kept), encoding="utf-8")


def _plot(sides: Sequence[Side], figures: dict[tuple[str, int], Figures]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (waits, rates) = pyplot.subplots(1, 2, figsize=(11, 4))
    width = 0.8 / len(sides)
    for number, side in enumerate(sides):
        places = [at + number * width for at in range(len(CLIENTS))]
        waits.bar(places, [figures[side.title, clients].ms(0.5) for clients in CLIENTS], width, label=side.title)
        rates.bar(places, [figures[side.title, clients].rate for clients in CLIENTS], width)
    for axes, title in ((waits, "median reply, ms"), (rates, "replies a second")):
        axes.set_title(title)
        axes.set_yscale("log")
        axes.set_xticks([at + 0.4 - width / 2 for at in range(len(CLIENTS))], [str(clients) for clients in CLIENTS])
        axes.set_xlabel("clients at once")
    waits.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(FOLDER / "speed.png", dpi=120)


if __name__ == "__main__":
    sys.exit(main())
