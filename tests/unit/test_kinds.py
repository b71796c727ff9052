"""Types of diploma in messages over the whole catalogue; what is said of one is counted in its fiches."""

from __future__ import annotations

import pytest

from bot.catalogue.fiche import FIELD_DURATION, FIELD_LEVEL, Catalogue, Facet, Formation, Outcome
from bot.catalogue.kinds import facts_of_kind
from bot.catalogue.resolver import Resolver
from bot.world import World
from tests.unit.talking import Conversation
from tests.unit.test_dialogue import facts, only


def formation(number: int, duration: str, level: str) -> Formation:
    fields = ((FIELD_DURATION, duration), (FIELD_LEVEL, level))
    return Formation(f"bts-{number}", f"BTS {number}", fields, (), ())


TWO_YEARS = [formation(number, "2 ans", "niveau 5") for number in range(3)]


def test_what_all_say() -> None:
    told = facts_of_kind("BTS", TWO_YEARS, [Facet.DURATION])
    assert (told["kind"], told["total"]) == ("BTS", 3)
    assert told["facts"] == [{"facet": "duree", "values": [{"value": "2 ans", "count": 3}], "all": True}]


def test_what_some_say_is_counted() -> None:
    told = facts_of_kind("BTS", [*TWO_YEARS, formation(3, "3 ans", ""), formation(4, "", "")], [Facet.DURATION])
    assert told["facts"][0]["values"] == [{"value": "2 ans", "count": 3}, {"value": "3 ans", "count": 1}]
    assert not told["facts"][0]["all"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((Facet.LEVEL,), ["niveau"]),
        ((Facet.COMPARISON,), ["duree", "niveau"]),
        ((Facet.DESCRIPTION,), ["duree", "niveau"]),
        ((Facet.ACCESS,), []),
        ((Facet.JOBS, Facet.DURATION), ["duree"]),
    ],
)
def test_what_is_asked_is_told_as_far_as_it_belongs_to_a_type(asked: tuple[Facet, ...], told: list[str]) -> None:
    assert [fact["facet"] for fact in facts_of_kind("BTS", TWO_YEARS, asked)["facts"]] == told


@pytest.fixture(scope="module")
def of_all(whole: Catalogue) -> World:
    return World(whole, Resolver(whole.formations.values(), whole.jobs.values()))


@pytest.fixture
def talk(of_all: World) -> Conversation:
    return Conversation(of_all)


@pytest.mark.parametrize("text", ["combien de temps dure un BTS ?", "un bts ça dure combien", "C'EST LONG UN BTS ?"])
def test_a_type_is_told_and_a_name_asked_for(talk: Conversation, text: str) -> None:
    reply = only(talk.say(text, "ask_duration"))
    assert (reply.outcome, reply.formations) == (Outcome.MISSING, ())
    (kind,) = reply.values["kinds"]
    assert (kind["kind"], kind["facts"][0]["values"][0]["value"]) == ("BTS", "2 ans")
    assert all(choice.values["title"].startswith("BTS") for choice in reply.choices)


def test_the_question_is_kept_for_the_name(talk: Conversation) -> None:
    talk.say("comment on entre en BTS ?", "ask_access")
    assert facts(talk.say("MCO", "inform"))[1] == ["acces"]


def test_a_type_is_not_taken_for_the_formation_spoken_of(talk: Conversation) -> None:
    talk.say("quels métiers après MSPC ?", "ask_jobs")
    assert only(talk.say("combien de temps dure un BTS ?", "ask_duration")).outcome is Outcome.MISSING
    assert only(talk.say("c'est quoi un CAP ?", "ask_type")).outcome is Outcome.MISSING
    assert facts(talk.say("c'est un CAP ?", "ask_type"))[:2] == ("answered", ["type"])
    assert facts(talk.say("un bac pro ça dure combien ?", "ask_duration"))[0] == "answered"


def test_two_types_are_set_beside_each_other(talk: Conversation) -> None:
    reply = only(talk.say("quelle différence entre un BTS et un BUT ?", "compare"))
    assert [(k["kind"], [f["facet"] for f in k["facts"]]) for k in reply.values["kinds"]] == [
        ("BTS", ["duree", "niveau"]),
        ("BUT", ["duree", "niveau"]),
    ]


def test_a_type_without_fiches_is_unknown(talk: Conversation) -> None:
    assert only(talk.say("comment on entre en DCG ?", "ask_access")).outcome is Outcome.UNKNOWN


def test_a_search_keeps_to_the_type_asked_for(talk: Conversation) -> None:
    """Not the engineer's school that has both words in its name."""
    reply = only(talk.say("je cherche un truc dans la mécanique auto niveau CAP", "search_formations"))
    assert all(formation.title.startswith("CAP") for formation in reply.formations)


def test_what_comes_after_a_formation_is_no_search_for_it(talk: Conversation) -> None:
    said = facts(talk.say("qu'est-ce qui existe en 1 an après un CAP pâtissier ?", "search_formations"))
    assert said == ("answered", ["poursuite"], ["CAP pâtissier"])


def test_letters_that_no_fiche_has_are_unknown(talk: Conversation) -> None:
    assert only(talk.say("ça veut dire quoi STMG", "ask_acronym")).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("on peut aller en BTS avec un bac pro cuisine ?", (Facet.ACCESS, Facet.FURTHER_STUDY)),
        ("avec un bac pro cuisine je peux rentrer en BTS ?", (Facet.ACCESS,)),
    ],
)
def test_from_a_formation_to_a_type_is_what_comes_next(
    talk: Conversation, text: str, facets: tuple[Facet, ...]
) -> None:
    assert facts(talk.say(text, "ask_access", *facets)) == ("answered", ["poursuite"], ["bac pro cuisine"])


def test_a_type_as_a_condition_is_none(talk: Conversation) -> None:
    said = facts(talk.say("pour entrer en bac pro cuisine il faut un CAP ?", "ask_access"))
    assert said == ("answered", ["acces"], ["bac pro cuisine"])
