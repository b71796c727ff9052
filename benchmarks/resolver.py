"""How fast, how large and how right the resolver of names is, on the catalogue and on catalogues far larger.

    .venv/bin/python benchmarks/resolver.py

Writes docs/resolver.md. Needs ../shared: the messages of tests/unit/mentions.jsonl name formations of the catalogue.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.fiches import ARCHIVE, BUILD, NoSharedFolder, need, widest_store
from benchmarks.report import machine, percentile, say, table, write_section
from benchmarks.titles import recombined
from bot.catalogue.fiche import Catalogue
from bot.catalogue.mention import Mention
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue
from bot.settings import ROOT

_DOCUMENT = ROOT / "docs" / "resolver.md"
_MESSAGES = ROOT / "tests" / "unit" / "mentions.jsonl"
_SIZES = (0, 20_000, 100_000)  # 0: the catalogue as it is
_FEW = 3
_BUILDS = 2

_HEADING = """## Measured

Made by `.venv/bin/python benchmarks/resolver.py`; do not edit by hand."""
_SPEED_HEAD = ("formations", "p50 ms", "p95 ms", "p99 ms", "slowest ms", "build s", "memory MB", "peak MB")
_ACCURACY_HEAD = ("messages", "number", "first", "in three")


@dataclass(frozen=True)
class Message:
    """One line of mentions.jsonl: titles or labels expected, of `kind` "formation", "job" or "none"."""

    text: str
    expect: tuple[str, ...]
    kind: str
    noise: str


@dataclass(frozen=True)
class Judged:
    """Whether a message was read right; for kind "none", `first` is whether nothing was found."""

    message: Message
    first: bool
    in_three: bool


@dataclass(frozen=True)
class Speed:
    """Processor seconds of each message and of one build; MB that the resolver takes, and at most while it is built."""

    formations: int
    messages: Sequence[float]
    build: float
    kept: float
    peak: float


def main() -> int:
    """Measure, print, write."""
    try:
        need(ARCHIVE)
    except NoSharedFolder as error:
        print(error, file=sys.stderr)
        return 2
    path = BUILD / "bench" / "resolver" / "catalogue.db"
    path.unlink(missing_ok=True)
    url, _ = widest_store(path)
    speeds = []
    for size in _SIZES:
        say(f"speed at {f'{size:,} titles' if size else 'the titles of the catalogue'}")
        speeds.append(_apart(_speed, url, size))
    say("accuracy")
    text = _document(speeds, _judge(url))
    print(text)
    write_section(_DOCUMENT, "Names", text)
    say(f"written to {_DOCUMENT.relative_to(ROOT)}")
    return 0


def _apart(function: Callable[[str, int], Speed], url: str, size: int) -> Speed:
    """The function's value, from a process of its own: memory and caches of one measurement stay out of the next."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, url, size).result()


def _speed(url: str, size: int) -> Speed:
    catalogue, texts = read_catalogue(connect(url)), [message.text for message in _messages()]
    formations = list(catalogue.formations.values())
    formations = recombined(formations, size) if size else formations
    jobs = list(catalogue.jobs.values())
    _times(Resolver(formations[:50], jobs[:50]), texts[:50])  # what is read and cached once, whatever the size
    builds, passes = [], []
    for _ in range(_BUILDS):
        start = time.thread_time()
        resolver = Resolver(formations, jobs)
        builds.append(time.thread_time() - start)
        passes.append(_times(resolver, texts))
        del resolver
    best = [min(times) for times in zip(*passes, strict=True)]
    return Speed(len(formations), best, min(builds), *_memory(lambda: Resolver(formations, jobs)))


def _memory(build: Callable[[], Resolver]) -> tuple[float, float]:
    """The MB that a resolver takes, and those taken at most while it is built."""
    gc.collect()
    tracemalloc.start()
    resolver = build()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del resolver
    return kept / 1e6, peak / 1e6


def _times(resolver: Resolver, texts: Iterable[str]) -> list[float]:
    seconds = []
    for text in texts:
        start = time.thread_time()
        resolver.resolve(text)
        seconds.append(time.thread_time() - start)
    return seconds


def _judge(url: str) -> list[Judged]:
    catalogue = read_catalogue(connect(url))
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values())
    return [_judged(message, resolver.resolve(message.text), catalogue) for message in _messages()]


