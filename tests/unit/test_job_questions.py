"""Turns about jobs that have a fiche: what is answered, of which job, from where, and what is left to formations."""

from __future__ import annotations

import pytest

from bot.catalogue import job_answers
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Catalogue, Facet, Outcome
from bot.catalogue.ref import job_ref
from bot.catalogue.resolver import Resolver
from bot.dialogue.state import Offer, State
from bot.understanding.intents import FACETS_OF_INTENT
from bot.understanding.topics import Topic
from bot.wording import Wording
from bot.world import World
from tests.unit.talking import Conversation, read

BOATS = "calfat/e de barques"
BARGE, FLORIST, WATCH, LIGHT, TAMER = (
    "marinier/ère", "fleuriste", "horloger/ère", "gardien/ne de phare", "agent/e des vagues"
)  # fmt: skip
ALL = {intent: facets[0] for intent, facets in FACETS_OF_INTENT.items() if intent.startswith("ask_job_")}
PENICHE = "titre professionnel conducteur de péniche"


class Talk(Conversation):
    """A conversation with the intents given: what the models would have read."""

    def say(self, text: str, intent: str = "inform", *also: Facet, unseen: tuple[str, ...] = ()) -> list[Reply]:
        facets = (*FACETS_OF_INTENT.get(intent, ()), *also)
        return self.read(read(text, intent, self.world, facets, unseen))

    def tap_number(self, reply: Reply, number: int = 0) -> list[Reply]:
        return self.tap(reply.choices[number])


@pytest.fixture
def talk(knowledge_of_jobs: World) -> Talk:
    return Talk(knowledge_of_jobs)


def one(replies: list[Reply]) -> Reply:
    (reply,) = replies
    return reply


def facts(reply: Reply) -> tuple[str, list[str], list[str]]:
    return reply.outcome.value, [f.value for f in reply.facets], list(reply.jobs)


# --- each facet


@pytest.mark.parametrize(("intent", "facet"), ALL.items())
def test_each_facet_of_a_job(talk: Talk, intent: str, facet: Facet, wording: Wording) -> None:
    reply = one(talk.say("une question sur le marinier", intent))
    assert reply.outcome is Outcome.ANSWERED
    assert facet in reply.facets
    assert reply.jobs == (BARGE,)
    assert [job for job, _ in reply.job_sources] == [BARGE]
    assert wording.word(reply.response, reply.values)


def test_a_salary_of_two_lines(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("combien gagne un batelier", "ask_job_salary"))
    text = wording.word(reply.response, reply.values)
    assert "A partir de 1850 euros brut par mois" in text
    assert "A partir de 2100 euros brut par mois, sur le Rhin" in text
    assert "<br" not in text
    assert reply.answer()["sources"] == [{"job": BARGE, "section": "Salaire"}]


def test_how_to_become_something_tells_the_formations_too(talk: Talk) -> None:
    reply = one(talk.say("comment devenir marinier", "ask_job_access"))
    assert facts(reply) == ("answered", ["metier_acces", "formations_pour_metier"], [BARGE])
    assert PENICHE in [f.title for f in reply.formations]
    assert {source["section"] for source in reply.answer()["sources"]} == {"Accès au métier", "Métiers associés"}


def test_how_long_it_takes_is_told_from_the_length_of_study(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("combien d'années pour devenir marinier", "ask_job_access"))
    assert reply.job_sources == ((BARGE, "Durée des études"),)
    assert "2 ans pour un CAP" in wording.word(reply.response, reply.values)


def test_what_is_asked_of_a_long_section_is_told_and_the_rest_on_demand(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("un marinier travaille la nuit ?", "ask_job_conditions"))
    text = wording.word(reply.response, reply.values)
    assert "On navigue de jour, parfois la nuit." in text
    assert "Les mains sont souvent grasses." not in text
    for tell_the_rest in (lambda: talk.say("la suite", "ask_more"), lambda: talk.tap_number(reply)):
        rest = one(tell_the_rest())
        assert facts(rest) == ("answered", ["metier_conditions"], [BARGE])
        assert "Les mains sont souvent grasses." in wording.word(rest.response, rest.values)


