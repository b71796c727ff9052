"""State in, state out: readings are made by hand, the names in them found by the real resolver."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.ref import formation_ref, job_ref
from bot.dialogue.state import State
from bot.understanding.intents import FACETS_OF_INTENT
from bot.understanding.reading import Act, Fit, Lead, Name, Reading, Role
from bot.understanding.topics import Topic
from bot.world import World
from tests.unit.talking import Conversation, read, turn

OPTION_A = "BTS systèmes fluviaux option A navigation"
OPTION_B = "BTS systèmes fluviaux option B chantiers"
CAP = "CAP horlogerie fine"
BAC_PRO = "bac pro horlogerie fine"
FLORIST = "CAP fleuriste"
MCO = "BTS management commercial opérationnel"
MSPC = "bac pro maintenance des systèmes de production connectés"
MICRO = "bac pro microtechniques"
CANALS = "diplôme d'ingénieur de l'école des canaux"
HEATING = "diplôme d'ingénieur de l'école du chauffage"
BARGE = "titre professionnel conducteur de péniche"


@pytest.fixture
def talk(knowledge: World) -> Conversation:
    return Conversation(knowledge)


def only(replies: list[Reply]) -> Reply:
    assert len(replies) == 1, [reply.response for reply in replies]
    return replies[0]


def titles(reply: Reply) -> list[str]:
    return [formation.title for formation in reply.formations]


def facts(replies: list[Reply]) -> tuple[str, list[str], list[str]]:
    """Outcome, facets and titles of the only reply."""
    reply = only(replies)
    return reply.outcome.value, [facet.value for facet in reply.facets], titles(reply)


# --- outcomes of one message


@pytest.mark.parametrize(
    ("text", "intent", "facets", "title"),
    [
        ("combien de temps dure le CAP fleuriste ?", "ask_duration", ["duree"], FLORIST),
        ("quels metiers apres mspc", "ask_jobs", ["metiers"], MSPC),
        ("comment entrer en CAP horlogerie fine", "ask_access", ["acces"], CAP),
        ("et après le bac pro horlogerie fine ?", "ask_further_study", ["poursuite"], BAC_PRO),
        ("que faire après un bac pro horlogerie fine", "ask_what_after", ["poursuite", "metiers"], BAC_PRO),
        ("c'est quoi le bac pro microtechniques", "ask_description", ["description"], MICRO),
        ("niveau du CAP fleuriste", "ask_level", ["niveau"], FLORIST),
        ("MSPC c'est quel diplôme", "ask_type", ["type"], MSPC),
        ("code du MCO", "ask_code", ["code"], MCO),
        ("ça veut dire quoi MSPC", "ask_acronym", ["sigle"], MSPC),
        ("la page officielle du MSPC", "ask_link", ["lien"], MSPC),
        ("attendus de la licence droit", "ask_expectations", ["attendus"], "licence droit"),
    ],
)
def test_a_facet_of_one_formation(talk: Conversation, text: str, intent: str, facets: list[str], title: str) -> None:
    assert facts(talk.say(text, intent)) == ("answered", facets, [title])


def test_a_silent_fiche(talk: Conversation) -> None:
    reply = only(talk.say("c'est quoi le CAP horlogerie fine", "ask_description"))
    assert reply.outcome is Outcome.NOT_IN_FICHE
    assert titles(reply) == [CAP]
    offered = [facet for choice in reply.choices for facet in choice.ask.facets]
    assert offered
    assert all(reply.formations[0].has(facet) for facet in offered)


def test_one_message_per_outcome(talk: Conversation) -> None:
    asked = (Facet.DURATION, Facet.DESCRIPTION)
    known, silent = talk.say("durée et programme du CAP horlogerie fine", "ask_duration", *asked)
    assert (known.outcome, known.facets) == (Outcome.ANSWERED, (Facet.DURATION,))
    assert (silent.outcome, silent.facets) == (Outcome.NOT_IN_FICHE, (Facet.DESCRIPTION,))


def test_a_doubtful_topic_is_not_said_to_be_missing(talk: Conversation) -> None:
    asked = (Facet.DURATION, Facet.DESCRIPTION)
    reading = read("durée et programme du CAP horlogerie fine", "ask_duration", talk.world, asked)
    told = talk.read(replace(reading, doubtful=frozenset({Topic.DESCRIPTION})))
    assert facts(told) == ("answered", ["duree"], [CAP])


@pytest.mark.parametrize("text", ["durée du CAP astronaute ?", "durée du BTS dragons volants"])
def test_an_unknown_name(talk: Conversation, text: str) -> None:
    reply = only(talk.say(text, "ask_duration"))
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.formations == ()
    assert reply.facets == (Facet.DURATION,)


def test_words_that_nobody_knows_are_an_unknown_name(talk: Conversation) -> None:
    reply = only(talk.say("durée zorglub", "ask_duration", unseen=("zorglub",)))
    assert reply.outcome is Outcome.UNKNOWN
    assert "zorglub" in reply.values["said"]


@pytest.mark.parametrize("text", ["non, plutôt coiffure", "ah non et plombier alors", "en fait boulangerie"])
def test_another_name_without_a_fiche_is_not_the_formation_spoken_of(talk: Conversation, text: str) -> None:
    talk.say("combien de temps dure le MSPC ?", "ask_duration")
    assert facts(talk.say(text, "inform")) == ("unknown", ["duree"], [])


def test_after_an_unknown_name_the_question_waits(talk: Conversation) -> None:
    talk.say("durée du CAP astronaute ?", "ask_duration")
    assert facts(talk.say("CAP fleuriste", "inform")) == ("answered", ["duree"], [FLORIST])


def test_a_nearly_known_name_is_offered_with_the_question(talk: Conversation) -> None:
    reply = only(talk.say("durée du BTS fleuriste", "ask_duration"))
    assert reply.outcome is Outcome.UNKNOWN
    near = next(choice for choice in reply.choices if choice.values["title"] == FLORIST)
    assert facts(talk.tap(near)) == ("answered", ["duree"], [FLORIST])


@pytest.mark.parametrize("intent", ["ask_duration", "ask_access", "ask_jobs"])
def test_a_missing_name_is_asked_for_and_the_question_kept(talk: Conversation, intent: str) -> None:
    facets = [facet.value for facet in FACETS_OF_INTENT[intent]]
    assert facts(talk.say("et ça ?", intent)) == ("missing", facets, [])
    assert facts(talk.say("fleuriste", "inform")) == ("answered", facets, [FLORIST])


def test_several_facets_wait_for_a_name_through_small_talk(talk: Conversation) -> None:
    talk.say("durée et accès ?", "ask_duration", Facet.DURATION, Facet.ACCESS)
    talk.say("bonjour au fait", "greet")
    assert facts(talk.say("MSPC", "inform")) == ("answered", ["duree", "acces"], [MSPC])


@pytest.mark.parametrize(
    ("intent", "response"),
    [
        ("ask_place", "scope_place"),
        ("ask_dates", "scope_dates"),
        ("ask_fees", "scope_fees"),
        ("ask_salary", "scope_salary"),
        ("ask_chances", "scope_chances"),
        ("out_of_scope", "scope_other"),
        ("insult", "insulted"),
    ],
)
def test_out_of_scope_keeps_the_conversation(talk: Conversation, intent: str, response: str) -> None:
    talk.say("durée du CAP fleuriste", "ask_duration")
    before = talk.state
    reply = only(talk.say("et sinon ?", intent))
    assert (reply.response, reply.outcome) == (response, Outcome.OUT_OF_SCOPE)
    assert reply.formations == ()
    assert replace(talk.state, misses=0) == replace(before, misses=0)


def test_a_place_gets_a_link_to_the_search_with_the_formation_filled_in(talk: Conversation) -> None:
    reply = only(talk.say("où se prépare le CAP fleuriste ?", "ask_place"))
    assert reply.values["search_link"] == "https://exemple.fr/?q=CAP+fleuriste"
    talk.say("durée de MSPC", "ask_duration")
    reply = only(talk.say("c'est où ?", "ask_place"))
    assert reply.values["about"] == MSPC


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        ("greet", Outcome.SMALLTALK),
        ("goodbye", Outcome.SMALLTALK),
        ("thank", Outcome.SMALLTALK),
        ("bot_challenge", Outcome.SMALLTALK),
        ("ask_help", Outcome.HELP),
    ],
)
def test_small_talk_keeps_the_conversation(talk: Conversation, intent: str, outcome: Outcome) -> None:
    talk.say("durée du CAP fleuriste", "ask_duration")
    before = talk.state
    assert only(talk.say("coucou", intent)).outcome is outcome
    assert talk.state == before
    assert facts(talk.say("et les métiers ?", "ask_jobs")) == ("answered", ["metiers"], [FLORIST])


def test_distress_comes_first_and_leaves_the_rest_of_the_memory(talk: Conversation) -> None:
    talk.say("comment entrer en BTS SFL ?", "ask_access")
    before = talk.state
    reply = only(talk.say("le 2e CAP fleuriste et je veux mourir", "distress"))
    assert (reply.response, reply.outcome) == ("distress", Outcome.DISTRESS)
    assert reply.choices
    assert replace(talk.state, distress=()) == before


def test_a_question_beside_distress_is_answered_after_it(talk: Conversation) -> None:
    text = "durée du CAP fleuriste ?               "
    told = read("durée du CAP fleuriste ? on me frappe", "distress", talk.world)
    told = replace(told, beside=read(text, "ask_duration", talk.world))
    first, second = talk.read(Reading.from_json(json.loads(json.dumps(told.as_json()))))
    assert (first.response, first.outcome) == ("distress", Outcome.DISTRESS)
    assert facts([second]) == ("answered", ["duree"], [FLORIST])
    assert facts(talk.say("et les métiers ?", "ask_jobs")) == ("answered", ["metiers"], [FLORIST])


def test_help_offers_questions_that_work(talk: Conversation) -> None:
    for choice in only(talk.say("aide", "ask_help")).choices:
        assert only(Conversation(talk.world).tap(choice)).outcome is Outcome.ANSWERED


# --- follow-ups


def test_a_question_without_a_name_is_about_the_last_formation(talk: Conversation) -> None:
    talk.say("durée du CAP horlogerie fine", "ask_duration")
    assert facts(talk.say("et les métiers ?", "ask_jobs")) == ("answered", ["metiers"], [CAP])
    assert facts(talk.say("le niveau ?", "ask_level")) == ("answered", ["niveau"], [CAP])


@pytest.mark.parametrize("text", ["et pour le bac pro ?", "non, le bac pro", "et le bac professionnel ?"])
def test_another_type_of_the_same_name_is_asked_the_same(talk: Conversation, text: str) -> None:
    talk.say("métiers du CAP horlogerie fine", "ask_jobs")
    assert facts(talk.say(text, "inform")) == ("answered", ["metiers"], [BAC_PRO])


@pytest.mark.parametrize("text", ["et pour le CAP fleuriste ?", "non, le fleuriste", "et fleuriste ?"])
def test_another_name_is_asked_the_same(talk: Conversation, text: str) -> None:
    talk.say("durée de MSPC", "ask_duration")
    assert facts(talk.say(text, "inform")) == ("answered", ["duree"], [FLORIST])


@pytest.mark.parametrize("text", ["et pour le bac pro ?", "non, le bac pro"])
def test_another_type_that_has_no_fiche_is_unknown(talk: Conversation, text: str) -> None:
    talk.say("durée du CAP fleuriste", "ask_duration")
    assert FLORIST not in titles(only(talk.say(text, "inform")))


def test_the_other_option(talk: Conversation) -> None:
    talk.say("comment entrer en BTS systèmes fluviaux option A", "ask_access")
    assert facts(talk.say("et pour l'option B ?", "inform")) == ("answered", ["acces"], [OPTION_B])


@pytest.mark.parametrize("text", ["et la B ?", "é la b"])
def test_the_letter_of_the_other_option(talk: Conversation, text: str) -> None:
    talk.say(f"durée du {OPTION_A}", "ask_duration")
    assert facts(talk.say(text, "select_option"))[2] == [OPTION_B]


def test_what_follows_what_is_refused_is_asked(talk: Conversation) -> None:
    talk.say(f"durée du {BAC_PRO}", "ask_duration")
    assert facts(talk.say("pas le bac pro, le CAP", "ask_duration"))[2] == [CAP]


def test_the_other_of_two(talk: Conversation) -> None:
    talk.say("comment entrer en BTS SFL ?", "ask_access")
    talk.say("la 2e", "choose")
    assert facts(talk.say("et l'autre ?", "inform")) == ("answered", ["acces"], [OPTION_A])


def test_a_bare_name_is_described_or_else_its_fields_are_told(talk: Conversation) -> None:
    assert facts(talk.say("CAP fleuriste", "inform")) == ("answered", ["description"], [FLORIST])
    outcome, facets, about = facts(talk.say("licence droit", "inform"))
    assert (outcome, about) == ("answered", ["licence droit"])
    assert set(facets) <= {"type", "duree", "niveau"}


def test_a_bare_name_tells_only_the_fields_that_are_there(talk: Conversation) -> None:
    assert facts(talk.say("CS art floral de scène", "inform"))[:2] == ("answered", ["duree"])


def test_recommencer_clears_everything(talk: Conversation) -> None:
    talk.say("comment entrer en BTS SFL ?", "ask_access")
    assert only(talk.say("recommencer", "start_over")).outcome is Outcome.SMALLTALK
    assert talk.state == State()
    assert only(talk.say("la durée ?", "ask_duration")).outcome is Outcome.MISSING


def test_one_s_situation_is_about_access(talk: Conversation) -> None:
    assert facts(talk.say("je suis en 3e", "tell_situation"))[:2] == ("missing", ["acces"])
    assert facts(talk.say("CAP fleuriste", "inform")) == ("answered", ["acces"], [FLORIST])
    assert facts(talk.say("je sors de 2de", "tell_situation")) == ("answered", ["acces"], [FLORIST])


def test_the_diploma_one_has_is_not_the_one_asked_about(talk: Conversation) -> None:
    replies = talk.say("avec un CAP fleuriste, comment entrer en BTS MCO ?", "ask_access")
    assert facts(replies) == ("answered", ["acces"], [MCO])


def test_old_names_are_answered_and_said(talk: Conversation) -> None:
    reply = only(talk.say("durée du BTS MUC", "ask_duration"))
    assert titles(reply) == [MCO]
    assert reply.values["renamed"][0]["said"] == "BTS MUC"
    assert titles(only(talk.say("et la durée du DUT informatique ?", "ask_duration"))) == ["BUT informatique"]


# --- disambiguation


def ask_which(talk: Conversation) -> Reply:
    reply = only(talk.say("comment entrer en BTS SFL ?", "ask_access"))
    assert (reply.outcome, titles(reply)) == (Outcome.AMBIGUOUS, [OPTION_A, OPTION_B])
    assert reply.facets == (Facet.ACCESS,)
    return reply


@pytest.mark.parametrize(
    ("text", "intent", "title"),
    [
        ("la 2e", "choose", OPTION_B),
        ("le premier", "inform", OPTION_A),
        ("n° 1", "choose", OPTION_A),
        ("2", "nlu_fallback", OPTION_B),
        ("option B", "inform", OPTION_B),
        ("b", "nlu_fallback", OPTION_B),
        ("chantiers", "inform", OPTION_B),
        ("navigation stp", "ask_jobs", OPTION_A),
        (OPTION_A, "inform", OPTION_A),
    ],
)
def test_the_question_is_answered_once_the_choice_is_made(
    talk: Conversation, text: str, intent: str, title: str
) -> None:
    ask_which(talk)
    reply = only(talk.say(text, intent, *(FACETS_OF_INTENT["ask_access"])))
    assert (reply.outcome, reply.facets, titles(reply)) == (Outcome.ANSWERED, (Facet.ACCESS,), [title])
    assert not talk.state.offer.asks


@pytest.mark.parametrize("at", [0, 1])
def test_the_choice_by_button(talk: Conversation, at: int) -> None:
    choice = ask_which(talk).choices[at]
    assert choice.values["title"] == (OPTION_A, OPTION_B)[at]
    assert facts(talk.tap(choice)) == ("answered", ["acces"], [(OPTION_A, OPTION_B)[at]])


@pytest.mark.parametrize("intent", ["thank", "greet", "ask_place", "out_of_scope", "distress"])
def test_the_question_is_kept_through_what_comes_between(talk: Conversation, intent: str) -> None:
    ask_which(talk)
    talk.say("ah au fait", intent)
    assert facts(talk.say("chantiers", "inform")) == ("answered", ["acces"], [OPTION_B])


def test_out_of_range_asks_again_and_keeps_the_question(talk: Conversation) -> None:
    ask_which(talk)
    reply = only(talk.say("la 7", "choose"))
    assert (reply.response, titles(reply), reply.facets) == ("ambiguous_again", [OPTION_A, OPTION_B], (Facet.ACCESS,))
    assert facts(talk.say("la 2", "choose")) == ("answered", ["acces"], [OPTION_B])


def test_a_type_narrows_down(talk: Conversation) -> None:
    assert facts(talk.say("accès horlogerie fine", "ask_access"))[0] == "ambiguous"
    assert facts(talk.say("le bac pro", "inform")) == ("answered", ["acces"], [BAC_PRO])


def test_at_most_five_choices_and_all_candidates(talk: Conversation) -> None:
    reply = only(talk.say("accès licence archéologie", "ask_access"))
    assert (reply.outcome, len(reply.formations), len(reply.choices)) == (Outcome.AMBIGUOUS, 6, 5)
    assert titles(only(talk.say("vikings", "inform"))) == ["licence archéologie parcours vikings"]


def test_a_shared_sigle_is_narrowed(talk: Conversation) -> None:
    assert facts(talk.say("durée EDC ?", "ask_duration")) == ("ambiguous", ["duree"], [CANALS, HEATING])
    assert facts(talk.say("chauffage", "inform")) == ("answered", ["duree"], [HEATING])


def test_no_choice_is_asked_where_all_say_the_same(talk: Conversation) -> None:
    assert facts(talk.say("durée du BTS SFL ?", "ask_duration")) == ("answered", ["duree"], [OPTION_A, OPTION_B])
    assert facts(talk.say("poursuite du BTS SFL ?", "ask_further_study"))[0] == "not_in_fiche"
    assert facts(talk.say("niveau de la licence archéologie ?", "ask_level"))[0] == "answered"


def test_no_choice_is_asked_where_all_are_silent(talk: Conversation) -> None:
    outcome, _, about = facts(talk.say("poursuite licence archéologie ?", "ask_further_study"))
    assert (outcome, len(about)) == ("not_in_fiche", 6)


def test_a_rank_counts_in_the_last_list_even_after_another_answer(talk: Conversation) -> None:
    ask_which(talk)
    talk.say("durée de MSPC ?", "ask_duration")
    assert titles(only(talk.say("la 2e", "choose"))) == [OPTION_B]


def test_another_name_drops_the_choice(talk: Conversation) -> None:
    ask_which(talk)
    assert facts(talk.say("durée du CAP fleuriste", "ask_duration")) == ("answered", ["duree"], [FLORIST])
    assert not talk.state.offer.asks
    assert not talk.state.offer.asks


def test_another_question_before_the_choice_is_about_the_candidates(talk: Conversation) -> None:
    ask_which(talk)
    outcome, _, about = facts(talk.say("et la durée ?", "ask_duration"))
    assert (outcome, about) == ("answered", [OPTION_A, OPTION_B])


@pytest.mark.parametrize(
    "ask",
    [
        Ask((Facet.DURATION,), ("gone",)),
        Ask((Facet.FORMATIONS_FOR_JOB,), (), ("gone",)),
        Ask((Facet.SEARCH,), ("gone",)),
        Ask(),
    ],
)
def test_a_choice_of_what_is_no_longer_there(talk: Conversation, ask: Ask) -> None:
    assert only(talk.tap(Choice("choice_title", {}, ask))).outcome is Outcome.UNKNOWN


def test_every_choice_offered_leads_somewhere(talk: Conversation) -> None:
    """Breadth first over all buttons from a few questions: no dead end, no crash."""
    todo = [
        *ask_which(talk).choices,
        *only(talk.say("comment devenir marinier ?", "ask_formations_for_job")).choices,
        *only(talk.say("durée du BTS fleuriste", "ask_duration")).choices,
        *only(talk.say("aide", "ask_help")).choices,
    ]
    seen: set[Ask] = set()
    while todo:
        choice = todo.pop()
        if choice.ask in seen:
            continue
        seen.add(choice.ask)
        replies = Conversation(talk.world).tap(choice)
        assert {reply.outcome for reply in replies} <= {Outcome.ANSWERED, Outcome.NOT_IN_FICHE}
        todo += [more for reply in replies for more in reply.choices]
    assert len(seen) > 20


# --- several formations, comparisons


def test_several_facets_of_several_formations(talk: Conversation) -> None:
    replies = talk.say("durée et métiers de MSPC et du CAP fleuriste ?", "ask_duration", Facet.DURATION, Facet.JOBS)
    assert facts(replies) == ("answered", ["comparaison", "duree", "metiers"], [MSPC, FLORIST])
    cells = {row["facet"]: row["cells"] for row in replies[0].values["rows"]}
    assert [cell["value"] for cell in cells["duree"]] == ["3 ans", "2 ans"]


def test_two_formations_of_one_name(talk: Conversation) -> None:
    replies = talk.say("durée du CAP horlogerie fine et du bac pro horlogerie fine ?", "ask_duration")
    assert facts(replies) == ("answered", ["comparaison", "duree"], [CAP, BAC_PRO])


def test_an_unknown_part_is_named_beside_the_answer(talk: Conversation) -> None:
    known, unknown = talk.say("durée du CAP fleuriste et du BTS astronautique ?", "ask_duration")
    assert (known.outcome, titles(known)) == (Outcome.ANSWERED, [FLORIST])
    assert unknown.outcome is Outcome.UNKNOWN
    assert "astronautique" in unknown.values["said"]


def test_an_unknown_part_does_not_hide_a_sigle(talk: Conversation) -> None:
    replies = talk.say("durée de MSPC et du BTS astronautique ?", "ask_duration")
    assert [MSPC] in [titles(reply) for reply in replies]


def test_an_ambiguous_part_is_asked_beside_the_answer(talk: Conversation) -> None:
    replies = talk.say("accès du CAP fleuriste et du BTS SFL", "ask_access")
    assert [(reply.outcome.value, titles(reply)) for reply in replies] == [
        ("answered", [FLORIST]),
        ("ambiguous", [OPTION_A, OPTION_B]),
    ]
    assert facts(talk.say("option A", "inform")) == ("answered", ["acces"], [OPTION_A])


def test_a_comparison_with_a_verdict(talk: Conversation) -> None:
    text = "lequel est le plus long, CAP fleuriste ou bac pro microtechniques ?"
    reply = only(talk.say(text, "compare"))
    assert (reply.outcome, reply.facets) == (Outcome.ANSWERED, (Facet.COMPARISON, Facet.DURATION))
    assert reply.values["verdicts"] == [{"facet": "duree", "direction": "greatest", "titles": [MICRO]}]


@pytest.mark.parametrize(
    ("text", "facet", "winner"),
    [
        ("lequel est le plus court ?", "duree", FLORIST),
        ("lequel est le plus long ?", "duree", MSPC),
        ("lequel a le niveau le plus haut ?", "niveau", MSPC),
        ("lequel a le plus de débouchés ?", "metiers", MSPC),
    ],
)
def test_superlatives_over_what_was_spoken_of(talk: Conversation, text: str, facet: str, winner: str) -> None:
    talk.say("durée de MSPC", "ask_duration")
    talk.say("accès du CAP fleuriste", "ask_access")
    reply = only(talk.say(text, "compare"))
    assert sorted(titles(reply)) == sorted([MSPC, FLORIST])
    assert facet in [f.value for f in reply.facets]
    assert [(v["facet"], v["titles"]) for v in reply.values["verdicts"]] == [(facet, [winner])]


def test_a_superlative_over_a_list(talk: Conversation) -> None:
    talk.say("des formations dans l'horlogerie", "search_formations")
    reply = only(talk.say("lequel est le plus court ?", "compare"))
    assert reply.values["verdicts"][0]["titles"] == [CAP]


@pytest.mark.parametrize("intent", ["choose", "ask_duration", "nlu_fallback"])
def test_a_superlative_without_a_question_word(talk: Conversation, intent: str) -> None:
    """However the bare words are understood: right after a list they are about it."""
    talk.say("des formations dans l'horlogerie", "search_formations")
    reply = only(talk.say("le plus court ?", intent))
    assert reply.values["verdicts"][0]["titles"] == [CAP]
    talk.say("durée de MSPC", "ask_duration")
    assert facts(talk.say("c'est plus court ?", "ask_duration"))[2] == [MSPC]


def test_types_are_compared_only_where_they_were_spoken_of(talk: Conversation) -> None:
    talk.say("durée de MSPC", "ask_duration")
    talk.say("accès du CAP fleuriste", "ask_access")
    missing = only(talk.say("quelle différence entre un DEUST et un BUT ?", "compare"))
    assert (missing.outcome, titles(missing)) == (Outcome.MISSING, [])
    assert sorted(titles(only(talk.say("quelle différence entre le bac pro et le CAP ?", "compare")))) == sorted(
        [MSPC, FLORIST]
    )


def test_as_many_as_were_said(talk: Conversation) -> None:
    for text in ("durée de MSPC", "durée microtechniques", "durée fleuriste"):
        talk.say(text, "ask_duration")
    assert titles(only(talk.say("compare les deux derniers", "compare"))) == [MICRO, FLORIST]
    assert titles(only(talk.say("compare les trois", "compare"))) == [MSPC, MICRO, FLORIST]


def test_one_more_to_compare_with_the_last(talk: Conversation) -> None:
    talk.say("durée de MSPC", "ask_duration")
    reply = only(talk.say("compare avec le CAP fleuriste", "compare"))
    assert sorted(titles(reply)) == sorted([MSPC, FLORIST])


def test_a_comparison_of_nothing_asks_what(talk: Conversation) -> None:
    assert facts(talk.say("compare", "compare")) == ("missing", ["comparaison"], [])
    outcome, facets, about = facts(talk.say("CAP fleuriste et MSPC", "inform"))
    assert (outcome, facets[0], about) == ("answered", "comparaison", [FLORIST, MSPC])


def test_a_facet_asked_after_a_comparison_is_of_both(talk: Conversation) -> None:
    talk.say("compare le CAP fleuriste et MSPC", "compare")
    reply = only(talk.say("et les métiers ?", "ask_jobs"))
    assert titles(reply) == [FLORIST, MSPC]


# --- jobs and lists


def test_from_a_job_to_formations_then_narrowed_by_type(talk: Conversation) -> None:
    reply = only(talk.say("comment devenir marinière ?", "ask_formations_for_job"))
    assert (reply.outcome, titles(reply), reply.jobs) == (Outcome.ANSWERED, [OPTION_A, BARGE], ("marinier/ère",))
    assert titles(only(talk.say("et en BTS ?", "ask_formations_for_job"))) == [OPTION_A]
    reply = only(talk.say("et en licence ?", "ask_formations_for_job"))
    assert titles(reply) == [OPTION_A, BARGE]
    assert reply.values["given_up"] == [{"what": "type", "said": "licence"}]


def test_a_job_and_a_type_at_once(talk: Conversation) -> None:
    reply = only(talk.say("comment devenir marinier avec un titre pro ?", "ask_formations_for_job"))
    assert (titles(reply), reply.values["kind"]) == ([BARGE], "TP")


def test_a_formation_chosen_from_a_job(talk: Conversation) -> None:
    talk.say("comment devenir marinier ?", "ask_formations_for_job")
    assert titles(only(talk.say("le deuxième", "choose"))) == [BARGE]
    assert facts(talk.say("et la durée ?", "ask_duration")) == ("answered", ["duree"], [BARGE])


def test_this_job_lasts(talk: Conversation) -> None:
    talk.say("comment devenir marinier ?", "ask_formations_for_job")
    talk.say("le deuxième, quelle durée ?", "ask_duration")
    reply = only(talk.say("et pour ce métier, quelles formations ?", "ask_formations_for_job"))
    assert titles(reply) == [OPTION_A, BARGE]


def test_an_unknown_job(talk: Conversation) -> None:
    reply = only(talk.say("comment devenir astronaute ?", "ask_formations_for_job", unseen=("astronaute",)))
    assert (reply.response, reply.outcome, reply.formations, reply.jobs) == ("unknown_job", Outcome.UNKNOWN, (), ())


def test_a_missing_job(talk: Conversation) -> None:
    assert facts(talk.say("comment on devient ça ?", "ask_formations_for_job"))[0] == "missing"


def test_a_list_and_a_rank_in_it(talk: Conversation) -> None:
    assert facts(talk.say("quels CAP ?", "search_formations")) == ("answered", ["recherche"], [FLORIST, CAP])
    assert facts(talk.say("le premier, combien de temps ?", "ask_duration")) == ("answered", ["duree"], [FLORIST])


def test_nothing_found(talk: Conversation) -> None:
    reply = only(talk.say("des formations en astronautique", "search_formations"))
    assert (reply.outcome, reply.facets, reply.formations) == (Outcome.UNKNOWN, (Facet.SEARCH,), ())


def test_no_more_of_a_list_shown_whole(talk: Conversation) -> None:
    shown = titles(only(talk.say("quels CAP ?", "search_formations")))
    assert titles(only(talk.say("d'autres ?", "ask_more"))) != shown


# --- not understood


def test_two_fallbacks_never_alike_then_a_way_out(talk: Conversation) -> None:
    said = []
    for _ in range(6):
        reply = only(talk.say("blabla", "nlu_fallback"))
        assert reply.outcome is Outcome.OUT_OF_SCOPE
        said.append((reply.response, reply.values["variant"] % 2))
    assert [response for response, _ in said] == ["not_understood"] * 2 + ["way_out"] * 4
    assert all(one != other for one, other in zip(said, said[1:], strict=False))


def test_understanding_again_starts_anew(talk: Conversation) -> None:
    talk.say("blabla", "nlu_fallback")
    talk.say("blabla", "nlu_fallback")
    talk.say("durée de MSPC", "ask_duration")
    assert only(talk.say("blabla", "nlu_fallback")).response == "not_understood"


def test_a_fallback_keeps_the_conversation(talk: Conversation) -> None:
    ask_which(talk)
    talk.say("blabla", "nlu_fallback")
    assert facts(talk.say("option A", "inform")) == ("answered", ["acces"], [OPTION_A])


# --- whatever comes in

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.text(max_size=5), LEAVES, max_size=2)
FIELDS = st.sampled_from([field.name for field in fields(State)])


@given(JSON | st.dictionaries(FIELDS, JSON))
def test_a_state_is_read_from_any_json(data: Any) -> None:
    state = State.from_json(data)
    assert State.from_json(json.loads(json.dumps(state.as_json()))) == state


IDS = ["cap-fleuriste", "cap-horlogerie-fine", "bts-systemes-fluviaux-option-b-chantiers", "gone"]
TOPICS = st.lists(st.sampled_from([*(topic.value for topic in Topic), "x"]), max_size=3)
REFS = st.lists(
    st.sampled_from([*(["formation", id_] for id_ in IDS), ["job", "marinier/ère"], ["job", "gone"], ["x"]]), max_size=4
)
VALUES = {
    "topics": TOPICS,
    "focus": REFS,
    "recent": REFS,
    "offer": st.fixed_dictionaries(
        {}, optional={"refs": REFS, "topics": TOPICS, "asks": st.booleans(), "shown": st.integers(-2, 9)}
    ),
    "said": st.lists(st.text(max_size=8), max_size=2),
    "misses": st.integers(-3, 9),
    "page": st.integers(-3, 9),
    "last": st.sampled_from(["Tell", "Which", "LeadTo", "Suggest", "Way", "x"]),
    "distress": st.lists(st.sampled_from(["danger", "self"]), max_size=3),
}
STATES = st.fixed_dictionaries({}, optional=VALUES).map(State.from_json)
NAMES = st.lists(
    st.builds(
        Name,
        start=st.just(0),
        end=st.just(3),
        text=st.sampled_from(["le CAP", "SFL", "x"]),
        refs=st.lists(
            st.sampled_from([*map(formation_ref, IDS), job_ref("marinier/ère"), job_ref("gone")]), max_size=3
        ).map(tuple),
        kind=st.sampled_from([None, "CAP", "BTS"]),
        words=st.lists(st.sampled_from(["fleuriste", "sfl"]), max_size=2).map(tuple),
        fit=st.sampled_from(Fit),
        role=st.sampled_from(Role),
        lead=st.sampled_from(Lead),
        whole_job=st.booleans(),
    ),
    max_size=2,
).map(tuple)
TEXTS = ["", "et ?", "la 2e", "n° 9", "lequel est le plus court ?", "option B", "et l'autre ?", "le CAP", "🙂", "deux"]


@given(
    STATES,
    st.sampled_from(TEXTS),
    st.sampled_from(Act),
    st.lists(st.sampled_from(Topic), max_size=3, unique=True).map(tuple),
    NAMES,
    st.lists(st.just("zorglub"), max_size=1).map(tuple),
)
def test_every_reading_in_every_state_is_replied_to(
    knowledge: World,
    responses: dict[str, Any],
    state: State,
    text: str,
    act: Act,
    topics: tuple[Topic, ...],
    names: tuple[Name, ...],
    unseen: tuple[str, ...],
) -> None:
    said = read(text, "inform", knowledge)
    reading = replace(said, act=act, topics=topics, names=names, unseen=unseen, outside="other")
    replies, after = turn(reading, state, knowledge)
    assert replies
    assert State.from_json(json.loads(json.dumps(after.as_json()))) == after
    for reply in replies:
        assert reply.response in responses
        assert {choice.response for choice in reply.choices} <= set(responses)
        json.dumps(reply.answer())
        if reply.outcome in (Outcome.UNKNOWN, Outcome.MISSING):
            assert reply.formations == ()
        if reply.outcome in (Outcome.ANSWERED, Outcome.NOT_IN_FICHE):
            assert reply.formations or reply.jobs
            assert reply.facets


# --- what people say next


def test_an_unknown_diploma_beside_a_known_one_is_named(talk: Conversation) -> None:
    replies = talk.say("compare le CAP fleuriste et le CAP sorcellerie", "compare", Facet.COMPARISON)
    assert [reply.outcome for reply in replies][-1] is Outcome.UNKNOWN
    assert replies[-1].values["said"] == "CAP sorcellerie"


def test_types_that_share_a_name_are_compared(talk: Conversation) -> None:
    reply = only(talk.say("horlogerie fine : CAP ou bac pro ?", "compare"))
    assert (reply.facets[0], titles(reply)) == (Facet.COMPARISON, [CAP, BAC_PRO])


def test_a_type_in_the_plural_asks_for_a_list(talk: Conversation) -> None:
    reply = only(talk.say("quels CAP il y a ?", "ask_place"))
    assert (reply.facets, titles(reply)) == ((Facet.SEARCH,), [FLORIST, CAP])


def test_few_of_a_type_are_offered(talk: Conversation) -> None:
    outcome, facets, offered = facts(talk.say("le TP, c'est quoi ?", "ask_access"))
    assert (outcome, facets, offered) == ("answered", ["acces"], [BARGE])


def test_the_diploma_of_a_newcomer_is_not_the_one_asked_about(talk: Conversation) -> None:
    talk.say("durée du CAP fleuriste", "ask_duration")
    assert facts(talk.say("et un bac pro mspc peut y entrer ?", "ask_access")) == ("answered", ["acces"], [FLORIST])


def test_what_comes_next_is_asked_of_the_formation_spoken_of(talk: Conversation) -> None:
    talk.say("durée du bac pro horlogerie fine", "ask_duration")
    assert facts(talk.say("on peut faire un BTS après ?", "ask_access")) == ("answered", ["poursuite"], [BAC_PRO])


def test_a_formation_named_out_of_scope_is_remembered(talk: Conversation) -> None:
    assert only(talk.say("où faire le CAP fleuriste ?", "ask_place")).outcome is Outcome.OUT_OF_SCOPE
    assert facts(talk.say("et ça dure combien ?", "ask_duration")) == ("answered", ["duree"], [FLORIST])


def test_a_choice_in_words_keeps_the_question_that_waits(talk: Conversation) -> None:
    assert only(talk.say("accès horlogerie fine", "ask_access")).outcome is Outcome.AMBIGUOUS
    assert facts(talk.say("le bac pro", "ask_level")) == ("answered", ["acces"], [BAC_PRO])


def test_an_unknown_name_is_no_small_talk(talk: Conversation) -> None:
    assert only(talk.say("CAP sorcellerie tu connais ?", "out_of_scope")).outcome is Outcome.UNKNOWN


def test_vous_to_whom_says_vous_first(talk: Conversation) -> None:
    assert "vous" not in only(talk.say("bonjour", "greet")).values
    assert only(talk.say("pourriez-vous m'aider ?", "ask_help")).values["vous"] is True
    assert only(talk.say("merci", "thank")).values["vous"] is True


def test_an_unknown_name_comes_with_the_official_search(talk: Conversation) -> None:
    reply = only(talk.say("durée du CAP sorcellerie", "ask_duration"))
    assert reply.values["search_link"].endswith("CAP+sorcellerie")


def test_one_of_a_list_by_what_it_is_about(talk: Conversation) -> None:
    talk.say("liste des BTS", "search_formations")
    assert facts(talk.say("celui avec les chantiers, il mène à quoi ?", "ask_jobs")) == (
        "answered",
        ["metiers"],
        [OPTION_B],
    )


def test_a_type_and_a_job_to_become(talk: Conversation) -> None:
    reply = only(talk.say("un TP pour devenir marinier", "inform"))
    assert (reply.facets, titles(reply)) == ((Facet.FORMATIONS_FOR_JOB,), [BARGE])


def test_towards_a_type_afterwards_is_what_comes_next(talk: Conversation) -> None:
    replies = talk.say(
        "bac pro horlogerie fine, on peut aller en BTS après ?", "ask_access", Facet.FURTHER_STUDY, Facet.ACCESS
    )
    assert facts(replies) == ("answered", ["poursuite"], [BAC_PRO])


def test_after_ones_own_type_is_how_to_get_in(talk: Conversation) -> None:
    replies = talk.say("peut-on préparer le CAP fleuriste après son bac ?", "ask_further_study")
    assert facts(replies) == ("answered", ["acces"], [FLORIST])


def test_a_job_nobody_knows_is_named(talk: Conversation) -> None:
    reply = only(talk.say("une formation de dresseur de dragons ?", "ask_formations_for_job"))
    assert (reply.outcome, reply.values["said"]) == (Outcome.UNKNOWN, "dresseur dragons")
