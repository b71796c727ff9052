"""The generator of sentences, and the grammars under data/grammar: their examples can be generated."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from bot.nlu.asking import Asking
from bot.nlu.grammar import Spelling, generate, pattern, read_grammar
from bot.settings import ROOT
from bot.understanding.reading import Act
from bot.understanding.topics import Topic

FOLDER = ROOT / "data" / "grammar"
TOPICS = read_grammar(FOLDER / "topics.toml")
STYLES = read_grammar(FOLDER / "spelling.toml")
SYMBOLS = {"thing": ["un {one}", "[une|la] {other}"], "one": ["chat"], "other": ["souris", "poule"]}


def test_a_line_stands_for_what_its_pattern_matches() -> None:
    line = "[je vois|voici|] {thing} ?"
    made = {generate(line, SYMBOLS, random.Random(seed)) for seed in range(200)}
    assert {"un chat ?", "je vois la poule ?", "voici une souris ?"} <= made
    assert len(made) == 3 * 5
    assert all(re.fullmatch(pattern(line, SYMBOLS), text) for text in made)
    assert not re.fullmatch(pattern(line, SYMBOLS), "voici la chat ?")


def test_a_seed_makes_the_same_again() -> None:
    assert Asking(FOLDER).messages(50, 3) == Asking(FOLDER).messages(50, 3)
    assert Asking(FOLDER).messages(50, 3) != Asking(FOLDER).messages(50, 4)


def test_an_unknown_symbol_is_no_text() -> None:
    with pytest.raises(KeyError):
        generate("{nobody}", SYMBOLS, random.Random(0))


def lines_of(table: dict[str, Any]) -> list[str]:
    return [line for key, lines in table.items() if key != "examples" for line in lines]


def test_every_topic_can_be_asked() -> None:
    assert set(TOPICS["topics"]) == {topic.value for topic in Topic}


@pytest.mark.parametrize("topic", TOPICS["topics"])
def test_examples_of_a_topic_can_be_generated(topic: str) -> None:
    lines = lines_of(TOPICS["topics"][topic])
    assert TOPICS["topics"][topic]["examples"]
    for example in TOPICS["topics"][topic]["examples"]:
        assert any(re.fullmatch(pattern(line, TOPICS["symbols"]), example) for line in lines), example


@pytest.mark.parametrize("style", STYLES)
def test_examples_of_a_style_can_be_misspelt_so(style: str) -> None:
    spelling = Spelling(STYLES[style]["rules"])
    for text, wanted in STYLES[style]["examples"]:
        made = {spelling.misspell(text, random.Random(seed)).strip() for seed in range(2000)}
        assert wanted.strip() in made


def test_masks_are_never_misspelt() -> None:
    made = Asking(FOLDER).messages(500, 1)
    assert sum("xformation" in asked.text for asked in made) > 100
    assert not any(re.search(r"xform(?!ation\b)|xmet(?!ier\b)|\wx(?:formation|metier)", asked.text) for asked in made)


def test_names_are_said_in_the_open_now_and_then() -> None:
    made = Asking(FOLDER, ["BTS tourisme"], ["soudeur"]).messages(500, 1)
    opened = sum("bts tourisme" in asked.text.lower() or "soudeur" in asked.text.lower() for asked in made)
    assert 20 < opened < 200


def test_what_is_generated_asks_what_it_says() -> None:
    made = Asking(FOLDER).messages(2000, 1)
    assert {topic for asked in made for topic in asked.topics} == {topic.value for topic in Topic}
    assert {len(asked.topics) for asked in made} == {0, 1, 2, 3, 4}
    assert {asked.act for asked in made} == {Act.ASK, Act.COMPARE, None}
    assert all(bool(asked.topics) == (asked.act is not None) for asked in made)
