"""The conversations of test_stories.yml, answered for good: a wrong intent or a wrong reply turns them red."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from actions.answer import STATE_SLOT
from bot.channel.replies import Collector
from bot.dialogue.state import State
from bot.nlu.learned import Heard, Learned
from bot.settings import ROOT
from bot.understanding.rasa_reader import MessageReader
from bot.understanding.topics import Topic

Reply = dict[str, Any]
MOST_FACETS_BESIDES = 1  # design/web-api.md: "what was asked, no more than one besides"


def _load(name: str) -> Any:
    return yaml.safe_load((ROOT / "tests" / name).read_text(encoding="utf-8"))


STORIES: dict[str, list[str]] = {
    story["story"]: [step["user"].strip() for step in story["steps"] if "user" in step]
    for story in _load("test_stories.yml")["stories"]
}
EXPECTED: dict[str, list[list[Reply]]] = _load("actions/expected.yml")["stories"]


class Conversation:
    """One conversation with the agent, message by message."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._id = uuid4().hex
        self.state = State()

    async def say(self, text: str) -> tuple[list[Reply], list[Any]]:
        """The replies to one message, as the channel gets them, and the events of the turn."""
        collector = Collector()
        await self._agent.handle_message(UserMessage(text, collector, self._id))
        tracker = await self._agent.tracker_store.retrieve(self._id)
        events = list(tracker.events)
        last = max(number for number, event in enumerate(events) if isinstance(event, UserUttered))
        self.state = State.from_json(tracker.get_slot(STATE_SLOT))
        return collector.messages, events[last + 1 :]


def _differences(expected: list[Reply], replies: list[Reply]) -> Iterator[str]:
    """What the replies of one turn have that they should not have, or the other way round."""
    if len(expected) != len(replies):
        yield f"{len(expected)} replies expected, got {[reply.get('utter_action') for reply in replies]}"
    for wanted, reply in zip(expected, replies, strict=False):
        answer = reply["custom"]["answer"]
        titles = [fiche["title"] for fiche in answer["fiches"]]
        asked, told = wanted.get("facets", []), answer["facets"]
        facts = {
            "response": reply["utter_action"],
            "outcome": answer["outcome"],
            "fiches": titles,
            "jobs": len(answer["jobs"]),
            "choices": len(reply.get("buttons") or []),
        }
        for name, value in facts.items():
            if name in wanted and wanted[name] != value:
                yield f"{name} {wanted[name]!r} expected, got {value!r}"
        besides = [facet for facet in told if facet not in asked]
        if not set(asked) <= set(told) or len(besides) > (MOST_FACETS_BESIDES if asked else 0):
            yield f"facets {asked} expected, got {told}"


def _plain(annotated: str) -> str:
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", annotated)


async def _replay(agent: Agent, story: str) -> list[str]:
    """Every difference between what a story is answered and what it should be, with its turn."""
    conversation = Conversation(agent)
    found = []
    for turn, (said, expected) in enumerate(zip(STORIES[story], EXPECTED[story], strict=True), start=1):
        replies, _ = await conversation.say(_plain(said))
        found += [f"turn {turn}, {_plain(said)!r}: {line}" for line in _differences(expected, replies)]
    return found


def test_every_turn_has_its_answer() -> None:
    assert {story: len(turns) for story, turns in STORIES.items()} == {
        story: len(turns) for story, turns in EXPECTED.items()
    }


def test_stories_are_unseen(seen_in_training: Callable[[Iterable[str]], list[str]]) -> None:
    assert seen_in_training(turn for turns in STORIES.values() for turn in turns) == []


def test_every_kind_of_reply_is_in_some_story() -> None:
    """All outcomes, and each facet of a fiche answered for both fiches or else known to be silent."""
    replies = [reply for turns in EXPECTED.values() for turn in turns for reply in turn]
    assert {reply["outcome"] for reply in replies} == {
        "answered", "not_in_fiche", "unknown", "ambiguous", "missing", "out_of_scope", "distress", "smalltalk", "help"
    }  # fmt: skip
    about = {
        (facet, title) for reply in replies for facet in reply.get("facets", ()) for title in reply.get("fiches", ())
    }
    of_a_fiche = {
        "acces", "duree", "metiers", "poursuite", "description", "niveau", "type", "code", "sigle", "lien", "attendus"
    }  # fmt: skip
    titles = {title for _, title in about}
    assert len(titles) == 2
    assert {(facet, title) for facet in of_a_fiche for title in titles} <= about


