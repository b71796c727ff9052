"""Superlatives: the fact they measure, the direction they ask for."""

from __future__ import annotations

import pytest

from bot.catalogue.normalize import fold
from bot.understanding.superlatives import direction, measured
from bot.understanding.topics import Topic


@pytest.mark.parametrize(
    ("said", "facets", "asked_for"),
    [
        ("le plus long", (Topic.DURATION,), "greatest"),
        ("la plus courte", (Topic.DURATION,), "least"),
        ("le moins long", (Topic.DURATION,), "least"),
        ("le plus élevé", (Topic.LEVEL,), "greatest"),
        ("le niveau le plus bas", (Topic.LEVEL,), "least"),
        ("lequel mène à plus de métiers", (Topic.JOBS,), ""),
        ("le meilleur", (), ""),
    ],
)
def test_what_is_measured_and_how(said: str, facets: tuple[Topic, ...], asked_for: str) -> None:
    words = set(fold(said).split())
    assert (measured(words), direction(words)) == (facets, asked_for)
