"""The held-out sets of tests/, what a pipeline made of them, and the scores."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sklearn.metrics import f1_score

from bot.settings import ROOT

FALLBACK = "nlu_fallback"
DISTRESS = "distress"
# The intents that the dialogue turns down, and the one that says that nothing was understood.
REJECTED = frozenset(
    {
        "ask_place",
        "ask_dates",
        "ask_fees",
        "ask_salary",
        "ask_chances",
        "out_of_scope",
        "hyperbole",
        "insult",
        FALLBACK,
    }
)
_ANNOTATED = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class Understood:
    """What a pipeline made of one message."""

    intent: str
    facets: frozenset[str]


@dataclass(frozen=True)
class Heldout:
    """Messages with what is right: an intent, facets, whether out of scope, whether in distress."""

    intents: Sequence[tuple[str, str]]
    facets: Sequence[tuple[str, frozenset[str]]]
    out_of_scope: Sequence[tuple[str, bool]]
    distress: Sequence[tuple[str, bool]]

    def texts(self) -> list[str]:
        """Every message once, in order."""
        sets: tuple[Sequence[tuple[str, object]], ...] = (self.intents, self.facets, self.out_of_scope, self.distress)
        return list(dict.fromkeys(text for rows in sets for text, _ in rows))


@dataclass(frozen=True)
class Scores:
    """Shares in [0, 1]; `rejected` and `alarms` are shares of messages in scope, `hyperboles` of those in jest."""

    accuracy: float
    weighted_f1: float
    macro_f1: float
    facets_f1: float
    facets_exact: float
    out_of_scope: float
    rejected: float
    distress: float
    alarms: float
    hyperboles: float


def load_heldout(tests: Path = ROOT / "tests") -> Heldout:
    """The held-out sets, without annotations of names."""
    blocks = yaml.safe_load((tests / "nlu_heldout.yml").read_text(encoding="utf-8"))["nlu"]
    return Heldout(
        intents=[
            (_plain(line.removeprefix("- ")), block["intent"])
            for block in blocks
            for line in block["examples"].splitlines()
        ],
        facets=[
            (_plain(row["text"]), frozenset(row["facets"])) for row in _rows(tests / "nlu" / "questions_heldout.jsonl")
        ],
        out_of_scope=[
            (_plain(row["text"]), row["scope"] == "out") for row in _rows(tests / "nlu" / "scope_heldout.jsonl")
        ],
        distress=[(_plain(row["text"]), row["distress"]) for row in _rows(tests / "nlu" / "distress_heldout.jsonl")],
    )


def score(heldout: Heldout, understood: Mapping[str, Understood]) -> Scores:
    """The scores of a pipeline from what it made of every text of `heldout`.

    F1 over the intents that the set holds, weighted by their sentences or not; facets: F1 over all pairs of
    message and facet, and messages with exactly the facets asked.
    """
    wanted = [intent for _, intent in heldout.intents]
    found = [understood[text].intent for text, _ in heldout.intents]
    labels = sorted(set(wanted))
    in_scope = [understood[text].intent for text, out in heldout.out_of_scope if not out]
    return Scores(
        accuracy=_share([a == b for a, b in zip(wanted, found, strict=True)]),
        weighted_f1=float(f1_score(wanted, found, labels=labels, average="weighted", zero_division=0)),
        macro_f1=float(f1_score(wanted, found, labels=labels, average="macro", zero_division=0)),
        facets_f1=_micro_f1([(asked, understood[text].facets) for text, asked in heldout.facets]),
        facets_exact=_share([understood[text].facets == asked for text, asked in heldout.facets]),
        out_of_scope=_share([understood[text].intent in REJECTED for text, out in heldout.out_of_scope if out]),
        rejected=_share([intent in REJECTED for intent in in_scope]),
        distress=_share([understood[text].intent == DISTRESS for text, real in heldout.distress if real]),
        alarms=_share([intent == DISTRESS for intent in in_scope]),
        hyperboles=_share([understood[text].intent == DISTRESS for text, real in heldout.distress if not real]),
    )


def flips(heldout: Heldout, first: Mapping[str, Understood], second: Mapping[str, Understood]) -> tuple[int, int]:
    """How many sentences only `first` gives the right intent, and how many only `second` does."""
    rights = [(first[text].intent == wanted, second[text].intent == wanted) for text, wanted in heldout.intents]
    return sum(a and not b for a, b in rights), sum(b and not a for a, b in rights)


def _micro_f1(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> float:
    right = sum(len(asked & found) for asked, found in pairs)
    return 2 * right / sum(len(asked) + len(found) for asked, found in pairs)


def _share(rights: Sequence[bool]) -> float:
    return sum(rights) / len(rights)


def _plain(text: str) -> str:
    return _ANNOTATED.sub(r"\1", text).strip()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
