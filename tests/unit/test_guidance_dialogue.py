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
from bot.dialogue import Knowledge, State, decide
from bot.guidance.interview import Interview
from bot.guidance.profile import Profile
from bot.reading import FACETS_OF_INTENT, Reading
from bot.wording import Wording

FILE = Path(__file__).resolve().parent.parent / "guidance_dialogues.jsonl"
DIALOGUES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("guidance_world")
    url = f"sqlite:///{folder}/catalogue.db"
    ingest(write_world(folder / "fiches"), url)
    return read_catalogue(connect(url))


@pytest.fixture(scope="module")
def known(world: Catalogue) -> Knowledge:
    return Knowledge(world, Resolver(world.formations.values(), world.jobs.values(), job_fiches=world.job_fiches))


class Conversation:
    """One conversation, its choices by the titles that they show."""

    def __init__(self, known: Knowledge, wording: Wording) -> None:
        self.known, self.wording = known, wording
        self.state = State()
        self.replies: list[Reply] = []

    def turn(self, turn: dict[str, Any]) -> list[Reply]:
        reading = self._tapped(turn["tap"]) if "tap" in turn else self._typed(turn["say"], turn["intent"])
        self.replies, after = decide(reading, self.state, self.known)
        self.state = State.from_json(json.loads(json.dumps(after.as_json())))
        assert self.state == after
        return self.replies

    def text(self) -> str:
        return "\n".join(self.wording.word(reply.response, reply.values) for reply in self.replies)

    def titles(self) -> dict[str, Ask]:
        choices = [choice for reply in self.replies for choice in reply.choices]
        return {self.wording.word(c.response, c.values): c.ask for c in choices}

    def _typed(self, text: str, intent: str) -> Reading:
        mentions = tuple(self.known.resolver.resolve(text))
        return Reading(text, intent, 1.0, FACETS_OF_INTENT.get(intent, ()), mentions)

    def _tapped(self, title: str) -> Reading:
        asked = self.titles()[title]
        return Reading("/choose{}", "choose", ask=Ask.from_json(json.loads(json.dumps(asked.as_json()))))


@pytest.fixture
def talk(known: Knowledge, wording: Wording) -> Conversation:
    return Conversation(known, wording)


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[d["about"] for d in DIALOGUES])
def test_a_guidance_conversation(talk: Conversation, dialogue: dict[str, Any]) -> None:
    for turn in dialogue["turns"]:
        first, *_ = talk.turn(turn)
        said = turn.get("say") or turn["tap"]
        assert first.outcome.value == turn["outcome"], said
        if "facets" in turn:
            assert [facet.value for facet in first.facets] == turn["facets"], said
        assert set(turn.get("jobs", ())) <= set(first.jobs), said
        assert not set(turn.get("without", ())) & set(first.jobs), said
        assert set(turn.get("fiches", ())) <= {f.title for f in first.formations}, said
        if "asks" in turn:
            assert first.values["step"] == turn["asks"], said
        elif turn.get("facets") == ["guidage"]:
            assert first.values["others"] or len(first.jobs) >= 2, said
            assert 1 <= len(first.jobs) <= 5, said
        assert turn.get("text", "") in talk.text(), said


def test_there_are_thirty_dialogues_by_typing_and_by_taps() -> None:
    assert len(DIALOGUES) >= 30
    assert sum(any("tap" in turn for turn in d["turns"]) for d in DIALOGUES) >= 8


def test_every_reason_and_every_step_can_be_traced(world: Catalogue) -> None:
    """Each value told is what was said, or stands in the section that is cited of a fiche of the catalogue."""
    known = Knowledge(world, Resolver(world.formations.values(), world.jobs.values(), job_fiches=world.job_fiches))
    text = (
        "je suis en 3e, j'aime être dehors et travailler de mes mains, 3 ans, en apprentissage, tu me conseilles quoi ?"
    )
    (reply,), after = decide(Reading(text, "ask_guidance"), State(), known)
    profile = after.guidance.profile
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
    (way,), _ = decide(
        Reading("x", "choose", ask=Ask.from_json({"facets": ["parcours"], "jobs": ["éclusier"]})), after, known
    )
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
    assert talk.state.guidance.profile == Profile("3e", interests=("je veux m'occuper d'animaux",))
    talk.turn({"say": "stop", "intent": "deny"})
    assert talk.state.guidance == Interview()
    talk.turn({"say": "je suis en 3e, j'aime les animaux, tu me conseilles quoi ?", "intent": "ask_guidance"})
    talk.turn({"say": "recommencer", "intent": "start_over"})
    assert talk.state == State()


@pytest.mark.parametrize("data", [None, [], {"step": "x"}, {"profile": 3}, {"shown": "abc"}, {"passed": ["x", 1]}])
def test_a_malformed_interview_is_forgotten(data: object) -> None:
    assert State.from_json({"guidance": data}) == State()


def test_without_job_fiches_it_says_where_to_start(knowledge: Knowledge) -> None:
    (reply,), after = decide(Reading("je sais pas quoi faire, j'aime les animaux", "ask_guidance"), State(), knowledge)
    assert reply.response == "guidance"
    assert after.guidance.last == ()


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
