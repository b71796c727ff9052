"""What is proposed from the text of fiches, when, and how well: tests/search_questions.jsonl over both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.answers.proposals import PROPOSED, propose
from bot.catalogue import text_index
from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Catalogue, Facet, Outcome
from bot.catalogue.ingest import ingest
from bot.catalogue.ref import formation_ref
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue, replace_all
from bot.dialogue.question import Propose
from bot.dialogue.state import State
from bot.guidance.interview import Interview
from bot.understanding.reading import Theme
from bot.understanding.theme import read_theme
from bot.wording import Wording
from bot.world import World as Known
from tests.unit.talking import Conversation, read, tapped

FILE = Path(__file__).resolve().parent.parent / "search_questions.jsonl"
QUESTIONS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
ASKING = [question for question in QUESTIONS if question["kind"]]
OTHERS = [question for question in QUESTIONS if not question["kind"]]

Search = Callable[[Theme], Any]


@pytest.fixture(scope="module")
def search(small_with_jobs: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Search:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('texts')}/catalogue.db")
    replace_all(engine, [*small_with_jobs.formations.values(), *small_with_jobs.job_fiches.values()], None)
    return lambda theme: text_index.find(engine, theme.words)


class Talk(Conversation):
    """Messages, each with the intent that it is read as."""

    def say(self, text: str, intent: str = "nlu_fallback", ask: Ask | None = None) -> list[Reply]:
        return self.read(tapped(ask) if ask else read(text, intent, self.world))


@pytest.fixture
def talk(knowledge_of_jobs: Known, search: Search) -> Talk:
    return Talk(knowledge_of_jobs, lambda words: search(Theme(False, words)))


# --- what is a theme


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("un métier dehors avec des animaux", True),
        ("métier où on répare des choses", True),
        ("je cherche un boulot sur les canaux", True),
        ("travailler les fleurs comme métier", True),
        ("quel bac pro pour travailler avec les enfants", False),
        ("une formation dans la mécanique qui dure 2 ans", False),
        ("quelles formations après la 3e pour soigner les chevaux", False),
    ],
)
def test_a_theme(text: str, jobs: bool) -> None:
    theme = read_theme(text, None)
    assert theme is not None
    assert theme.jobs is jobs


@pytest.mark.parametrize(
    "text",
    [
        "une recette de crêpes",
        "quel temps fait-il",
        "un métier",
        "quelles formations",
        "le métier de fleuriste c'est quoi",
        "mon école est fermée pour travaux",
        "cette formation ouvre sur quels métiers",
        "un BTS pour devenir sorcier",
        "je travaille le week-end dans un garage",
    ],
)
def test_no_theme(text: str) -> None:
    assert read_theme(text, None) is None


def test_a_wish_is_read_with_it() -> None:
    theme = read_theme("un CAP dans la mécanique en 2 ans après la 3e", "CAP")
    assert theme is not None
    assert (theme.wish.kind, theme.wish.years, theme.wish.after) == ("CAP", 2, "3e")


# --- what is proposed


def test_jobs_are_proposed_with_what_was_looked_for(talk: Talk, wording: Wording) -> None:
    (reply,) = talk.say("un métier sur les péniches", "ask_jobs")
    assert (reply.response, reply.outcome, reply.facets) == ("proposals", Outcome.ANSWERED, (Facet.SEARCH,))
    assert reply.jobs == ("marinier/ère",)
    assert [choice.ask for choice in reply.choices] == [Ask(jobs=("marinier/ère",))]
    text = wording.word(reply.response, reply.values)
    assert "propositions" in text
    assert "« péniches »" in text
    assert "marinier ou marinière" in text


def test_formations_are_proposed_those_of_jobs_found_too(talk: Talk) -> None:
    (reply,) = talk.say("une formation pour conduire des péniches sur les fleuves", "ask_formations_for_job")
    assert "titre professionnel conducteur de péniche" in [formation.title for formation in reply.formations]
    assert talk.state.offer.refs == tuple(formation_ref(formation.id) for formation in reply.formations)


def test_types_alone_are_no_names_to_choose_among(talk: Talk) -> None:
    (reply,) = talk.say("un CAP avec des bouquets", "inform")
    assert [formation.title for formation in reply.formations] == ["CAP fleuriste"]


def test_what_a_wish_does_not_fit_is_told(talk: Talk, wording: Wording) -> None:
    (reply,) = talk.say("un BTS pour composer des bouquets", "search_formations")
    assert [part["what"] for part in reply.values["given_up"]] == ["type"]
    assert "Rien en BTS" in wording.word(reply.response, reply.values)
    assert [formation.title for formation in reply.formations] == ["CAP fleuriste"]


def test_nothing_found_is_said_as_before(talk: Talk) -> None:
    (reply,) = talk.say("une formation pour dompter des dragons", "search_formations")
    assert reply.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("intent", ["distress", "insult", "ask_place", "ask_fees", "ask_dates", "compare", "greet"])
def test_other_questions_stay_as_they_were(talk: Talk, intent: str) -> None:
    assert all(reply.response != "proposals" for reply in talk.say("un métier sur les péniches", intent))


def test_what_titles_answer_is_left_alone(talk: Talk) -> None:
    (reply,) = talk.say("une formation dans l'horlogerie", "search_formations")
    assert reply.response == "search"


@pytest.mark.parametrize(
    ("text", "response"),
    [("un métier dehors", "guidance_suggestions"), ("un métier dehors sur des péniches", "proposals")],
)
def test_guidance_answers_tastes_and_texts_what_says_more(talk: Talk, text: str, response: str) -> None:
    assert [reply.response for reply in talk.say(text, "ask_guidance")] == [response]


def test_an_interview_is_not_interrupted(talk: Talk) -> None:
    talk.state = State(interview=Interview(step="interests"))
    assert all(reply.response != "proposals" for reply in talk.say("un métier sur les péniches", "ask_guidance"))


def test_a_proposal_is_picked_by_its_rank_or_asked_about(talk: Talk) -> None:
    (reply,) = talk.say("un métier où on répare", "ask_jobs")
    first = reply.jobs[0]
    (paid,) = talk.say("et ça gagne combien ?", "ask_job_salary")
    assert first in paid.jobs
    talk.say("un métier où on répare", "ask_jobs")
    (told,) = talk.say("le premier", "choose")
    assert told.jobs == (first,)
    assert told.facets[0] is Facet.JOB_DESCRIPTION


def test_whoever_says_vous_is_told_vous(talk: Talk, wording: Wording) -> None:
    talk.say("pouvez-vous m'aider ?", "ask_help")
    (reply,) = talk.say("un métier sur les péniches", "ask_jobs")
    assert "à vous de voir" in wording.word(reply.response, reply.values)


# --- how well: the catalogue of Onisep, questions and fiches expected written before any of it


class World:
    """The whole catalogue in one database."""

    def __init__(self, url: str, folder: Path) -> None:
        ingest(folder, url)
        self.engine = connect(url)
        catalogue = read_catalogue(self.engine)
        resolver = Resolver(
            catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases, catalogue.job_fiches
        )
        self.knowledge = Known(catalogue, resolver)

    def proposed(self, text: str) -> list[str]:
        """What is proposed whatever the intent, so that precision does not lean on it."""
        kind = next((mention.type for mention in self.knowledge.resolver.resolve(text) if mention.type), None)
        theme = read_theme(text, kind)
        reply = theme and propose(Propose(theme), (), *text_index.find(self.engine, theme.words), self.knowledge)
        if not reply:
            return []
        assert 0 < len(reply.choices) <= PROPOSED
        return [*reply.jobs, *(formation.title for formation in reply.formations)]


@pytest.fixture(scope="module")
def in_sqlite(published_fiches: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(f"sqlite:///{tmp_path_factory.mktemp('whole_texts')}/catalogue.db", published_fiches)


@pytest.fixture
def in_postgresql(published_fiches: Path, own_schema: str) -> World:
    return World(own_schema, published_fiches)


def share_right(world: World, questions: list[dict[str, Any]]) -> float:
    right = [bool(set(world.proposed(question["text"])) & set(question["expected"])) for question in questions]
    return sum(right) / len(right)


@pytest.mark.parametrize("part", ["tune", "check"])
def test_an_expected_fiche_is_among_five(in_sqlite: World, part: str) -> None:
    assert share_right(in_sqlite, [question for question in ASKING if question["part"] == part]) >= 0.93


def test_nothing_is_proposed_for_what_asks_no_theme(in_sqlite: World) -> None:
    assert [question["text"] for question in OTHERS if in_sqlite.proposed(question["text"])] == []


def test_both_databases_propose_much_the_same(in_sqlite: World, in_postgresql: World) -> None:
    assert share_right(in_postgresql, ASKING) >= 0.9
    assert [question["text"] for question in OTHERS if in_postgresql.proposed(question["text"])] == []
    shares = []
    for question in ASKING:
        one, other = set(in_sqlite.proposed(question["text"])), set(in_postgresql.proposed(question["text"]))
        shares.append(len(one & other) / max(len(one), len(other), 1))
    assert sum(shares) / len(shares) >= 0.65