@pytest.mark.parametrize("story", STORIES)
async def test_story_is_answered(story: str, agent: Agent) -> None:
    assert await _replay(agent, story) == []


async def test_each_turn_utters_and_remembers_once(agent: Agent) -> None:
    """The events of a turn: our action, its messages, the state of the dialogue; then Rasa listens."""
    conversation = Conversation(agent)
    for said in ("durée et métiers du MSPC ?", "merci", "quels sont les métiers et les attendus de MSPC ?"):
        replies, events = await conversation.say(said)
        actions = [event.action_name for event in events if isinstance(event, ActionExecuted)]
        assert actions == ["action_answer", "action_listen"]
        assert [e.metadata["utter_action"] for e in events if isinstance(e, BotUttered)] == [
            reply["utter_action"] for reply in replies
        ]
        slots = [event for event in events if isinstance(event, SlotSet)]
        assert [slot.key for slot in slots] == [STATE_SLOT]
        assert State.from_json(slots[0].value).as_json().keys() == slots[0].value.keys()


async def test_small_talk_and_distress_leave_the_memory_as_it_was(agent: Agent) -> None:
    """But for the count of replies without an answer, which varies their wording, and what the next turn heeds."""
    conversation = Conversation(agent)
    await conversation.say("Combien d'années dure le MSPC ?")
    before = conversation.state
    assert before.topics == (Topic.DURATION,)
    for said in ("merci beaucoup c'est gentil", "j'ai plus du tout envie de vivre", "Ça coûte cher ?"):
        await conversation.say(said)
        assert replace(conversation.state, misses=before.misses, distress=()) == before


async def test_starting_over_leaves_nothing_in_memory(agent: Agent) -> None:
    conversation = Conversation(agent)
    await conversation.say("Combien d'années dure le MSPC ?")
    await conversation.say("on repart de zéro stp")
    assert conversation.state == State()


async def test_conversations_do_not_mix(agent: Agent) -> None:
    first, second = Conversation(agent), Conversation(agent)
    await first.say("Combien d'années dure le MSPC ?")
    replies, _ = await second.say("et la durée alors ?")
    assert replies[0]["custom"]["answer"]["outcome"] == "missing"


class _MixedUp:
    """A model of topics that takes jobs for durations, and durations for jobs."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned

    def read(self, text: str, mentions: Sequence[Any]) -> Heard:
        heard = self._learned.read(text, mentions)
        other = {"jobs": "duration", "duration": "jobs"}
        topics = tuple((type(topic)(other.get(topic.value, topic.value)), score) for topic, score in heard.topics)
        return replace(heard, topics=topics)


async def test_two_topics_mixed_up_turn_the_stories_red(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The safety net holds: a model that takes jobs for durations is caught."""
    nodes = agent.processor.graph_runner._instantiated_nodes.values()
    reader = next(node._component for node in nodes if isinstance(node._component, MessageReader))._reader
    monkeypatch.setattr(reader._understanding, "learned", _MixedUp(reader._understanding.learned))

    red = [story for story in STORIES if await _replay(agent, story)]

    assert "jobs of MSPC, in the words of the project's first question" in red
    assert "duration of microtechniques" in red
    assert "type of MSPC" not in red


async def test_typing_what_a_button_says_does_what_tapping_it_does(agent: Agent) -> None:
    opening = ("quels métiers après MSPC ?", "bac pro", "aide", "combien gagne un ascensoriste ?", "je veux m'orienter")
    tried = 0
    for said in opening:
        shown, _ = await Conversation(agent).say(said)
        buttons = [button for reply in shown for button in reply.get("buttons") or []]
        assert buttons
        for button in buttons:
            answers = []
            for typed in (button["payload"], button["title"], button["title"].lower().rstrip(" ?")):
                conversation = Conversation(agent)
                await conversation.say(said)
                replies, _ = await conversation.say(typed)
                answers.append([(reply["utter_action"], reply["custom"]["answer"]) for reply in replies])
            assert answers[0] == answers[1] == answers[2], button["title"]
            tried += 1
    assert tried > 10
