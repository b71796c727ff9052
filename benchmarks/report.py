"""What the benchmarks share: progress on the terminal, Markdown tables, sections of documents written anew."""

from __future__ import annotations

import math
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

START = "<!-- bench -->"
END = "<!-- /bench -->"
_BORN = time.perf_counter()


def say(text: str) -> None:
    """One line of progress, with the seconds since the start; on stderr, results go to stdout."""
    print(f"[{time.perf_counter() - _BORN:6.0f} s] {text}", file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is aligned right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_section(document: Path, title: str, body: str) -> None:
    """Put `body` between the markers of `document`; the file, or the markers at its end, are made where missing."""
    text = document.read_text(encoding="utf-8") if document.exists() else f"# {title}\n"
    if START not in text:
        text = f"{text.rstrip()}\n\n{START}\n{END}\n"
    pattern = re.compile(f"{re.escape(START)}.*?{re.escape(END)}", re.DOTALL)
    text = pattern.sub(lambda _: f"{START}\n{body.strip()}\n{END}", text, count=1)
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(text, encoding="utf-8")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def resident_mb() -> float:
    """The memory of this process that is in RAM, in MB of 10^6 bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def machine() -> str:
    """The processor and how many of its cores there are, for the reader of a measurement."""
    names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    cores = os.cpu_count() or 1
    return f"{cores} core{'s' * (cores > 1)} of {names[0] if names else 'an unnamed processor'}"
