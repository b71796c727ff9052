"""Which sentences say what a question asks: precise facts by patterns, other words by their roots, rare ones first.

Source of the method: ours. A question becomes keys: the names of the facts it asks (facts_asked.toml) and of its themes
(job_themes.toml), each after a mark, and its other words that tell something, folded. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from bot.catalogue.french import zipf
from bot.catalogue.normalize import expand_sms, fold, stem, tokenize
from bot.catalogue.talk import QUESTION_WORDS
from bot.catalogue.text_search import root

_FACTS = Path(__file__).with_name("facts_asked.toml")
_THEMES = Path(__file__).with_name("job_themes.toml")
_FACT, _THEME = "fact:", "theme:"
_WORD = re.compile(r"[a-z0-9]+")

# What a sentence that holds a key is worth: a word by its Zipf value, between the least and the most.
_OF_A_FACT = 4.0
_OF_A_THEME = 0.5
_EVERYDAY = 7.0
_LEAST, _MOST = 0.5, 3.0
_OF_EVERY_TEXT = 6.0  # the Zipf value of words that tell nothing
_SHORTENED = 5  # letters, from which on a word may stand for a longer one ("certif")


@dataclass(frozen=True)
class Fact:
    """A precise fact: how it is asked and told, and the topic that it is asked of, "" where it never leads away."""

    asked: re.Pattern[str]
    told: re.Pattern[str]
    topic: str


def table() -> dict[str, dict[str, Any]]:
    """The content of facts_asked.toml."""
    return tomli.loads(_FACTS.read_text(encoding="utf-8"))


def asked_about(question: str, words: Iterable[str] = ()) -> frozenset[str]:
    """The keys of what exactly a question asks; `words` are those of it, folded, that tell something."""
    said = _plain(question)
    stems = {stem(word): word for word in said.split()}
    themes = {name: kin & stems.keys() for name, kin in _themes().items() if kin & stems.keys()}
    facts = {f"{_FACT}{name}" for name, fact in facts_by_name().items() if fact.asked.search(said)}
    of_themes = {stems[kin] for found in themes.values() for kin in found}
    telling = (word for word in words if root(word) not in _talk() and zipf(word) < _OF_EVERY_TEXT)
    return frozenset({*facts, *(f"{_THEME}{name}" for name in themes), *of_themes, *telling})


def facts_asked(keys: Collection[str]) -> dict[str, Fact]:
    """The facts among keys."""
    return {key: facts_by_name()[key.removeprefix(_FACT)] for key in keys if key.startswith(_FACT)}


def beyond(keys: Iterable[str], title: str) -> frozenset[str]:
    """The keys without the words of a title."""
    named = _roots(title)
    return frozenset(key for key in keys if ":" in key or root(key) not in named)


def without_themes(keys: Iterable[str]) -> frozenset[str]:
    """The keys that are more than a theme."""
    return frozenset(key for key in keys if not key.startswith(_THEME))


def says(sentence: str, keys: Collection[str]) -> float:
    """What a sentence is worth to a question: the sum of what its keys are that the sentence holds."""
    return sum(_worth(key) for key in keys if _holds(sentence, key)) if keys else 0.0


@lru_cache(maxsize=1)
def facts_by_name() -> dict[str, Fact]:
    """The facts of facts_asked.toml."""
    return {
        name: Fact(re.compile(fact["asked"]), re.compile(fact["told"]), fact.get("topic", ""))
        for name, fact in table().items()
    }


@lru_cache(maxsize=1)
def _talk() -> frozenset[str]:
    return frozenset(map(root, QUESTION_WORDS))


def _worth(key: str) -> float:
    if key.startswith(_FACT):
        return _OF_A_FACT
    return _OF_A_THEME if key.startswith(_THEME) else min(_MOST, max(_LEAST, _EVERYDAY - zipf(key)))


def _holds(sentence: str, key: str) -> bool:
    if key.startswith(_FACT):
        return bool(facts_by_name()[key.removeprefix(_FACT)].told.search(_plain(sentence)))
    if key.startswith(_THEME):
        return not _themes()[key.removeprefix(_THEME)].isdisjoint(map(stem, _plain(sentence).split()))
    whole = root(key) in _roots(sentence)
    return whole or (len(key) >= _SHORTENED and any(word.startswith(key) for word in _plain(sentence).split()))


@lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    return " ".join(expand_sms(token.text) for token in tokenize(text))


@lru_cache(maxsize=2048)
def _roots(text: str) -> frozenset[str]:
    return frozenset(root(word) for word in _WORD.findall(fold(text)))


@lru_cache(maxsize=1)
def _themes() -> dict[str, frozenset[str]]:
    tables = tomli.loads(_THEMES.read_text(encoding="utf-8"))
    return {name: frozenset(stem(fold(word)) for word in words) for name, words in tables["themes"].items()}