def test_all_pages_can_be_read_and_then_there_is_no_more(talk: Talk) -> None:
    talk.say("c'est quoi marinier", "ask_job_description")
    sections = []
    for _ in range(9):
        reply = one(talk.say("la suite", "ask_more"))
        if not reply.job_sources:
            break
        sections += [section for _, section in reply.job_sources]
    assert sections == ["En bref"]
    assert reply.response == "no_more"


def test_several_facets_of_one_job(talk: Talk) -> None:
    reply = one(talk.say("salaire et niveau pour marinier", "ask_job_salary", Facet.JOB_LEVEL))
    assert facts(reply) == ("answered", ["metier_salaire", "metier_niveau"], [BARGE])


def test_a_part_that_the_fiche_does_not_tell_is_named(talk: Talk) -> None:
    told, silent = talk.say("niveau et salaire du gardien de phare", "ask_job_level", Facet.JOB_SALARY)
    assert facts(told) == ("answered", ["metier_niveau"], [LIGHT])
    assert facts(silent) == ("not_in_fiche", ["metier_salaire"], [LIGHT])


def test_several_jobs_side_by_side(talk: Talk) -> None:
    reply = one(talk.say("combien gagnent un marinier et un gardien de phare", "ask_job_level"))
    assert facts(reply) == ("answered", ["comparaison", "metier_niveau"], [BARGE, LIGHT])


def test_jobs_compared_without_a_facet(talk: Talk) -> None:
    replies = talk.say("marinier ou gardien de phare", "compare")
    assert {f for reply in replies for f in reply.facets} >= {Facet.JOB_SALARY, Facet.JOB_LEVEL}


# --- what the fiches do not hold


def test_a_silent_fiche(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("horaires d'un fleuriste", "ask_job_conditions"))
    assert facts(reply) == ("not_in_fiche", ["metier_conditions"], [FLORIST])
    assert "ne dit rien" in wording.word(reply.response, reply.values)
    assert reply.job_sources == ()


def test_a_job_without_a_fiche(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("salaire d'un archéologue", "ask_job_salary"))
    assert facts(reply) == ("not_in_fiche", ["metier_salaire"], ["archéologue"])
    text = wording.word(reply.response, reply.values)
    assert "Je n'ai pas de fiche sur le métier archéologue" in text
    assert "6 formations" in text
    assert Facet.FORMATIONS_FOR_JOB in one(talk.tap_number(reply)).facets


def test_how_to_become_what_has_no_fiche_is_told_by_formations(talk: Talk) -> None:
    reply = one(talk.say("comment devenir archéologue", "ask_job_access"))
    assert facts(reply) == ("answered", ["formations_pour_metier"], ["archéologue"])


@pytest.mark.parametrize(
    ("text", "job"),
    [("devenir pilote de ligne", "pilote de ligne automatisée"), ("comment on devient boulanger", "boulanger/ère")],
)
def test_what_one_becomes_is_a_job(text: str, job: str, whole_with_jobs: Catalogue) -> None:
    """Not a formation whose title holds its name, to be entered or chosen from."""
    catalogue = whole_with_jobs
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), {}, catalogue.job_fiches)
    reply = one(Talk(World(catalogue, resolver, "")).say(text, "ask_job_access"))
    assert facts(reply) == ("answered", ["formations_pour_metier"], [job])


def test_an_unknown_job(talk: Talk) -> None:
    reply = one(talk.say("salaire d'un zorglub", "ask_job_salary", unseen=("zorglub",)))
    assert (reply.outcome, reply.jobs, reply.formations) == (Outcome.UNKNOWN, (), ())
    assert reply.values["said"] == "zorglub"


def test_formations_that_a_fiche_advises_where_none_lists_the_job(talk: Talk) -> None:
    reply = one(talk.say("formations pour gardien de phare", "ask_formations_for_job"))
    assert facts(reply) == ("answered", ["formations_pour_metier"], [LIGHT])
    assert reply.values["titles"] == ["BTS systèmes fluviaux option B chantiers", "CAP phare"]
    assert [f.title for f in reply.formations] == ["BTS systèmes fluviaux option B chantiers"]


