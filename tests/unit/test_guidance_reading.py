"""What pupils type of themselves, read into a profile."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from bot.guidance import reading
from bot.guidance.ranking import DISLIKES
from bot.guidance.reading import read_profile, read_situation, read_tastes, read_years, wants_apprenticeship

MOVING, ANIMALS, OUTSIDE = "j'aime bouger", "je veux m'occuper d'animaux", "j'aimerais travailler dehors"
FIGURES, DRAWING, CHILDREN = (
    "j'aime jongler avec les chiffres",
    "j'ai un bon coup de crayon",
    "je veux m'occuper d'enfants",
)
TRADE, LANGUAGES, CARE = "je veux travailler dans le commerce", "j'aime les langues", "ma vocation est de soigner"
REPAIRING, SPORT = "réparer, bricoler, j'adore ça", "le sport est ma passion"


@pytest.mark.parametrize(
    ("text", "situation", "series"),
    [
        ("je suis en 3e", "3e", ""),
        ("chui en 3eme", "3e", ""),
        ("après le collège", "3e", ""),
        ("seconde", "2de", ""),
        ("en fait je suis en 1re", "1re", ""),
        ("je suis en 1re sti2d", "1re", "sti2d"),
        ("je suis en terminale générale", "terminale", "générale"),
        ("je suis en bac pro commerce", "terminale", "pro"),
        ("j'ai un bac stmg", "bac", "stmg"),
        ("j'ai un CAP cuisine", "cap", ""),
        ("j'ai un BTS et je cherche", "bac+2", ""),
        ("je suis en première année de licence", "bac", ""),
        ("j'aime les animaux", "", ""),
        ("bac + 2 max", "", ""),
        ("pour la première fois", "", ""),
    ],
)
def test_where_one_stands(text: str, situation: str, series: str) -> None:
    said = read_situation(text)
    assert (said.situation, said.series) == (situation, series)


@pytest.mark.parametrize(
    ("text", "liked", "refused"),
    [
        ("j'aime les animaux et bouger", {MOVING, ANIMALS}, set()),
        ("jaime bien les animau", {ANIMALS}, set()),
        ("surtout pas dans un bureau", set(), {"bureau"}),
        ("j'aime pas les maths mais j'adore dessiner", {DRAWING}, {FIGURES}),
        ("les maths j'aime pas", set(), {FIGURES}),
        ("j'adore les enfants, pas le commerce, ni les chiffres", {CHILDREN}, {TRADE, FIGURES}),
        ("je déteste les maths et l'anglais", set(), {FIGURES, LANGUAGES}),
        ("je veux pas rester assis toute la journée", {MOVING}, set()),
        ("jveux pas bosser la nuit ni le week-end", set(), {"nuit", "week-end"}),
        ("chui en 3eme jaime le sport et jve pas trop faire detudes", {SPORT}, set()),
        ("j'ai peur du vide et du sang", set(), {CARE}),
        ("finalement plus les animaux", set(), {ANIMALS}),
        ("je sais pas quoi faire", set(), set()),
        ("être dehors et réparer", {OUTSIDE, REPAIRING}, set()),
        ("pas de longues études", set(), set()),
    ],
)
def test_tastes(text: str, liked: set[str], refused: set[str]) -> None:
    interests, avoided = read_tastes(text)
    assert (set(interests), set(avoided)) == (liked, refused)


@pytest.mark.parametrize(
    ("text", "situation", "years"),
    [
        ("pas de longues études", "3e", 3),
        ("je veux bosser vite", "3e", 3),
        ("deux ans maximum", "3e", 2),
        ("bac + 2 max", "3e", 5),
        ("bac + 2 max", "terminale", 2),
        ("jusqu'au bac", "3e", 3),
        ("j'ai 15 ans", "3e", None),
        ("peu importe", "3e", None),
    ],
)
def test_how_long_one_would_study(text: str, situation: str, years: int | None) -> None:
    assert read_years(text, situation) == years


def test_apprenticeship() -> None:
    assert wants_apprenticeship("plutôt en alternance")
    assert wants_apprenticeship("en apprentissage")
    assert not wants_apprenticeship("pas d'apprentissage")


def test_all_at_once() -> None:
    said = read_profile("je suis en 3e, j'aime les animaux et être dehors, pas de bureau, 2 ans, en apprentissage")
    assert (said.situation, said.years, said.apprenticeship) == ("3e", 2, True)
    assert (set(said.interests), said.avoided) == ({ANIMALS, OUTSIDE}, ("bureau",))


def test_the_lexicon_knows_the_whole_closed_list(job_folder: Path) -> None:
    """Every interest of the real fiches has its words, to the letter; every dislike its pattern."""
    tables = tomli.loads(Path(reading.__file__).with_name("tastes.toml").read_text(encoding="utf-8"))
    known = set()
    for path in job_folder.glob("*.md"):
        _, _, after = path.read_text(encoding="utf-8").partition("## Centres d'intérêt")
        known |= {line[2:].strip() for line in after.splitlines() if line.startswith("- ")}
    assert set(tables["interests"]) == known
    assert set(tables["dislikes"]) == set(DISLIKES)


@pytest.mark.parametrize("text", ["tout sauf les maths", "n'importe quoi à part les maths", "tout hormis les chiffres"])
def test_what_is_excepted_is_refused(text: str) -> None:
    assert read_tastes(text) == ((), (FIGURES,))


def test_a_taste_after_a_refusal_is_a_taste() -> None:
    profile = read_profile("jveu pas faire d'étude longue et j'aime la mécanique")
    assert profile.interests == (REPAIRING,)
    assert profile.avoided == ()
    assert profile.years == 3


@pytest.mark.parametrize("text", ["tu peux m'aider à m'orienter ?", "aidez-moi", "j'ai besoin d'aide", "peux-tu aider"])
def test_who_asks_for_help_does_not_say_to_like_helping(text: str) -> None:
    assert read_tastes(text) == ((), ())


@pytest.mark.parametrize("text", ["je préfère aider les gens", "aider les autres"])
def test_who_likes_to_help_does(text: str) -> None:
    assert read_tastes(text) == (("je veux être utile aux autres",), ())


@pytest.mark.parametrize("text", ["et si j'arrête après le bac", "je veux m'arrêter au bac"])
def test_to_stop_after_the_bac(text: str) -> None:
    assert read_years(text, "1re") == 1


@pytest.mark.parametrize(
    "text", ["e\u0301" * 200, "", " ", "\u0301", "s", "j'aime \u200b", "es", "'", "?!", "x" * 500, "😀"]
)
def test_odd_text_says_nothing(text: str) -> None:
    assert not read_profile(text)


@pytest.mark.parametrize(
    "text", ["ma mère est infirmière", "j'habite à Brest", "t'as un tel ?", "y a du vent", "mon maire est venu"]
)
def test_a_word_that_looks_like_a_taste_is_none(text: str) -> None:
    assert read_tastes(text) == ((), ())


@pytest.mark.parametrize(
    ("text", "liked"), [("j'aime la mer", "j'aime la nature"), ("j'aime les bêtes", ANIMALS), ("je veux vendre", TRADE)]
)
def test_short_words_are_read_in_all_their_plurals(text: str, liked: str) -> None:
    assert read_tastes(text) == ((liked,), ())


@pytest.mark.parametrize(
    ("text", "interests"),
    [
        ("ma mère veut que je fasse du commerce mais j'aime les animaux", (ANIMALS,)),
        ("j'aime les animaux, mes parents veulent que je fasse du droit", (ANIMALS,)),
        ("mon prof me conseille le commerce", ()),
        ("ma famille aime les animaux et moi aussi", (ANIMALS,)),
    ],
)
def test_what_others_wish_for_one_is_no_taste(text: str, interests: tuple[str, ...]) -> None:
    assert read_profile(text).interests == interests
