"""Formations set side by side: the verdicts, and what is left out where a fiche is silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.catalogue.comparison import compare, foremost
from bot.catalogue.fiche import Catalogue, Facet, Formation

OPTION_A = "BTS systèmes fluviaux option A navigation"
OPTION_B = "BTS systèmes fluviaux option B chantiers"
CAP = "CAP horlogerie fine"
BAC_PRO = "bac pro horlogerie fine"
SCENE = "CS art floral de scène"

One = Callable[[str], Formation]


@pytest.mark.parametrize(
    ("facet", "most", "expected"),
    [
        (Facet.DURATION, None, {"direction": "least", "titles": [CAP]}),
        (Facet.DURATION, "greatest", {"direction": "greatest", "titles": [BAC_PRO]}),
        (Facet.LEVEL, None, {"direction": "greatest", "titles": [BAC_PRO]}),
        (Facet.LEVEL, "least", {"direction": "least", "titles": [CAP]}),
        (Facet.JOBS, None, {"direction": "greatest", "titles": [BAC_PRO]}),
    ],
)
def test_verdicts(facet: Facet, most: str | None, expected: dict[str, Any], one: One, small: Catalogue) -> None:
    reply = compare((facet,), [one(CAP), one(BAC_PRO)], small, most)
    assert reply.values["verdicts"] == [{"facet": facet.value, **expected}]
    assert reply.facets == (Facet.COMPARISON, facet)


def test_equal_values_are_said_to_be_the_same(one: One, small: Catalogue) -> None:
    reply = compare((Facet.DURATION,), [one(OPTION_A), one(OPTION_B)], small, "least")
    assert reply.values["verdicts"] == [{"facet": "duree", "same": True}]


def test_winners_may_be_several(one: One, small: Catalogue) -> None:
    reply = compare((Facet.DURATION,), [one(CAP), one(BAC_PRO), one(OPTION_A)], small, None)
    assert reply.values["verdicts"][0]["titles"] == [CAP, OPTION_A]


def test_years_and_months_are_compared_as_durations(one: One, small: Catalogue) -> None:
    titles = ("titre professionnel conducteur de péniche", SCENE)
    reply = compare((Facet.DURATION,), [one(title) for title in titles], small, None)
    assert reply.values["verdicts"][0]["titles"] == [titles[0]]


def test_no_verdict_where_a_fiche_is_silent(one: One, small: Catalogue) -> None:
    reply = compare((Facet.LEVEL,), [one(CAP), one(SCENE)], small, "greatest")
    assert reply.values["verdicts"] == []
    assert reply.values["rows"][0]["cells"][1] == {"facet": "niveau", "silent": True}
    assert reply.sources == ((one(CAP).id, "Niveau de certification"),)


def test_a_comparison_without_a_facet_shows_the_useful_ones(one: One, small: Catalogue) -> None:
    reply = compare((), [one(CAP), one(BAC_PRO)], small, None)
    assert [row["facet"] for row in reply.values["rows"]] == ["type", "niveau", "duree", "metiers"]
    assert reply.facets == (Facet.COMPARISON,)
    assert all(len(row["cells"]) == 2 for row in reply.values["rows"])


def test_the_foremost_of_a_list(small: Catalogue) -> None:
    formations = list(small.formations.values())
    stated = [f.duration_months for f in formations if f.duration_months]
    shortest = foremost(Facet.DURATION, formations, "least")
    assert {f.duration_months for f in shortest} == {min(stated)}
    assert {f.duration_months for f in foremost(Facet.DURATION, formations, "greatest")} == {max(stated)}
    assert foremost(Facet.EXPECTATIONS, formations, "least") == formations
