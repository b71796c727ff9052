"""What benchmarks/nlu.py found, as Markdown: two tables for docs/nlu.md, and sentences that compare their rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.heldout import Heldout, Scores, Understood, flips
from benchmarks.report import machine, percentile, table

_ABLATIONS = ("one_model", "no_masking", "only_masked")
_STOCK = ("logistic", "diet")

_HEADING = "## Measured beside stock pipelines\n\nMade by `make bench-nlu` (benchmarks/nlu.py); do not edit by hand."
_QUALITY_HEAD = (
    "pipeline",
    "intent",
    "weighted F1",
    "macro F1",
    "facets F1",
    "facets exact",
    "out of scope",
    "rejected",
    "distress",
    "alarms",
    "in jest",
)
_COST_HEAD = ("pipeline", "train CPU s", "train wall s", "parse p50 ms", "parse p95 ms", "parse CPU ms", "MB")


@dataclass(frozen=True)
class Cost:
    """Seconds of training (None where nothing was trained), of parsing, and MB in RAM once loaded."""

    train_cpu: float | None
    train_wall: float | None
    p50: float
    p95: float
    cpu: float
    memory: float

    @classmethod
    def of(cls, trained: Mapping[str, Any] | None, rounds: Sequence[Mapping[str, Any]]) -> Cost:
        """From what the processes of one row wrote; of several rounds of measuring, the best figures."""
        return cls(
            trained["cpu"] if trained else None,
            trained["wall"] if trained else None,
            min(percentile(measured["seconds"], 0.5) for measured in rounds),
            min(percentile(measured["seconds"], 0.95) for measured in rounds),
            min(measured["cpu"] for measured in rounds),
            min(measured["memory"] for measured in rounds),
        )


@dataclass(frozen=True)
class Result:
    """One row: its title, what it made of each message, how good and how dear that is."""

    title: str
    understood: Mapping[str, Understood]
    scores: Scores
    cost: Cost


def document(results: Mapping[str, Result], heldout: Heldout, formations: int) -> str:
    """The section of docs/nlu.md: both tables with their legends; `results` by the keys of the rows."""
    quality = table(_QUALITY_HEAD, [_quality(result) for result in results.values()])
    cost = table(_COST_HEAD, [_cost(result) for result in results.values()])
    return "\n\n".join([_HEADING, quality, _quality_legend(heldout, formations), cost, _cost_legend(heldout)])


def findings(results: Mapping[str, Result], heldout: Heldout) -> str:
    """A list of sentences that compare the rows, for the terminal; `results` by the keys of the rows."""
    return "\n".join(f"- {sentence}" for sentence in _sentences(results, heldout))


def _quality(result: Result) -> list[str]:
    s = result.scores
    shares = (
        s.accuracy,
        s.weighted_f1,
        s.macro_f1,
        s.facets_f1,
        s.facets_exact,
        s.out_of_scope,
        s.rejected,
        s.distress,
        s.alarms,
        s.hyperboles,
    )
    return [result.title, *(f"{share:.1%}" for share in shares)]


def _cost(result: Result) -> list[str]:
    c = result.cost
    train = ["–" if seconds is None else f"{seconds:.1f}" for seconds in (c.train_cpu, c.train_wall)]
    return [result.title, *train, *(f"{seconds * 1000:.1f}" for seconds in (c.p50, c.p95, c.cpu)), f"{c.memory:.0f}"]


def _quality_legend(heldout: Heldout, formations: int) -> str:
    out = sum(out for _, out in heldout.out_of_scope)
    real = sum(real for _, real in heldout.distress)
    return f"""All learn from the same phrases (data/nlu) and answer the same unseen messages; names are looked for \
among {formations:,} formations.

- **intent**, **weighted F1**, **macro F1**: {len(heldout.intents)} sentences of tests/nlu_heldout.yml: right intents, \
and F1 of the intents, by their number of sentences or all alike. A fallback counts as a wrong intent.
- **facets F1**, **facets exact**: {len(heldout.facets)} questions of tests/nlu/questions_heldout.jsonl, \
{sum(len(asked) > 1 for _, asked in heldout.facets)} of which ask several things: F1 over the facets asked, and \
questions with exactly those. A stock pipeline, and ours without the second model, has the facets of its one intent.
- **out of scope**: of {out} messages of tests/nlu/scope_heldout.jsonl that no fiche answers, those given an intent \
that the dialogue turns down, or a fallback. Small talk with the bot counts as missed here.
- **rejected**: of the {len(heldout.out_of_scope) - out} messages of that set in scope, those turned down all the same.
- **distress**: of {real} messages of tests/nlu/distress_heldout.jsonl in distress, those understood so. **alarms**: \
messages in scope taken for distress. **in jest**: of {len(heldout.distress) - real} hyperboles and the like, those \
taken for distress."""


def _cost_legend(heldout: Heldout) -> str:
    return f"""Measured on {machine()}, all rows in one run, each in processes of its own, one after the other; \
