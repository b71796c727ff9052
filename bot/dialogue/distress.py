"""Replies to messages about distress, first with the numbers to call, and to the messages that follow them.

The numbers depend on what the message is about and on who writes it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Outcome
from bot.catalogue.normalize import expand_sms, tokenize
from bot.dialogue.state import State, Turn
from bot.reading import Reading

_TABLE = Path(__file__).with_name("distress.toml")
_TAP = "help:"
_WHOM = "whom"
_NUMBERS = "numbers"
# Intents of a message that follows one about distress and asks nothing about a fiche.
_FOLLOWING = frozenset(
    "thank goodbye greet affirm deny nlu_fallback hyperbole out_of_scope insult ask_more inform".split()
)


@dataclass(frozen=True)
class Told:
    """What a message is about (`about`) and who writes it (`speaker`), as names in the tables of distress.toml."""

    about: str
    speaker: str


@dataclass(frozen=True)
class _Kind:
    name: str
    fits: re.Pattern[str]
    without: re.Pattern[str]
    unless: re.Pattern[str]
    always: re.Pattern[str]


def read_distress(text: str) -> Told:
    """Return what a message about distress is about, and who writes it."""
    words = " ".join(expand_sms(token.text) for token in tokenize(text))
    about, speaker = (next(kind.name for kind in kinds if _fits(kind, words)) for kinds in _kinds())
    return Told(about, speaker)


def _fits(kind: _Kind, words: str) -> bool:
    said = kind.without.sub(" ", words)
    if not kind.fits.search(said):
        return False
    return not kind.unless.search(said) or bool(kind.always.search(said))


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomli.loads(_TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[_Kind, ...], tuple[_Kind, ...]]:
    """Return the kinds of `about` and of `speaker`, in order. The last kind of each matches any message."""
    return tuple(
        tuple(
            _Kind(
                name,
                _any(kind["patterns"]) if kind["patterns"] else re.compile(""),
                *(_any(kind.get(key, ())) for key in ("without", "unless", "always")),
            )
            for name, kind in _table()[table].items()
        )
        for table in ("about", "speaker")
    )  # type: ignore[return-value]


def _any(patterns: Sequence[str] | str) -> re.Pattern[str]:
    """Return a pattern that finds any of `patterns` at the beginning of a word. It never matches if there are none."""
    each = [patterns] if isinstance(patterns, str) else patterns
    return re.compile(rf"\b(?:{'|'.join(each)})" if each else r"(?!)")


def told_of_distress(text: str, state: State) -> Turn:
    """Return the reply to a message about distress, and the new state.

    The state remembers only its kinds in distress.toml, not its text.
    """
    told = read_distress(text)
    return [_numbered(Reply("distress", Outcome.DISTRESS), told, _whom())], replace(
        state, distress=f"{told.about} {told.speaker}"
    )


def after_distress(reading: Reading, state: State) -> Turn | None:
    """Return the turn for a message or a choice just after one about distress.

    None if it is about something else.
    """
    ask = reading.ask
    about, _, speaker = state.distress.partition(" ")
    told = Told(about if about in _table()["about"] else "other", speaker if speaker in _table()["speaker"] else "self")
    if ask is not None and ask.guide.startswith(_TAP):
        if ask.guide == _TAP + _NUMBERS:
            return [_numbered(Reply("distress", Outcome.DISTRESS), told, _whom())], state
        return [_numbered(Reply("distress_whom", Outcome.DISTRESS), told, _numbers())], state
    named = any(mention.known or mention.type for mention in reading.mentions)
    if ask is None and state.distress and reading.intent in _FOLLOWING and not named:
        return [_numbered(Reply("distress_followed", Outcome.DISTRESS), told, _numbers(), _whom())], state
    return None


def _numbered(reply: Reply, told: Told, *choices: Choice) -> Reply:
    """Return `reply` with the numbers to call, in their order, worded for the person who writes."""
    lines = list(_table()["about"][told.about]["lines"])
    values: dict[str, Any] = {"about": told.about, "speaker": told.speaker, "lines": lines}
    if told.speaker == "adult":
        values["vous"] = True
    return replace(reply, values=values, choices=choices)


def _whom() -> Choice:
    return Choice("choice_distress_whom", {}, Ask(guide=_TAP + _WHOM))


def _numbers() -> Choice:
    return Choice("choice_distress_numbers", {}, Ask(guide=_TAP + _NUMBERS))
