"""Precise questions: the sentence of the fiche that says it comes first, wherever it stands; else none was found."""

from __future__ import annotations

import pytest

from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Outcome
from bot.catalogue.telling import saying_first
from bot.wording import Wording
from bot.world import World
from tests.unit.test_job_questions import BARGE, Talk

LONG = (
    "Ce diplôme se prépare en 3 ans après la classe de 3e, dans une section qui mêle les cours et l'atelier, et dont "
    "les élèves passent la première année avec ceux d'autres spécialités de la même famille. Le dossier compte pour "
    "moitié dans l'admission. Les élèves titulaires d'un CAP du même secteur peuvent le préparer en 2 ans. Un "
    "entretien permet de vérifier la motivation des candidats. La mer, les bateaux et les écluses doivent leur plaire."
)


@pytest.fixture
def talk(knowledge_of_jobs: World) -> Talk:
    return Talk(knowledge_of_jobs)


def text_of(reply: Reply, wording: Wording) -> str:
    return wording.word(reply.response, reply.values)


def test_the_sentence_that_says_it_is_told_alone(talk: Talk, wording: Wording) -> None:
    (reply,) = talk.say("un marinier travaille la nuit ?", "ask_job_conditions")
    text = text_of(reply, wording)
    assert "On navigue de jour, parfois la nuit." in text
    assert "Le marinier vit à bord" not in text
    assert "la suite" in text


def test_a_fact_that_stands_in_another_section_is_told_with_what_was_heard(talk: Talk) -> None:
    (reply,) = talk.say("un marinier gagne combien, et c'est bruyant ?", "ask_job_salary")
    assert [facet.value for facet in reply.facets] == ["metier_conditions", "metier_salaire"]


def test_a_fact_is_told_of_the_job_spoken_of_where_no_topic_is_heard(talk: Talk, wording: Wording) -> None:
    talk.say("c'est quoi marinier", "ask_job_description")
    (reply,) = talk.say("c'est bruyant ?", "out_of_scope")
    assert reply.jobs == (BARGE,)
    assert "Le bruit du moteur ne s'arrête pas." in text_of(reply, wording)


@pytest.mark.parametrize("vous", [False, True])
def test_a_fact_that_the_fiche_does_not_tell_is_not_made_up(talk: Talk, wording: Wording, vous: bool) -> None:
    talk.say("c'est quoi marinier", "ask_job_description")
    (reply,) = talk.say("on peut être en télétravail ?", "out_of_scope")
    assert reply.outcome is Outcome.NOT_IN_FICHE
    assert reply.jobs == (BARGE,)
    assert [choice.response for choice in reply.choices] == ["choice_metier_conditions"]
    assert "Je préfère ne rien inventer" in wording.word(reply.response, {**reply.values, "vous": vous})


def test_a_section_that_does_not_tell_a_fact_is_said_not_to(talk: Talk, wording: Wording) -> None:
    (silent,) = talk.say("il faut le permis pour le CAP horlogerie fine ?", "ask_access")
    (telling,) = talk.say("le CAP horlogerie fine peut se faire en 1 an au lieu de 2 ?", "ask_access")
    assert "Je n'ai pas trouvé ce point précis" in text_of(silent, wording)
    assert "Je n'ai pas trouvé ce point précis" not in text_of(telling, wording)


def test_less_time_for_those_who_have_a_diploma_is_told_of_the_access(talk: Talk) -> None:
    (reply,) = talk.say("le titre professionnel conducteur de péniche, on peut y entrer sans diplôme ?", "ask_duration")
    assert [facet.value for facet in reply.facets] == ["acces", "duree"]


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ({"fact:fewer_years"}, ["Les élèves titulaires d'un CAP du même secteur peuvent le préparer en 2 ans."]),
        ({"fact:interview"}, ["Un entretien permet de vérifier la motivation des candidats."]),
        ({"fact:night"}, []),
        ({"theme:years"}, []),
    ],
)
def test_a_sentence_far_from_the_head_comes_first(keys: set[str], first: list[str]) -> None:
    assert saying_first(LONG, keys) == first
    assert saying_first("Sur dossier et entretien.", keys) == []


@pytest.mark.parametrize("text", ["avec un bac pro horlogerie ils prennent ?", "j'ai un bac techno, ça marche ?"])
def test_what_one_has_is_asked_of_the_way_into_the_formation_spoken_of(talk: Talk, text: str) -> None:
    talk.say("c'est quoi le BTS systèmes fluviaux option A ?", "ask_description")
    (reply,) = talk.say(text, "ask_access")
    assert [formation.title for formation in reply.formations] == ["BTS systèmes fluviaux option A navigation"]
    assert [facet.value for facet in reply.facets] == ["acces"]


def test_a_fact_heard_with_its_topic_is_no_unknown_name(talk: Talk) -> None:
    talk.say("c'est quoi marinier", "ask_job_description")
    (reply,) = talk.say("je peux être artisan ou salarié ?", "ask_job_status", unseen=("salarié",))
    assert reply.outcome is Outcome.ANSWERED
    assert reply.jobs == (BARGE,)
