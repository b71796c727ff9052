"""Dialogues made of the conversations of test_stories.yml: the same ones in every run."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

import yaml
from live_server import Message, Pupil

from bot.settings import ROOT

TURNS = 6
# A turn that taps the first choice of the last reply, where there is one; else this is said.
TAP = "merci"
_TAPPED = 0.2


def dialogues(count: int) -> list[list[str]]:
    """What is said, turn by turn, in `count` dialogues."""
    stories = [
        [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", step["user"]).strip() for step in story["steps"] if "user" in step]
        for story in yaml.safe_load((ROOT / "tests" / "test_stories.yml").read_text(encoding="utf-8"))["stories"]
    ]
    return [_dialogue(stories, random.Random(number)) for number in range(count)]


def _dialogue(stories: Sequence[Sequence[str]], chance: random.Random) -> list[str]:
    said: list[str] = []
    while len(said) < TURNS:
        for text in chance.choice(stories):
            said += [text, *([TAP] if chance.random() < _TAPPED else [])]
    return said[:TURNS]


def transcript(dialogue: Sequence[str], voices: Sequence[Pupil]) -> list[list[Message]]:
    """What is answered to each turn when the `voices`, of one session, say them in turns: all but the ids."""
    replies: list[list[Message]] = []
    for number, text in enumerate(dialogue):
        voice = voices[number % len(voices)]
        choices = replies[-1][-1]["choices"] if replies else []
        replies.append(voice.choose(choices[0]["id"]) if text == TAP and choices else voice.say(text))
    return [[_without_ids(message) for message in reply] for reply in replies]


def _without_ids(message: Message) -> dict[str, Any]:
    return {**message, "id": None, "choices": [choice["title"] for choice in message["choices"]]}
