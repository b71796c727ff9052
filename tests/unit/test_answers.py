from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import answers
from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import PLACE_OF_FACET, Catalogue, Facet, Formation, Outcome

OPTION_A = "BTS systèmes fluviaux option A navigation"
OPTION_B = "BTS systèmes fluviaux option B chantiers"
CAP = "CAP horlogerie fine"
BAC_PRO = "bac pro horlogerie fine"
SCENE = "CS art floral de scène"
CANALS = "diplôme d'ingénieur de l'école des canaux"


def only(replies: list[Reply]) -> Reply:
    assert len(replies) == 1
    return replies[0]


def part_of(reply: Reply) -> dict[str, Any]:
    assert len(reply.values["parts"]) == 1
    return dict(reply.values["parts"][0])


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        (Facet.DURATION, "2 ans"),
        (Facet.LEVEL, "niveau 5"),
        (Facet.TYPE, "brevet de technicien supérieur"),
        (Facet.CODE, "32_025*A"),
        (Facet.SIGLE, "SFL"),
        (Facet.LINK, "https://exemple.fr/sfl-a"),
    ],
)
def test_fields_are_answered_to_the_letter(facet: Facet, value: str, one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((facet,), [one(OPTION_A)], small))
    assert (reply.response, reply.outcome, reply.facets) == ("answer", Outcome.ANSWERED, (facet,))
    assert part_of(reply)["value"] == value
    assert reply.sources == ((one(OPTION_A).id, PLACE_OF_FACET[facet]),)


@pytest.mark.parametrize(
    ("facet", "title", "beginning"),
    [
        (Facet.ACCESS, CAP, "Ce CAP se prépare en 2 ans après la 3e"),
        (Facet.FURTHER_STUDY, BAC_PRO, "Un BTS est possible"),
        (Facet.DESCRIPTION, OPTION_B, "L'option B forme"),
        (Facet.EXPECTATIONS, "BUT informatique", "- Aimer résoudre des problèmes"),
    ],
)
def test_sections_are_answered_whole(facet: Facet, title: str, beginning: str, one: Any, small: Catalogue) -> None:
    part = part_of(only(answers.answer((facet,), [one(title)], small)))
    assert part["text"].startswith(beginning)
    assert part["text"] == one(title).value(PLACE_OF_FACET[facet])
    assert not part["cut"]


def test_jobs_in_both_genders_and_their_labels_for_machines(one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((Facet.JOBS,), [one(CAP)], small))
    assert part_of(reply)["jobs"][0] == {"masculine": "horloger", "feminine": "horlogère"}
    assert part_of(reply)["total"] == 2
    assert reply.jobs == ("horloger/ère", "réparateur/trice d'horloges")


def test_many_jobs_are_cut_in_the_text_only(one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((Facet.JOBS,), [one("BUT informatique")], small))
    assert len(part_of(reply)["jobs"]) < part_of(reply)["total"] == len(reply.jobs) == 17


def test_a_long_text_is_cut_at_the_end_of_a_sentence(one: Any, small: Catalogue) -> None:
    part = part_of(only(answers.answer((Facet.DESCRIPTION,), [one(CANALS)], small)))
    assert part["cut"]
    assert one(CANALS).value("Description").startswith(part["text"])
    assert part["text"].endswith("canal.")


def test_what_the_fiche_does_not_say_is_a_reply_of_its_own(one: Any, small: Catalogue) -> None:
    known, silent = answers.answer((Facet.DURATION, Facet.DESCRIPTION), [one(CAP)], small)
    assert (known.outcome, known.facets) == (Outcome.ANSWERED, (Facet.DURATION,))
    assert (silent.outcome, silent.facets) == (Outcome.NOT_IN_FICHE, (Facet.DESCRIPTION,))
    assert silent.values["silent"] == ["description"]
    assert silent.values["link"] == one(CAP).link
    assert silent.formations == known.formations == (one(CAP),)
    assert silent.sources == ()
    assert known.choices
    assert not silent.choices


def test_a_silent_fiche_offers_what_it_holds(one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((Facet.ACCESS,), [one(SCENE)], small))
    assert reply.outcome is Outcome.NOT_IN_FICHE
    assert reply.values["link"] is None
    assert [choice.ask for choice in reply.choices] == [Ask((Facet.DURATION,), (one(SCENE).id,))]


@pytest.mark.parametrize("facet", sorted(PLACE_OF_FACET))
def test_every_facet_of_every_fiche_is_answered_or_said_to_be_missing(facet: Facet, small: Catalogue) -> None:
    for formation in small.formations.values():
        reply = only(answers.answer((facet,), [formation], small))
        assert reply.outcome is (Outcome.ANSWERED if formation.has(facet) else Outcome.NOT_IN_FICHE)
        assert reply.formations == (formation,)
        for choice in reply.choices:
            asked = choice.ask.facets[0]
            assert asked is not facet
            assert formation.has(asked)
        assert len(reply.choices) <= 3


def test_several_formations_that_say_the_same_are_answered_at_once(one: Any, small: Catalogue) -> None:
    both = [one(OPTION_A), one(OPTION_B)]
    reply = only(answers.answer((Facet.DURATION,), both, small))
    assert reply.formations == tuple(both)
    assert reply.values["total"] == 2
    assert reply.sources == tuple((f.id, "Durée") for f in both)


