"""Messages in a conversation without Rasa: what the models would say is given, everything else is read for good."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.answers.answer import FindTexts
from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Facet
from bot.conversation import converse
from bot.dialogue.state import State
from bot.nlu.learned import Heard, Learned
from bot.nlu.understanding import Understanding, Understood
from bot.understanding.intents import FACETS_OF_INTENT, QUESTIONS, act_of, label_of, topics_of_intent
from bot.understanding.reader import Reader
from bot.understanding.reading import Act, Reading
from bot.understanding.topics import topics_of
from bot.world import World


@dataclass(frozen=True)
class Said(Understanding):
    """Stands for the models: whatever is read, it was said with this intent, these facets and unseen words."""

    intent: str
    facets: tuple[Facet, ...] = ()
    unseen: tuple[str, ...] = ()

    def read(self, text: str, mentions: Sequence[Any]) -> Understood:
        """What was given."""
        return Understood(self.intent, 1.0, self.facets, ((self.intent, 1.0),), self.unseen)

    @property
    def learned(self) -> SaidTopics:  # type: ignore[override]
        """Stands for the model of acts and topics."""
        return SaidTopics(self)

    def read_beside(self, rest: str, mentions: Sequence[Any]) -> Understood | None:
        """Nothing is asked beside distress."""
        return None


@dataclass(frozen=True)
class SaidTopics(Learned):
    """Hears of every message what was given."""

    said: Said

    def read(self, text: str, mentions: Sequence[Any]) -> Heard:
        """What was given."""
        act = (Act.ASK, "") if self.said.intent in QUESTIONS else act_of(self.said.intent)
        topics = topics_of(self.said.facets) or topics_of_intent(self.said.intent)
        return Heard(((label_of(*act), 1.0),), tuple((topic, 1.0) for topic in topics), self.said.unseen)


def read(
    text: str, intent: str, world: World, facets: Sequence[Facet] | None = None, unseen: Sequence[str] = ()
) -> Reading:
    """The reading of `text`, understood as `intent`, asking `facets` or those of the intent."""
    asked = FACETS_OF_INTENT.get(intent, ()) if facets is None else tuple(facets)
    return Reader(Said(intent, asked, tuple(unseen))).read(text, world)


def tapped(ask: Ask) -> Reading:
    """The reading of a tapped button, which comes back as JSON."""
    return Reading(intent="choose", tap=Ask.from_json(json.loads(json.dumps(ask.as_json()))))


def turn(
    reading: Reading, state: State, world: World, find_texts: FindTexts | None = None
) -> tuple[list[Reply], State]:
    """The replies and the state after it, as the slot would carry it."""
    done = converse(reading, state, world, find_texts or (lambda words: None))
    assert done.replies
    after = State.from_json(json.loads(json.dumps(done.state.as_json())))
    assert after == done.state
    return done.replies, after


class Conversation:
    """One conversation, message by message."""

    def __init__(self, world: World, find_texts: FindTexts | None = None) -> None:
        self.world = world
        self.state = State()
        self._find_texts = find_texts

    def say(self, text: str, intent: str, *facets: Facet, unseen: tuple[str, ...] = ()) -> list[Reply]:
        """The replies to a message understood as `intent`, asking `facets` or those of the intent."""
        return self.read(read(text, intent, self.world, facets or None, unseen))

    def tap(self, choice: Choice) -> list[Reply]:
        """The replies to a tapped choice."""
        return self.read(tapped(choice.ask))

    def read(self, reading: Reading) -> list[Reply]:
        """The replies to a reading."""
        replies, self.state = turn(reading, self.state, self.world, self._find_texts)
        return replies
