"""Messages cut into clauses: at marks, at links, and where nothing but a word tells that a clause begins."""

from __future__ import annotations

import pytest

from bot.nlu.alarm import Alarm
from bot.nlu.clauses import clauses
from bot.nlu.features import MASK_FORMATION


def cut(text: str) -> set[str]:
    return {text[start:end] for start, end, _ in clauses(text)}


@pytest.mark.parametrize(
    "text",
    [
        "combien de temps dure le CAP ? mon père me frappe.",
        "mon père me frappe, combien de temps dure le CAP",
        "combien de temps dure le CAP et mon père me frappe",
        "mon père me frappe mais combien de temps dure le CAP ?",
        "combien de temps dure le CAP mon père me frappe",
        "mon père me frappe combien de temps dure le CAP",
        "BONJOUR... mon père me frappe\ncombien de temps dure le CAP",
    ],
)
def test_each_clause_stands_alone_however_they_are_joined(text: str) -> None:
    assert {"mon père me frappe", "combien de temps dure le CAP"} <= cut(text)


def test_neighbours_are_also_read_together() -> None:
    assert "mon père dit que je suis nul" in cut("bonjour, mon père dit que je suis nul, que faire")


def test_a_name_is_not_cut_at_its_links() -> None:
    text = "CAP métiers de la mode et du vêtement, durée totale"
    name = (0, text.index(","))
    assert not any(text[s:e].startswith("du vêtement") for s, e, _ in clauses(text, [name]))


@pytest.mark.parametrize("text", ["", " ?! ", "et", "durée", "et mais donc"])
def test_less_than_two_words_are_no_clause(text: str) -> None:
    assert clauses(text) == []


def test_an_ordinary_fragment_is_no_distress() -> None:
    """What a clause of distress begins with alone is learnt from the clauses of other phrases."""
    alarm = Alarm.train(
        [
            ("il me frappe", "distress"),
            ("il me menace", "distress"),
            ("je veux mourir", "distress"),
            ("il me faut le code, il me dit de demander", "ask_code"),
            ("je veux la durée, je veux le niveau", "ask_duration"),
        ]
    )
    text = f"je veux mourir et {MASK_FORMATION} ça dure combien"
    assert [text[start:end] for start, end in alarm.places(text)] == ["je veux mourir"]
    assert alarm.places("il me faut le code, je veux la durée") == []


def test_without_any_phrase_of_distress_nothing_alarms() -> None:
    alarm = Alarm.train([("combien de temps", "ask_duration"), ("quels métiers", "ask_jobs")])
    assert alarm.places("je veux mourir") == []