@pytest.mark.parametrize(
    ("facets", "same"),
    [
        ((Facet.DURATION,), True),
        ((Facet.DURATION, Facet.LEVEL), True),
        ((Facet.ACCESS,), False),
        ((Facet.DURATION, Facet.ACCESS), False),
        ((Facet.LINK,), False),
        ((Facet.FURTHER_STUDY,), True),  # both are silent
    ],
)
def test_share_facts(facets: tuple[Facet, ...], same: bool, one: Any) -> None:
    assert answers.share_facts(facets, [one(OPTION_A), one(OPTION_B)]) is same


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("court", 10, ("court", False)),
        ("exactement", 10, ("exactement", False)),
        ("Un. Deux. Trois et quatre.", 12, ("Un. Deux.", True)),
        ("un deux trois quatre", 12, ("un deux", True)),
        ("premier\n\nsecond paragraphe", 12, ("premier", True)),
    ],
)
def test_shorten(text: str, limit: int, expected: tuple[str, bool]) -> None:
    assert answers.shorten(text, limit) == expected


@given(st.text(max_size=200), st.integers(1, 220))
def test_shortened_text_begins_the_text(text: str, limit: int) -> None:
    short, cut = answers.shorten(text, limit)
    assert text.startswith(short)
    assert len(short) <= limit
    assert cut == (short != text)


# --- lists and choices


def titles_of(reply: Reply) -> list[str]:
    return [choice.values["title"] for choice in reply.choices]


def test_choices_among_formations_bear_full_titles(small: Catalogue) -> None:
    formations = [f for f in small.formations.values() if f.title.startswith("licence archéologie")]
    reply = answers.ambiguous((Facet.ACCESS,), formations, "licence archéologie")
    assert titles_of(reply) == [f.title for f in formations[: answers.MAX_CHOICES]] == reply.values["titles"]
    assert reply.formations == tuple(formations)
    assert reply.values["total"] == 6
    assert [c.ask for c in reply.choices] == [Ask((Facet.ACCESS,), (f.id,)) for f in formations[:5]]


def test_unknown_offers_near_names_and_holds_no_formation(small: Catalogue) -> None:
    near = list(small.formations.values())[:7]
    reply = answers.unknown((Facet.DURATION,), "CAP astronaute", near)
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.formations == ()
    assert titles_of(reply) == [f.title for f in near[:5]]


def test_unknown_job_offers_near_jobs_in_both_genders(small: Catalogue) -> None:
    reply = answers.unknown_job("horlogier", ["horloger/ère"], small)
    assert (reply.outcome, reply.jobs, reply.formations) == (Outcome.UNKNOWN, (), ())
    assert reply.choices[0].values["job"] == {"masculine": "horloger", "feminine": "horlogère"}
    assert reply.choices[0].ask == Ask((Facet.FORMATIONS_FOR_JOB,), (), ("horloger/ère",))


def test_formations_for_a_job_are_all_there_with_their_sources(small: Catalogue) -> None:
    formations = [small.formations[i] for i in small.jobs["archéologue"].formations]
    reply = answers.formations_for_job(["archéologue"], formations, small)
    assert len(reply.formations) == 6
    assert reply.sources == tuple((f.id, "Métiers associés") for f in formations)
    assert reply.jobs == ("archéologue",)
    assert reply.values["total"] == 6


def test_a_long_list_is_cut_in_the_text_only(small: Catalogue) -> None:
    formations = list(small.formations.values())
    reply = answers.search_result("", formations, small)
    assert len(reply.values["titles"]) == answers.SHOWN_FORMATIONS < len(reply.formations) == len(formations)


def test_lists_say_where_they_come_from(small: Catalogue) -> None:
    assert answers.search_result("", list(small.formations.values()), small).values["source"] == {
        "name": small.source.name,  # type: ignore[union-attr]
        "date": "2025-10",
        "licence": "ODbL 1.0",
        "address": "https://opendata.onisep.fr/",
        "licence_address": "https://opendatacommons.org/licenses/odbl/1-0/",
    }


# --- what machines get


def test_answer_is_the_shape_of_the_web_api(one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((Facet.DURATION, Facet.JOBS), [one(CAP)], small))
    assert json.loads(json.dumps(reply.answer())) == {
        "outcome": "answered",
        "facets": ["duree", "metiers"],
        "fiches": [{"id": "cap-horlogerie-fine", "title": CAP, "url": "https://exemple.fr/cap_horlogerie_fine.html"}],
        "jobs": ["horloger/ère", "réparateur/trice d'horloges"],
        "sources": [
            {"fiche": "cap-horlogerie-fine", "section": "Durée"},
            {"fiche": "cap-horlogerie-fine", "section": "Métiers associés"},
        ],
    }


def test_a_fiche_without_a_link_has_a_null_url(one: Any, small: Catalogue) -> None:
    reply = only(answers.answer((Facet.DURATION,), [one(SCENE)], small))
    assert reply.answer()["fiches"][0]["url"] is None


def test_small_talk_has_the_same_keys() -> None:
    answer = Reply("greet", Outcome.SMALLTALK).answer()
    assert answer == {"outcome": "smalltalk", "facets": [], "fiches": [], "jobs": [], "sources": []}


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.text(max_size=5), LEAVES, max_size=2)
FACETS = st.sampled_from(sorted(facet.value for facet in Facet))


@given(
    JSON
    | st.dictionaries(st.sampled_from(["facets", "formations", "jobs"]), JSON | st.lists(FACETS | LEAVES, max_size=3))
)
def test_a_choice_is_read_from_any_json(data: Any) -> None:
    ask = Ask.from_json(data)
    assert Ask.from_json(json.loads(json.dumps(ask.as_json()))) == ask


def test_a_choice_survives_json(small: Catalogue) -> None:
    formation: Formation = next(iter(small.formations.values()))
    ask = Ask((Facet.JOBS, Facet.ACCESS), (formation.id,), ("horloger/ère",))
    assert Ask.from_json(json.loads(json.dumps(ask.as_json()))) == ask
