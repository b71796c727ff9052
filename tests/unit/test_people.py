"""Who people are is asked of no job: all are open to all, and what else is asked is answered without those words."""

from __future__ import annotations

import json

import pytest
import tomli

from bot.catalogue.fiche import Outcome
from bot.catalogue.text_search import alternatives
from bot.dialogue.state import State
from bot.understanding.people import _TABLE, without_people
from bot.world import World
from tests.unit.talking import read, turn

EXAMPLES = tomli.loads(_TABLE.read_text(encoding="utf-8"))


def test_examples_of_people_toml() -> None:
    assert [text for text in EXAMPLES["must"] if without_people(text) is None] == []
    assert [text for text in EXAMPLES["must_not"] if without_people(text) is not None] == []


@pytest.mark.parametrize("text", EXAMPLES["must"])
def test_places_stay_what_they_were(text: str) -> None:
    rest = without_people(text)
    assert rest is not None
    assert len(rest) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, rest, strict=True))


@pytest.mark.parametrize(
    "intent", ["search_formations", "ask_jobs", "ask_formations_for_job", "out_of_scope", "ask_guidance"]
)
@pytest.mark.parametrize("text", ["les métiers pour femmes", "quel métier pour un noir", "formation pour les arabes"])
def test_no_list_for_who_somebody_is(text: str, intent: str, knowledge: World) -> None:
    (reply,), _ = turn(read(text, intent, knowledge), State(), knowledge)
    assert (reply.response, reply.outcome) == ("open_to_all", Outcome.HELP)
    assert (reply.formations, reply.jobs) == ((), ())
    assert reply.choices


@pytest.mark.parametrize("intent", ["ask_access", "out_of_scope", "search_formations"])
def test_the_question_that_remains_is_answered_second(intent: str, knowledge: World) -> None:
    text = "les filles peuvent faire le CAP fleuriste ?"
    first, second = turn(read(text, intent, knowledge), State(), knowledge)[0]
    assert first.response == "open_to_all"
    assert "CAP fleuriste" in json.dumps(second.answer(), ensure_ascii=False)


def test_a_name_that_holds_such_a_word_is_a_name(knowledge: World) -> None:
    reading = read("métiers de la femme de ménage", "ask_jobs", knowledge)
    assert all(reply.response != "open_to_all" for reply in turn(reading, State(), knowledge)[0])


def test_who_people_are_is_not_searched_for(knowledge: World) -> None:
    assert alternatives("un métier avec des femmes arabes et des chevaux") == alternatives("un métier avec des chevaux")
    assert knowledge.resolver.content_words("formations pour femmes noires en horlogerie") == ["horlogerie"]
