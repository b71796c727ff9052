from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.selection import read_choice

FLUVIAL = ("BTS systèmes fluviaux option A navigation", "BTS systèmes fluviaux option B chantiers")
WATCHES = ("CAP horlogerie fine", "bac pro horlogerie fine")
THREE = (*WATCHES, "CAP fleuriste")


def formations(small: Catalogue, titles: tuple[str, ...]) -> list[Formation]:
    by_title = {f.title: f for f in small.formations.values()}
    return [by_title[title] for title in titles]


def picked(small: Catalogue, text: str, titles: tuple[str, ...], waiting: bool = True) -> list[str] | None:
    pick = read_choice(text, formations(small, titles), waiting)
    return None if pick is None else [f.title for f in pick.formations]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("la 2e", 1),
        ("le premier", 0),
        ("La première !", 0),
        ("le 3ème", 2),
        ("le 3ème stp", 2),
        ("le dernier", 2),
        ("n° 2", 1),
        ("numéro 3", 2),
        ("2", 1),
        ("la 2", 1),
        ("deux", 1),
        ("c'est la deuxième qui m'intéresse", 1),
    ],
)
def test_ranks_and_numbers(small: Catalogue, text: str, at: int) -> None:
    assert picked(small, text, THREE) == [THREE[at]]


@pytest.mark.parametrize(
    ("text", "at"), [("et le deuxième ?", 1), ("le premier, ça dure combien ?", 0), ("la dernière", 2)]
)
def test_ranks_count_in_a_list_even_when_nothing_was_asked(small: Catalogue, text: str, at: int) -> None:
    assert picked(small, text, THREE, waiting=False) == [THREE[at]]


@pytest.mark.parametrize("text", ["n° 7", "le 4e", "9", "la cinquième", "0"])
def test_out_of_range_is_told_from_no_choice(small: Catalogue, text: str) -> None:
    pick = read_choice(text, formations(small, THREE), waiting=True)
    assert pick is not None
    assert pick.formations == []
    assert pick.ordinal


@pytest.mark.parametrize(
    "text",
    ["après la 3e", "en 2de on fait quoi ?", "je sors de la 3e", "la 2e année", "la première générale", "avant la 3e"],
)
@pytest.mark.parametrize("waiting", [True, False])
def test_a_school_year_is_no_rank(small: Catalogue, text: str, waiting: bool) -> None:
    pick = read_choice(text, formations(small, THREE), waiting)
    assert pick is None or not pick.ordinal


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("option B", 1),
        ("l'option a", 0),
        ("B", 1),
        ("chantiers", 1),
        ("navigation svp", 0),
        ("celle sur les chantiers", 1),
        ("BTS systèmes fluviaux option A navigation", 0),
    ],
)
def test_option_letters_and_fragments(small: Catalogue, text: str, at: int) -> None:
    assert picked(small, text, FLUVIAL) == [FLUVIAL[at]]


@pytest.mark.parametrize(("text", "at"), [("le CAP", 0), ("bac pro", 1), ("le bac professionnel", 1)])
def test_a_type_chooses(small: Catalogue, text: str, at: int) -> None:
    assert picked(small, text, WATCHES) == [WATCHES[at]]


def test_a_type_that_several_have_leaves_them_all(small: Catalogue) -> None:
    assert picked(small, "un CAP", THREE) == ["CAP horlogerie fine", "CAP fleuriste"]


def test_a_type_alone_is_no_choice_when_none_was_asked(small: Catalogue) -> None:
    assert picked(small, "et le CAP ?", WATCHES, waiting=False) is None


@pytest.mark.parametrize("text", ["", "bonjour", "je ne sais pas", "systèmes fluviaux", "🙂", "combien de temps ?"])
def test_what_tells_nothing_apart_is_no_choice(small: Catalogue, text: str) -> None:
    assert picked(small, text, FLUVIAL) is None


def test_a_mistyped_fragment_is_enough(small: Catalogue) -> None:
    assert picked(small, "chantierrs", FLUVIAL) == [FLUVIAL[1]]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
def test_any_text_picks_among_what_was_offered(small: Catalogue, text: str, waiting: bool) -> None:
    offered = formations(small, THREE)
    pick = read_choice(text, offered, waiting)
    assert pick is None or all(f in offered for f in pick.formations)
