"""Words looked for and hits ranked: no database."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.job_parser import parse_job
from bot.catalogue.parser import parse_formation
from bot.catalogue.text_search import MOST_WORDS, Found, Hit, alternatives, plain_words, ranked, root, stemmed, texts_of


def said(text: str) -> list[str]:
    return [alike[0] for alike in alternatives(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("un métier dehors avec des animaux", ["dehors", "animaux"]),
        ("quel bac pro pour travailler avec les enfants ?", ["enfants"]),
        ("Une formation dans la MÉCANIQUE qui dure 2 ans", ["mecanique"]),
        ("réparer, réparation : la même chose", ["reparer"]),
        ("un métier", []),
        ("quelles formations svp", []),
        ("le la les de du ou et à", []),
        ("", []),
    ],
)
def test_what_tells_a_theme_is_looked_for(text: str, words: list[str]) -> None:
    assert said(text) == words


def test_words_of_pupils_stand_beside_those_of_fiches() -> None:
    assert alternatives("dehors") == [("dehors", "exterieur", "plein air", "terrain")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("animal", "animaux"),
        ("reparer", "reparation"),
        ("repare", "reparations"),
        ("mecanique", "mecanicienne"),
        ("soudeuse", "soudeur"),
        ("carrelage", "carreleur"),
        ("boulangere", "boulangerie"),
    ],
)
def test_one_root(one: str, other: str) -> None:
    assert root(one) == root(other)


@pytest.mark.parametrize(("one", "other"), [("animal", "animation"), ("mer", "merci"), ("pierre", "pieton")])
def test_two_roots(one: str, other: str) -> None:
    assert root(one) != root(other)


def test_labels_are_one_word_whatever_the_gender() -> None:
    assert plain_words("Technicien/ne forestier/ère, œuvre d'art") == "technicien forestier oeuvre d art"
    assert stemmed("l'éducatrice CANINE") == stemmed("l'éducateur canin")


def test_what_of_a_fiche_is_searched() -> None:
    formation = parse_formation(
        "# CAP vélo\n**Sigle:** CV\n## Description\nRoues.\n## Accès\nAprès la 3e.\n## Métiers associés\n- cycliste\n",
        "a",
    )
    texts = texts_of(formation)
    assert (texts.title, texts.labels, texts.lead) == ("CAP vélo CV", "cycliste", "Roues.")
    assert "Après la 3e." in texts.body
    assert "Roues" not in texts.body
    job = parse_job(
        "# vélociste\n**ID:** MET.1\n\n## Présentation\n\nIl répare.\n\n## Centres d'intérêt\n\n- j'aime bouger\n", "b"
    )
    texts = texts_of(job)
    assert (texts.title, texts.labels) == ("vélociste", "j'aime bouger")
    assert "Il répare." in texts.lead
    assert "MET.1" not in texts.body


def found(scores: dict[str, float], *body_only: str) -> Found:
    return Found(scores, frozenset(scores) - set(body_only))


def test_the_best_for_all_words_comes_first() -> None:
    hits = ranked([found({"a": 4.0, "b": 2.0}), found({"a": 1.0, "b": 1.0, "c": 1.0})], 10)
    assert [hit.fiche_id for hit in hits] == ["a", "b"]
    assert hits[0].score == pytest.approx(1.0)


def test_one_word_of_three_may_be_missing_but_none_may_be_unknown() -> None:
    a, b = found({"x": 1.0, "y": 1.0}), found({"x": 1.0, "y": 1.0})
    assert [hit.fiche_id for hit in ranked([a, b, found({"z": 1.0})], 10)] == ["x", "y"]
    assert ranked([a, b, found({})], 10) == []
    assert ranked([a, found({"z": 1.0})], 10) == []


def test_a_word_of_the_body_alone_counts_little() -> None:
    (best, passing) = ranked([found({"a": 1.0, "b": 9.0}, "b")], 10)
    assert best.fiche_id == "b" or best.score > passing.score
    assert {hit.fiche_id: hit.score for hit in (best, passing)}["b"] == pytest.approx(0.2)


def test_formations_hold_what_their_jobs_do_for_less() -> None:
    assert ranked([found({"job": 2.0})], 10, {"job": ["f"]}) == [Hit("job", 1.0), Hit("f", 0.6)]


def test_nothing_looked_for_is_nothing_found() -> None:
    assert ranked([], 10) == []


@given(st.text(max_size=500))
def test_any_text_becomes_few_plain_words(text: str) -> None:
    words = alternatives(text)
    assert len(words) <= MOST_WORDS
    assert all(re.fullmatch(r"[0-9a-z]+( [0-9a-z]+)*", word) for alike in words for word in alike)
