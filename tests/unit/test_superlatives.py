"""Superlatives: the fact they measure, the direction they ask for."""

from __future__ import annotations

import pytest

from bot.catalogue.fiche import Facet
from bot.catalogue.normalize import fold
from bot.dialogue.superlatives import direction, is_superlative, measured


@pytest.mark.parametrize(
    ("said", "facets", "asked_for"),
    [
        ("le plus long", (Facet.DURATION,), "greatest"),
        ("la plus courte", (Facet.DURATION,), "least"),
        ("le moins long", (Facet.DURATION,), "least"),
        ("le plus élevé", (Facet.LEVEL,), "greatest"),
        ("le niveau le plus bas", (Facet.LEVEL,), "least"),
        ("lequel mène à plus de métiers", (Facet.JOBS,), None),
        ("le meilleur", (), None),
    ],
)
def test_what_is_measured_and_how(said: str, facets: tuple[Facet, ...], asked_for: str | None) -> None:
    words = set(fold(said).split())
    assert (measured(words), direction(words)) == (facets, asked_for)


@pytest.mark.parametrize("text", ["le plus court ?", "lesquels sont les plus rapides", "et le moins élevé ?"])
def test_a_superlative_and_little_else(text: str) -> None:
    assert is_superlative(fold(text))


@pytest.mark.parametrize("text", ["c'est long ?", "on a plus de chances après un bac pro, ou le plus court suffit"])
def test_a_message_that_is_no_bare_superlative(text: str) -> None:
    assert not is_superlative(fold(text))