def test_the_way_in_where_no_formation_is_known(talk: Talk) -> None:
    reply = one(talk.say("formations pour agent des vagues", "ask_formations_for_job"))
    assert facts(reply) == ("answered", ["metier_acces"], [TAMER])


# --- which job


def test_a_bare_name_is_what_one_does_and_the_formations(talk: Talk) -> None:
    reply = one(talk.say("marinière ?"))
    assert facts(reply) == ("answered", ["metier_description", "formations_pour_metier"], [BARGE])


def test_a_name_said_whole_is_that_job_though_others_begin_alike(talk: Talk) -> None:
    assert facts(one(talk.say("combien gagne un horloger", "ask_job_salary"))) == (
        "answered",
        ["metier_salaire"],
        [WATCH],
    )


def test_a_name_that_opens_others_is_asked_about(talk: Talk) -> None:
    reply = one(talk.say("combien gagne un calfat", "ask_job_salary"))
    assert reply.outcome is Outcome.AMBIGUOUS
    assert reply.jobs == (BOATS, "calfat/e de pontons", "calfat/e en marine")
    assert reply.formations == ()


@pytest.mark.parametrize("choice", ["la 2e", "2", "de pontons", "calfat de pontons"])
def test_the_question_waits_for_the_choice(talk: Talk, choice: str, wording: Wording) -> None:
    talk.say("combien gagne un calfat", "ask_job_salary")
    reply = one(talk.say(choice, "choose"))
    assert facts(reply) == ("answered", ["metier_salaire"], ["calfat/e de pontons"])
    assert "2000 euros" in wording.word(reply.response, reply.values)


def test_a_choice_after_a_question_that_no_job_answers(talk: Talk) -> None:
    """Another question lets the choice go; asked again, it waits again."""
    talk.say("combien gagne un calfat", "ask_job_salary")
    assert one(talk.say("c'est quoi le code ?", "ask_code")).outcome is Outcome.MISSING
    talk.say("combien gagne un calfat", "ask_job_salary")
    assert facts(one(talk.say("2", "choose"))) == ("answered", ["metier_salaire"], ["calfat/e de pontons"])


def test_a_choice_by_button(talk: Talk) -> None:
    asked = one(talk.say("combien gagne un calfat", "ask_job_salary"))
    assert facts(one(talk.tap_number(asked, 1))) == ("answered", ["metier_salaire"], ["calfat/e de pontons"])


def test_a_number_out_of_range_asks_again(talk: Talk) -> None:
    talk.say("combien gagne un calfat", "ask_job_salary")
    assert one(talk.say("le 7e", "choose")).outcome is Outcome.AMBIGUOUS
    assert one(talk.say("le 1er", "choose")).jobs == (BOATS,)


def test_jobs_that_share_the_fact_need_no_choice(talk: Talk) -> None:
    talk.say("combien gagne un calfat", "ask_job_salary")
    replies = talk.say("de pontons ou en marine", "choose")
    assert {reply.outcome for reply in replies} <= {Outcome.ANSWERED, Outcome.AMBIGUOUS}


def test_words_that_open_jobs_count_in_a_question_on_a_job_alone(talk: Talk) -> None:
    """ "agent" is no job alone, and no formation."""
    assert not talk.world.resolver.resolve("un agent")
    assert one(talk.say("comment devenir agent", "ask_job_access")).jobs == (TAMER,)


def test_a_name_of_both_kinds_is_a_job_where_only_a_job_can_be_asked_so(talk: Talk) -> None:
    assert facts(one(talk.say("statut d'un fleuriste", "ask_job_status")))[2] == [FLORIST]
    assert facts(one(talk.say("comment devenir fleuriste", "ask_job_access")))[2] == [FLORIST]
    assert [f.title for f in one(talk.say("durée fleuriste", "ask_duration")).formations] == ["CAP fleuriste"]
    assert [f.title for f in one(talk.say("accès au CAP fleuriste", "ask_access")).formations] == ["CAP fleuriste"]


