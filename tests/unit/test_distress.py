"""Who tells of distress gets the right numbers first, in words for who writes, and something of it is kept."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Outcome
from bot.dialogue.state import State
from bot.settings import ROOT
from bot.understanding.distress import distress_table, read_distress
from bot.wording import Wording
from bot.world import World
from tests.unit.talking import read, tapped, turn

FIRST = {"life": "15", "suicide": "3114", "couple": "17", "danger": "119", "harassment": "3018", "other": "3114"}
PARENTS = re.compile(r"\bparents?\b")


@pytest.fixture(scope="module")
def wording() -> Wording:
    return Wording(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"])


def told(text: str, knowledge: World) -> tuple[Reply, State]:
    (reply,), state = turn(read(text, "distress", knowledge), State(), knowledge)
    return reply, State.from_json(json.loads(json.dumps(state.as_json())))


@pytest.mark.parametrize(
    ("about", "text"), [(name, text) for name, kind in distress_table()["about"].items() for text in kind["examples"]]
)
def test_what_is_told_decides_which_number_is_first(about: str, text: str, knowledge: World, wording: Wording) -> None:
    assert read_distress(text)[0] == about
    reply, _ = told(text, knowledge)
    words = wording.word(reply.response, reply.values)
    numbers = re.findall(r"\[(\d+)\]\(tel:\1\)", words)
    assert numbers[0] == FIRST[about]
    assert {"15", "112", "3114", "119"} <= set(numbers)
    assert words.startswith("- [")
    if about in ("life", "danger"):
        assert "17" in numbers
        assert "**114**" in words  # it takes SMS alone: nothing to call
    assert not PARENTS.search(words)
    assert reply.choices


@pytest.mark.parametrize(
    ("speaker", "text"),
    [(name, text) for name, kind in distress_table()["speaker"].items() for text in kind["examples"]],
)
def test_the_words_are_for_who_writes(speaker: str, text: str, knowledge: World, wording: Wording) -> None:
    assert read_distress(text)[1] == speaker
    reply, _ = told(text, knowledge)
    words = wording.word(reply.response, reply.values)
    assert bool(re.search(r"\b[Vv]ous\b|\w+ez\b", words)) is (speaker == "adult")


@pytest.mark.parametrize("speaker", ["self", "friend", "adult"])
@pytest.mark.parametrize("about", FIRST)
def test_every_reply_is_numbers_then_one_sentence(about: str, speaker: str, wording: Wording) -> None:
    lines = distress_table()["about"][about]["lines"]
    words = wording.word("distress", {"about": about, "speaker": speaker, "lines": lines})
    *numbers, blank, sentence = words.splitlines()
    assert len(numbers) == len(lines)
    assert all(line.startswith(("- [", "- **114** ")) for line in numbers)
    assert blank == ""
    assert sentence.endswith(".")
    assert "{" not in words


@pytest.mark.parametrize("intent", ["thank", "goodbye", "affirm", "deny", "nlu_fallback", "out_of_scope"])
def test_what_follows_is_answered_soberly(intent: str, knowledge: World, wording: Wording) -> None:
    _, state = told("mon père me frappe", knowledge)
    (reply,), after = turn(read("ok", intent, knowledge), state, knowledge)
    assert (reply.response, reply.outcome) == ("distress_followed", Outcome.DISTRESS)
    assert "[119](tel:119)" in wording.word(reply.response, reply.values)
    assert reply.choices
    assert after.distress == state.distress


def test_a_question_after_it_is_answered_and_ends_it(knowledge: World) -> None:
    _, state = told("mon père me frappe", knowledge)
    (reply,), after = turn(read("aide", "ask_help", knowledge), state, knowledge)
    assert reply.response == "help"
    assert after.distress == ()
    (reply,), _ = turn(read("merci", "thank", knowledge), after, knowledge)
    assert reply.response == "thank"


@pytest.mark.parametrize(
    "state", [State(), State(distress=("danger", "self")), State(distress=("x", "y")), State(distress=("?",))]
)
def test_its_choices_work_whenever_they_are_tapped(state: State, knowledge: World, wording: Wording) -> None:
    for tap, response in (("help:whom", "distress_whom"), ("help:numbers", "distress"), ("help:?", "distress_whom")):
        (reply,), _ = turn(tapped(Ask(guide=tap)), state, knowledge)
        assert reply.response == response
        assert wording.word(reply.response, reply.values)
        assert [wording.word(choice.response, choice.values) for choice in reply.choices]