since other programs run beside, all rows are measured several times in turn, and the best figures count.

- **train**: seconds of processor (all cores) and of waiting, Rasa and TensorFlow imported before.
- **parse**: one message through the whole NLU, over {len(heldout.texts()):,} messages met for the first time: median, \
95th percentile, and mean seconds of processor. `Agent.parse_message`, but for the rows called without Rasa: names \
resolved and the models asked, no graph.
- **MB**: memory in RAM of the process that parses, after its first messages. Rasa imports TensorFlow for any pipeline.

Percentages: with {len(heldout.intents)} sentences, chance alone moves a figure near 90% by \
±{_margin(0.9, len(heldout.intents)) * 100:.1f} points (95%), one of {len(heldout.facets)} questions by \
±{_margin(0.9, len(heldout.facets)) * 100:.1f}. Settings: ours as tuned while it was written, stock as Rasa documents \
them. The sentences were written for this project, so the absolute figures flatter all rows alike.

To make all this again: `make bench-nlu`; without DIET, printed only: `.venv/bin/python benchmarks/nlu.py --quick`."""


def _margin(share: float, count: int) -> float:
    return 1.96 * math.sqrt(share * (1 - share) / count)


def _sentences(results: Mapping[str, Result], heldout: Heldout) -> Iterator[str]:
    ours = results["ours"]
    for key in _STOCK:
        if key in results:
            yield _beside_stock(ours, results[key])
    yield _dearer(ours, results["direct"], "Rasa around our models")
    for key in _ABLATIONS:
        yield _without(results["direct"], results[key], heldout)


def _beside_stock(ours: Result, stock: Result) -> str:
    a, b = ours.scores, stock.scores
    train = (stock.cost.train_cpu or 0.0) / (ours.cost.train_cpu or math.inf)
    return (
        f"Ours beside “{stock.title}”: {_points(a.accuracy - b.accuracy)} of intent, "
        f"{_points(a.facets_f1 - b.facets_f1)} of facets F1, {_points(a.out_of_scope - b.out_of_scope)} of messages "
        f"out of scope seen, {_points(a.rejected - b.rejected)} of messages in scope rejected, "
        f"{_points(a.distress - b.distress)} of distress seen, {_points(a.hyperboles - b.hyperboles)} of jests taken "
        f"for it. The stock pipeline takes {train:.1f} times our processor time to train, and "
        f"{stock.cost.p50 / ours.cost.p50:.1f} times our time for a message."
    )


def _dearer(dear: Result, cheap: Result, what: str) -> str:
    same = "the same answers" if cheap.understood == dear.understood else "not all answers the same"
    return (
        f"With {what} a message takes {(dear.cost.p50 - cheap.cost.p50) * 1000:+.1f} ms "
        f"(to {dear.cost.p50 * 1000:.1f}) and the process {dear.cost.memory - cheap.cost.memory:+.0f} MB "
        f"(to {dear.cost.memory:.0f}); {same} without."
    )


def _without(whole: Result, part: Result, heldout: Heldout) -> str:
    gained, lost = flips(heldout, part.understood, whole.understood)
    a, b = part.scores, whole.scores
    return (
        f"Ours {part.title.removeprefix('… ')}: {_points(a.accuracy - b.accuracy)} of intent ({gained} sentences "
        f"better, {lost} worse: {_verdict(gained, lost)}), {_points(a.facets_f1 - b.facets_f1)} of facets F1, "
        f"{_points(a.facets_exact - b.facets_exact)} of questions with exactly their facets, "
        f"{_points(a.out_of_scope - b.out_of_scope)} of messages out of scope seen, "
        f"{_points(a.rejected - b.rejected)} of messages in scope rejected."
    )


def _verdict(gained: int, lost: int) -> str:
    """What a sign test says of so many sentences one way and so many the other (two-sided, 5%)."""
    count, fewer = gained + lost, min(gained, lost)
    chance = min(1.0, 2 * sum(math.comb(count, k) for k in range(fewer + 1)) / 2**count)
    if chance >= 0.05:
        return "no more than chance"
    return "more than chance, for the better" if gained > lost else "more than chance, for the worse"


def _points(difference: float) -> str:
    return f"{difference * 100:+.1f} points"