def _judged(message: Message, mentions: Sequence[Mention], catalogue: Catalogue) -> Judged:
    """By the definitions of tests/unit/test_resolver.py."""
    if message.kind == "none":
        right = not any(mention.known for mention in mentions)
        return Judged(message, right, right)
    if message.kind == "job":
        expected = set(message.expect)
        right = expected <= {label for mention in mentions for label in mention.jobs}
        return Judged(message, right, any(expected & set(mention.jobs[:_FEW]) for mention in mentions))
    expected = {f.id for f in catalogue.formations.values() if f.title in message.expect}
    named = [mention for mention in mentions if mention.formations]
    found = set(named[0].formations) if len(named) == 1 else set()
    close = len(expected) > 1 and found >= expected and len(found) <= 2 * len(expected)
    in_three = any(expected & set(mention.formations[:_FEW]) for mention in mentions)
    return Judged(message, found == expected or close, in_three)


def _messages() -> list[Message]:
    lines = _MESSAGES.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [Message(row["text"], tuple(row["expect"]), row["kind"], row["noise"]) for row in rows]


def _document(speeds: Sequence[Speed], judged: Sequence[Judged]) -> str:
    speed = table(_SPEED_HEAD, [_speed_row(one) for one in speeds])
    parts = [_HEADING, "### Speed", speed, _speed_legend(speeds, len(judged)), "### Accuracy"]
    return "\n\n".join([*parts, _accuracy_table(judged), _accuracy_legend(judged, speeds[0].formations)])


def _speed_row(speed: Speed) -> list[str]:
    milliseconds = [f"{percentile(speed.messages, share) * 1000:.2f}" for share in (0.5, 0.95, 0.99, 1.0)]
    return [f"{speed.formations:,}", *milliseconds, f"{speed.build:.1f}", f"{speed.kept:.0f}", f"{speed.peak:.0f}"]


def _speed_legend(speeds: Sequence[Speed], messages: int) -> str:
    small, large = speeds[0], speeds[-1]
    titles = large.formations / small.formations
    median, tail = (percentile(large.messages, p) / percentile(small.messages, p) for p in (0.5, 0.95))
    return f"""`Resolver.resolve` over the {messages} messages of tests/unit/mentions.jsonl, on {machine()}, one \
process a row. Each message is met for the first time by each of {_BUILDS} new resolvers; its best processor time \
counts, since other programs run beside. **build**: seconds to make a resolver, the best of {_BUILDS}. \
**memory**, **peak**: what Python takes for the resolver, without the fiches, once it is made and at most while it is.

The first row is the catalogue. The others add titles to it made of the halves of real ones, with types and sigles \
like theirs (benchmarks/titles.py, seeded). They hold no new words, so each word has far longer lists than in any real \
catalogue of that size: a hard case for speed, and no measure of accuracy.

With {titles:.0f} times as many titles, the median message takes {median:.1f} times as long, and the 95th percentile \
{tail:.1f} times."""


def _accuracy_table(judged: Sequence[Judged]) -> str:
    kinds = {"formation": "formations", "job": "jobs", "none": "nothing named"}
    rows = []
    for kind, title in kinds.items():
        of_kind = [one for one in judged if one.message.kind == kind]
        rows.append(_accuracy_row(f"**{title}**", of_kind))
        noises = sorted({one.message.noise for one in of_kind})
        rows += [_accuracy_row(noise, [one for one in of_kind if one.message.noise == noise]) for noise in noises]
    return table(_ACCURACY_HEAD, rows)


def _accuracy_row(title: str, judged: Sequence[Judged]) -> list[str]:
    first = sum(one.first for one in judged) / len(judged)
    three = sum(one.in_three for one in judged) / len(judged)
    named = judged[0].message.kind != "none"
    return [title, str(len(judged)), f"{first:.1%}", f"{three:.1%}" if named else "–"]


def _accuracy_legend(judged: Sequence[Judged], formations: int) -> str:
    silent = [one for one in judged if one.message.kind == "none"]
    false = sum(not one.first for one in silent)
    return f"""On the catalogue of {formations:,} formations, by what the message names and how.

- **first**: formations: exactly one mention has formations, and they are those expected; where several are expected, \
it holds all of them and at most twice as many. Jobs: all expected labels are found. Nothing named: nothing is found.
- **in three**: one that is expected is among the first three of some mention.

False links, names found where there are none: {false} of {len(silent)} ({false / len(silent):.1%})."""


if __name__ == "__main__":
    sys.exit(main())
