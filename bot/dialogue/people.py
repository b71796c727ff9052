"""Answers questions that depend on who people are, such as their sex or origin: all jobs are open to all.

The words for people are removed before the rest of the question is answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.normalize import Token, expand_sms, tokenize
from bot.dialogue.guidance_replies import button
from bot.dialogue.state import Knowledge, examples
from bot.reading import Reading

_TABLE = Path(__file__).with_name("people.toml")
# With those words in the text, these intents say nothing about what else is asked.
_NOT_READ = frozenset(
    "out_of_scope nlu_fallback hyperbole insult inform choose tell_situation ask_chances affirm deny".split()
)


@dataclass(frozen=True)
class _People:
    asked: tuple[re.Pattern[str], ...]
    names: re.Pattern[str]


@lru_cache(maxsize=1)
def _people() -> _People:
    table: dict[str, Any] = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    words = {
        "<people>": rf"(?:{'|'.join(table['people'].split())})\b",
        "<generic>": table["generic"],
        "<ones>": table["ones"],
    }
    patterns = []
    for pattern in table["patterns"]:
        for name, meant in words.items():
            pattern = pattern.replace(name, meant)
        patterns.append(re.compile(rf"\b(?:{pattern})"))
    return _People(tuple(patterns), re.compile(rf"\b(?:{'|'.join(table['names'])})\b"))


def without_people(text: str) -> str | None:
    """Return `text` with spaces in place of the words that ask by who people are, or None if there are none.

    The positions of all other words stay the same.
    """
    said, tokens = _said(text)
    people = _people()
    named = people.names.sub(lambda found: "_" * len(found[0]), said)
    spans = [found.span() for pattern in people.asked for found in pattern.finditer(named)]
    if not spans:
        return None
    for start, end in spans:
        touched = [token for token, at in tokens if start <= at < end]
        text = text[: touched[0].start] + " " * (touched[-1].end - touched[0].start) + text[touched[-1].end :]
    return text


def _said(text: str) -> tuple[str, list[tuple[Token, int]]]:
    """Return the folded words of `text` in one string, with SMS written out, and where each token begins in it."""
    said, places = "", []
    for token in tokenize(text):
        places.append((token, len(said)))
        said += expand_sms(token.text) + " "
    return said.rstrip(), places


def open_to_all(reading: Reading, knowledge: Knowledge) -> tuple[Reply, Reading | None] | None:
    """Return the reply to a question that depends on who people are, or None for any other question.

    With the reply comes the reading of what else is asked, without those words, or None if nothing is.
    """
    rest = without_people(reading.text) if reading.ask is None else None
    if rest is None:
        return None
    choices = (button("begin", "next"),) if knowledge.catalogue.job_fiches else examples(knowledge)
    reply = Reply("open_to_all", Outcome.HELP, choices=choices)
    mentions = tuple(m for m in knowledge.resolver.resolve(rest) if m.known and m.words)
    if not mentions:
        return reply, None
    asked = replace(reading, text=rest, mentions=mentions, unseen=())
    if reading.intent in _NOT_READ or Facet.SEARCH in reading.facets:
        asked = replace(asked, intent="search_formations", facets=(Facet.SEARCH,))
    return replace(reply, choices=()), asked
