"""Guidance conversations of tests/guidance_dialogues.jsonl over the dialogue alone; tests/api plays them over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from guidance_world import write_world

from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Catalogue
from bot.catalogue.ingest import ingest
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue
from bot.dialogue.state import State
from bot.guidance.interview import Interview
from bot.guidance.profile import Profile
from bot.understanding.reading import Reading
from bot.wording import Wording
from bot.world import World
from tests.unit.talking import read, tapped, turn

FILE = Path(__file__).resolve().parent.parent / "guidance_dialogues.jsonl"
DIALOGUES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("guidance_world")
    url = f"sqlite:///{folder}/catalogue.db"
    ingest(write_world(folder / "fiches"), url)
    return read_catalogue(connect(url))


@pytest.fixture(scope="module")
def known(world: Catalogue) -> World:
    return World(world, Resolver(world.formations.values(), world.jobs.values(), job_fiches=world.job_fiches))


class Conversation:
    """One conversation, its choices by the titles that they show."""

    def __init__(self, known: World, wording: Wording) -> None:
        self.known, self.wording = known, wording
        self.state = State()
        self.replies: list[Reply] = []

    def turn(self, said: dict[str, Any]) -> list[Reply]:
        reading = self._tapped(said["tap"]) if "tap" in said else read(said["say"], said["intent"], self.known)
        self.replies, self.state = turn(reading, self.state, self.known)
        return self.replies

    def text(self) -> str:
        return "\n".join(self.wording.word(reply.response, reply.values) for reply in self.replies)

    def titles(self) -> dict[str, Ask]:
        choices = [choice for reply in self.replies for choice in reply.choices]
        return {self.wording.word(c.response, c.values): c.ask for c in choices}

    def _tapped(self, title: str) -> Reading:
        return tapped(self.titles()[title])


@pytest.fixture
def talk(known: World, wording: Wording) -> Conversation:
    return Conversation(known, wording)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[d["about"] for d in DIALOGUES])
def test_a_guidance_conversation(talk: Conversation, dialogue: dict[str, Any]) -> None:
    for step in dialogue["turns"]:
        first, *_ = talk.turn(step)
        said = step.get("say") or step["tap"]
        assert first.outcome.value == step["outcome"], said
        if "facets" in step:
            assert [facet.value for facet in first.facets] == step["facets"], said
        assert set(step.get("jobs", ())) <= set(first.jobs), said
        assert not set(step.get("without", ())) & set(first.jobs), said
        assert set(step.get("fiches", ())) <= {f.title for f in first.formations}, said
        if "asks" in step:
            assert first.values["step"] == step["asks"], said
        elif step.get("facets") == ["guidage"]:
            assert first.values["others"] or len(first.jobs) >= 2, said
            assert 1 <= len(first.jobs) <= 5, said
        assert step.get("text", "") in talk.text(), said


def test_there_are_thirty_dialogues_by_typing_and_by_taps() -> None:
    assert len(DIALOGUES) >= 30
    assert sum(any("tap" in turn for turn in d["turns"]) for d in DIALOGUES) >= 8


def test_every_reason_and_every_step_can_be_traced(world: Catalogue) -> None:
    """Each value told is what was said, or stands in the section that is cited of a fiche of the catalogue."""
    known = World(world, Resolver(world.formations.values(), world.jobs.values(), job_fiches=world.job_fiches))
    text = (
        "je suis en 3e, j'aime être dehors et travailler de mes mains, 3 ans, en apprentissage, tu me conseilles quoi ?"
    )
    (reply,), after = turn(read(text, "ask_guidance", known), State(), known)
    profile = after.interview.profile
    cited = {(label, section) for label, section in reply.job_sources}
    for label, told in zip(reply.jobs, reply.values["jobs"], strict=True):
        fiche = world.job_fiches[label]
        assert told["level"] == fiche.level
        assert (label, "Niveau d'accès minimum") in cited
        for reason in told["reasons"]:
            if reason["kind"] == "interest":
                assert reason["value"] in fiche.interests
                assert reason["value"] in profile.interests
                assert (label, "Centres d'intérêt") in cited
            elif reason["kind"] == "years":
                assert int(reason["value"]) == profile.years
            else:
                assert any("apprentissage" in (f.value("Accès") or "") for f in reply.formations)
        for formation in told["formations"]:
            (same,) = [f for f in world.formations.values() if f.title == formation["title"]]
            assert formation["duration"] == same.duration
            assert same.title in fiche.formations or label in same.jobs
    (way,), _ = turn(tapped(Ask.from_json({"facets": ["parcours"], "jobs": ["éclusier"]})), after, known)
    for step in [step for one in way.values["ways"] for step in one["steps"] if step["title"]]:
        (formation,) = [f for f in way.formations if f.title == step["title"]]
        assert (step["duration"], step["level"]) == (formation.duration, formation.level)
        assert step["inferred"] == (not step["section"])
        if step["section"]:
            assert (formation.id, step["section"]) in way.sources or step["section"] == "Poursuite d'études"
    for fiche, section in way.sources:
        assert world.formations[fiche].value(section)


def test_what_was_said_lives_in_the_state_and_is_forgotten(talk: Conversation) -> None:
    talk.turn({"say": "je suis en 3e, j'aime les animaux, tu me conseilles quoi ?", "intent": "ask_guidance"})
    assert talk.state.interview.profile == Profile("3e", interests=("je veux m'occuper d'animaux",))
    talk.turn({"say": "stop", "intent": "deny"})
    assert talk.state.interview == Interview()
    talk.turn({"say": "je suis en 3e, j'aime les animaux, tu me conseilles quoi ?", "intent": "ask_guidance"})
    talk.turn({"say": "recommencer", "intent": "start_over"})
    assert talk.state == State()


@pytest.mark.parametrize("data", [None, [], {"step": "x"}, {"profile": 3}, {"shown": "abc"}, {"passed": ["x", 1]}])
def test_a_malformed_interview_is_forgotten(data: object) -> None:
    assert State.from_json({"interview": data}) == State()


def test_without_job_fiches_it_says_where_to_start(knowledge: World) -> None:
    (reply,), after = turn(
        read("je sais pas quoi faire, j'aime les animaux", "ask_guidance", knowledge), State(), knowledge
    )
    assert reply.response == "guidance"
    assert after.interview.last == ()


def test_every_reason_is_worded(wording: Wording, job_folder: Path) -> None:
    """Each of the interests of the fiches has its words, for tu and for vous."""
    labels = {
        line[2:].strip()
        for path in job_folder.glob("*.md")
        for line in path.read_text(encoding="utf-8").partition("## Centres d'intérêt")[2].splitlines()
        if line.startswith("- ")
    }
    assert len(labels) == 32
    for label in labels:
        for vous in (False, True):
            reason = {"kind": "interest", "value": label}
            said = wording.word("reason", {"reason": reason, "vous": vous})
            assert "«" not in said
            assert re.search(r"\b(vous|votre)\b" if vous else r"\b(tu|te|ta|t)\b", said), said


@pytest.mark.parametrize("formal", ["", "vous pouvez m'aider ? "])
def test_a_parent_is_told_about_the_child(talk: Conversation, formal: str) -> None:
    talk.turn({"say": f"{formal}ma fille ne sait pas quoi faire", "intent": "ask_guidance"})
    own = "votre" if formal else "ton"
    assert f"Où en est {own} enfant" in talk.text()
    talk.turn({"say": "en 3e", "intent": "tell_situation"})
    assert f"{own} enfant aime" in talk.text()
    talk.turn({"say": "elle aime travailler dehors", "intent": "ask_guidance"})
    talk.turn({"tap": "Voir des métiers"})
    told = talk.text()
    assert "pour qui dit « j'aimerais travailler dehors »" in told
    assert not re.search(r"\b(tu|t'|vous) (aimes|aimez|veux|voulez|as|avez)\b", told.replace("’", "'"))


def test_a_pupil_with_a_brother_is_no_parent(talk: Conversation) -> None:
    talk.turn({"say": "je suis en 3e, mon frère est cuisinier, j'aime travailler dehors", "intent": "ask_guidance"})
    assert "puisque" in talk.text() or "parce que" in talk.text()
    assert "enfant" not in talk.text()
