from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.selection import pick_by_words, read_lone_rank, read_ranks

FLUVIAL = ("BTS systèmes fluviaux option A navigation", "BTS systèmes fluviaux option B chantiers")
WATCHES = ("CAP horlogerie fine", "bac pro horlogerie fine")
THREE = (*WATCHES, "CAP fleuriste")


def formations(small: Catalogue, titles: tuple[str, ...]) -> list[Formation]:
    by_title = {f.title: f for f in small.formations.values()}
    return [by_title[title] for title in titles]


def picked(small: Catalogue, text: str, titles: tuple[str, ...], waiting: bool = True) -> list[str]:
    return [f.title for f in pick_by_words(text, formations(small, titles), waiting)]


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("la 2e", (2,)),
        ("le premier", (1,)),
        ("La première !", (1,)),
        ("le 3ème stp", (3,)),
        ("le dernier", (-1,)),
        ("n° 2", (2,)),
        ("numéro 3", (3,)),
        ("2", (2,)),
        ("la 2", (2,)),
        ("c'est la deuxième qui m'intéresse", (2,)),
        ("le premier, ça dure combien ?", (1,)),
        ("le premier et le troisième", (1, 3)),
    ],
)
def test_ranks_and_numbers(text: str, ranks: tuple[int, ...]) -> None:
    assert read_ranks(text) == ranks


@pytest.mark.parametrize(("text", "rank"), [("deux", 2), ("2 svp", 2), ("premier", 1), ("bonjour", None)])
def test_a_lone_rank(text: str, rank: int | None) -> None:
    assert read_lone_rank(text) == rank


@pytest.mark.parametrize(
    "text",
    ["après la 3e", "en 2de on fait quoi ?", "je sors de la 3e", "la 2e année", "la première générale", "avant la 3e"],
)
def test_a_school_year_is_no_rank(text: str) -> None:
    assert read_ranks(text) == ()


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
    assert picked(small, "et le CAP ?", WATCHES, waiting=False) == []


@pytest.mark.parametrize("text", ["", "bonjour", "je ne sais pas", "systèmes fluviaux", "🙂", "combien de temps ?"])
def test_what_tells_nothing_apart_is_no_choice(small: Catalogue, text: str) -> None:
    assert picked(small, text, FLUVIAL) == []


def test_a_mistyped_fragment_is_enough(small: Catalogue) -> None:
    assert picked(small, "chantierrs", FLUVIAL) == [FLUVIAL[1]]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.booleans())
def test_any_text_picks_among_what_was_offered(small: Catalogue, text: str, waiting: bool) -> None:
    offered = formations(small, THREE)
    assert all(f in offered for f in pick_by_words(text, offered, waiting))
