"""The cues of cues.toml, by the examples that stand beside each."""

from __future__ import annotations

import re

import pytest

from bot.settings import ROOT
from bot.understanding.cues import read_cues, table


@pytest.mark.parametrize("name", table())
def test_a_cue_matches_its_examples_and_no_counterexample(name: str) -> None:
    cue = table()[name]
    assert cue["yes"]
    assert [text for text in cue["yes"] if name not in read_cues(text)] == []
    assert [text for text in cue["no"] if name in read_cues(text)] == []


def test_every_cue_that_is_asked_for_exists() -> None:
    """A misspelt cue in a rule would never match."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    asked = {name for call in re.findall(r"\bsays\(([^()*]*)\)", sources) for name in re.findall(r'"(\w+)"', call)}
    assert asked
    assert asked <= set(table())


def test_every_cue_is_asked_for() -> None:
    """A cue that nobody asks for is dead."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert [name for name in table() if f'"{name}"' not in sources] == []