# --- context


def test_follow_ups(talk: Talk) -> None:
    talk.say("c'est quoi marinier", "ask_job_description")
    assert facts(one(talk.say("et ça gagne combien ?", "ask_job_salary"))) == ("answered", ["metier_salaire"], [BARGE])
    assert facts(one(talk.say("et le niveau ?", "ask_level"))) == ("answered", ["metier_niveau"], [BARGE])
    assert facts(one(talk.say("et fleuriste ?"))) == ("answered", ["metier_niveau"], [FLORIST])


def test_small_talk_in_between_loses_nothing(talk: Talk) -> None:
    talk.say("combien gagne un calfat", "ask_job_salary")
    talk.say("merci", "thank")
    assert facts(one(talk.say("de pontons", "choose")))[0] == "answered"


def test_the_job_is_spoken_of_while_formations_lead_there(talk: Talk) -> None:
    talk.say("quelles formations pour marinier", "ask_formations_for_job")
    talk.say("le titre professionnel conducteur de péniche, ça dure combien ?", "ask_duration")
    assert facts(one(talk.say("et ça gagne combien", "ask_job_salary"))) == ("answered", ["metier_salaire"], [BARGE])
    talk.say("durée du CAP horlogerie fine", "ask_duration")
    assert one(talk.say("et ça gagne combien", "ask_job_salary")).outcome is Outcome.OUT_OF_SCOPE


def test_the_only_job_of_a_formation_just_told(talk: Talk) -> None:
    talk.say("métiers du titre professionnel conducteur de péniche", "ask_jobs")
    assert facts(one(talk.say("ça gagne combien ?", "ask_job_salary"))) == ("answered", ["metier_salaire"], [BARGE])


def test_a_question_without_a_job_asks_which_and_waits(talk: Talk) -> None:
    reply = one(talk.say("combien on gagne ?", "ask_job_salary"))
    assert facts(reply) == ("missing", ["metier_salaire"], [])
    assert facts(one(talk.say("marinier"))) == ("answered", ["metier_salaire"], [BARGE])


def test_a_formation_has_no_salary_but_its_jobs_have(talk: Talk) -> None:
    reply = one(talk.say("salaire après le titre professionnel conducteur de péniche", "ask_job_salary"))
    assert (reply.outcome, reply.jobs) == (Outcome.OUT_OF_SCOPE, ())
    assert facts(one(talk.tap_number(reply))) == ("answered", ["metier_salaire"], [BARGE])


def test_the_same_question_of_a_formation_stays_one_of_it(talk: Talk) -> None:
    reply = one(talk.say("niveau du CAP horlogerie fine", "ask_job_level"))
    assert facts(reply) == ("answered", ["niveau"], [])
    assert facts(one(talk.say("on y entre comment", "ask_job_access"))) == ("answered", ["acces"], [])


# --- questions that are not of a job


def test_what_leads_to_a_job_is_as_it_was(talk: Talk, knowledge: World) -> None:
    text = "quelles formations pour être marinier"
    before, after = Talk(knowledge), talk
    assert one(after.say(text, "ask_formations_for_job")) == one(before.say(text, "ask_formations_for_job"))


def test_a_store_without_job_fiches_says_what_it_lacks(knowledge: World, wording: Wording) -> None:
    talk = Talk(knowledge)
    assert one(talk.say("combien gagne un marinier", "ask_job_salary")).outcome is Outcome.OUT_OF_SCOPE
    assert facts(one(talk.say("horaires d'un marinier", "ask_job_conditions"))) == (
        "not_in_fiche", ["metier_conditions"], [BARGE]
    )  # fmt: skip
    assert facts(one(talk.say("comment devenir marinier", "ask_job_access")))[:2] == (
        "answered", ["formations_pour_metier"]
    )  # fmt: skip
    unknown = one(talk.say("comment devenir zorglub", "ask_job_access", unseen=("zorglub",)))
    assert unknown.outcome is Outcome.UNKNOWN
    assert "« zorglub »" in wording.word(unknown.response, unknown.values)


