"""Which sentences say what a question asks, and the facts of facts_asked.toml by the examples beside each."""

from __future__ import annotations

import pytest

from bot.catalogue.saying import asked_about, says, table


@pytest.mark.parametrize("name", table())
def test_a_fact_is_asked_by_its_questions_and_told_by_its_sentences(name: str) -> None:
    fact, key = table()[name], f"fact:{name}"
    assert [text for text in fact["yes"] if key not in asked_about(text)] == []
    assert [text for text in fact["no"] if key in asked_about(text)] == []
    assert [text for text in fact["tells"] if not says(text, {key})] == []
    assert [text for text in fact["silent"] if says(text, {key})] == []
