"""The table of faults: one row a fault, over all the times it was made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

_HEAD = (
    "| fault | times | messages meanwhile | answered | 503 | no connection | slowest reply, s "
    "| longest stall of the event loop, s | back after, s | acknowledged, in all | lost |",
    "| --- |" + " --- |" * 10,
)


@dataclass(frozen=True)
class Result:
    """What one fault did: counts of messages, times in seconds."""

    meanwhile: int
    answered: int
    refused: int
    unconnected: int
    slowest: float
    stall: float
    back: float
    acknowledged: int
    lost: int


class Results:
    """Results by the name of the fault, in the order they came."""

    def __init__(self) -> None:
        self._results: defaultdict[str, list[Result]] = defaultdict(list)

    def add(self, name: str, result: Result) -> None:
        self._results[name].append(result)

    def markdown(self) -> str:
        """Sums of counts, the worst of times."""
        return "\n".join([*_HEAD, *(_line(name, results) for name, results in self._results.items())])


def _line(name: str, results: list[Result]) -> str:
    counts = [sum(getattr(r, field) for r in results) for field in ("meanwhile", "answered", "refused", "unconnected")]
    times = [max(getattr(r, field) for r in results) for field in ("slowest", "stall", "back")]
    rest = [sum(getattr(r, field) for r in results) for field in ("acknowledged", "lost")]
    cells = [name, len(results), *counts, *(f"{value:.2f}" for value in times), *rest]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