@pytest.mark.parametrize(("intent", "response"), [("distress", "distress"), ("insult", "insulted")])
def test_other_turns_come_first(talk: Talk, intent: str, response: str) -> None:
    talk.say("combien gagne un horloger", "ask_job_salary")
    assert one(talk.say("horloger de tour", intent)).response == response


def test_a_job_that_left_the_store_is_forgotten(talk: Talk) -> None:
    gone = (job_ref("gone"),)
    talk.state = State(focus=gone, recent=gone, offer=Offer(gone, asks=True), topics=(Topic.SALARY,))
    assert one(talk.say("la suite", "ask_more")).response == "no_more"
    assert one(talk.say("et ça gagne combien", "ask_job_salary")).outcome is Outcome.MISSING


# --- answers of every fiche


@pytest.mark.parametrize("facet", sorted(set(ALL.values())))
def test_every_facet_of_every_job_is_answered_or_said_to_be_missing(
    facet: Facet, small_with_jobs: Catalogue, wording: Wording
) -> None:
    for label in small_with_jobs.jobs:
        replies = job_answers.answer_jobs((facet,), (label,), small_with_jobs)
        fiche = small_with_jobs.job_fiches.get(label)
        wanted = Outcome.ANSWERED if fiche and fiche.has(facet) else Outcome.NOT_IN_FICHE
        assert [reply.outcome for reply in replies] == [wanted]
        assert wording.word(replies[0].response, replies[0].values)
        assert len(replies[0].choices) <= 3


def test_more_than_the_one_spoken_of(talk: Talk) -> None:
    """ "c'est mieux payé que … ?" tells both."""
    talk.say("combien gagne un marinier", "ask_job_salary")
    reply = one(talk.say("c'est mieux payé que horloger de tour ?", "ask_job_salary"))
    assert reply.jobs == (BARGE, "horloger/ère de tour")
    assert Facet.COMPARISON in reply.facets


def test_choices_of_a_job_without_fiche_are_distinct(talk: Talk, wording: Wording) -> None:
    reply = one(talk.say("combien gagne un archéologue", "ask_job_salary"))
    titles = [wording.word(choice.response, choice.values) for choice in reply.choices]
    asks = [choice.ask for choice in reply.choices]
    assert reply.outcome is Outcome.NOT_IN_FICHE
    assert len(set(titles)) == len(set(asks)) == len(titles) == 2


def test_formations_told_beside_are_not_offered_again(talk: Talk) -> None:
    reply = one(talk.say("comment devenir marinier ?", "ask_job_access"))
    assert reply.formations
    assert "choice_formations_pour_metier" not in [choice.response for choice in reply.choices]
    assert "choice_parcours" in [choice.response for choice in reply.choices]


@pytest.mark.parametrize(
    ("facts", "begins"),
    [
        (["1800 euros brut par mois"], "**1800 euros brut par mois** :"),
        (["1800 euros à terre", "2100 euros à bord"], "Le salaire au début"),
        (["Variable. " + "Cela dépend de la cargaison. " * 6], "Le salaire au début"),
    ],
)
def test_a_long_salary_is_not_squeezed_into_one_sentence(wording: Wording, facts: list[str], begins: str) -> None:
    part = {"facet": "metier_salaire", "facts": facts, "job": {"masculine": "marinier", "feminine": "marinière"}}
    text = wording.word("fact_metier_salaire", {"part": part, "job": part["job"]})
    assert text.startswith(begins)
    assert all(fact.strip() in text for fact in facts)


@pytest.mark.parametrize(
    "text", ["marinier ou fleuriste, lequel gagne le plus ?", "qui est le mieux payé, marinier ou fleuriste"]
)
def test_which_pays_more_is_asked_of_jobs(talk: Talk, text: str) -> None:
    """Though each names a formation, too: no formation pays."""
    replies = talk.say(text, "compare")
    assert {facet for reply in replies for facet in reply.facets} >= {Facet.JOB_SALARY}
    assert {label for reply in replies for label in reply.jobs} == {BARGE, FLORIST}
