"""Generates messages that ask topics, alone or several at once, from the grammar of data/grammar/topics.toml.

What is made is varied in topic, number and order, in form (lists of nouns, clauses, a story before, a comparison, a
topic refused, nothing asked at all), in spelling, and in whether a name is said, masked or in the open.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.nlu.features import MASK_FORMATION, MASK_JOB
from bot.nlu.grammar import Spelling, generate, read_grammar
from bot.understanding.reading import Act

_FORMS = {"nouns": 33, "clauses": 49, "correction": 4, "comparison": 6, "nothing": 8}
_ACTS = {"comparison": Act.COMPARE, "nothing": None}
_LISTED = {1: 25, 2: 40, 3: 25, 4: 10}
_CLAUSES = {1: 65, 2: 26, 3: 9}
_OF_JOBS = 0.3
_SEVERAL_NAMES = 0.05
_NOUN = 0.15
_WITH_ARTICLE = 0.35
_VOWELS = "aeiouyéèêh"
_BEFORE_CLAUSES = {"{story}": 35, "{opener}": 25, "": 40}
_NAMED_LIST = 0.75
_IN_THE_OPEN = 0.2
_MISSPELT = 0.45
_STYLES = {"sms": 45, "misspelt": 30, "dictated": 25}
_NOTHING = (
    *("{story}", "{thing}", "{story} {thing}"),
    "{that_is} {thing}",
    "{same_of} {thing}",
    *("[bonjour|salut|je cherche|] {thing} {closer}", "[et|sinon] {thing} {closer}"),
)
_MASKS = re.compile(f"({MASK_FORMATION}|{MASK_JOB})")
_NAMES_LINKED = "[{0} ou {0}|{0} et {0}|{0} vs {0}|{0} / {0}|{0}, {0}]"


@dataclass(frozen=True)
class Asked:
    """A message that asks `topics` (their values), as the act that it is; no act where nothing tells what it is."""

    text: str
    topics: frozenset[str]
    act: Act | None = Act.ASK


class Asking:
    """Makes messages; `folder` holds topics.toml and spelling.toml."""

    def __init__(self, folder: Path, formations: Sequence[str] = (), jobs: Sequence[str] = ()) -> None:
        """`formations` and `jobs` are names to say in the open now and then."""
        grammar = read_grammar(folder / "topics.toml")
        self._topics: dict[str, dict[str, list[str]]] = grammar["topics"]
        self._symbols: dict[str, list[str]] = grammar["symbols"]
        self._spelling = {style: Spelling(t["rules"]) for style, t in read_grammar(folder / "spelling.toml").items()}
        self._names = {MASK_FORMATION: formations, MASK_JOB: jobs}

    def messages(self, count: int, seed: int) -> list[Asked]:
        """Return `count` messages, the same for the same seed."""
        chance = random.Random(seed)
        made: list[Asked] = []
        while len(made) < count:
            asked = self._message(chance)
            if asked.text:
                made.append(asked)
        return made

    def _message(self, chance: random.Random) -> Asked:
        name = MASK_JOB if chance.random() < _OF_JOBS else MASK_FORMATION
        form = _drawn(_FORMS, chance)
        said = _Sayings(self._topics, self._symbols, name, chance)
        text, topics = getattr(said, form)()
        if self._names[name] and chance.random() < _IN_THE_OPEN:
            text = text.replace(name, chance.choice(self._names[name]))
        if chance.random() < _MISSPELT:
            text = self._spelling[_drawn(_STYLES, chance)].misspell(text, chance)
        return Asked(" ".join(text.split()), frozenset(topics), _ACTS.get(form, Act.ASK))


class _Sayings:
    """The forms of one message about one kind of thing. Each returns a text and the topics that it asks."""

    def __init__(self, topics: Any, symbols: dict[str, list[str]], mask: str, chance: random.Random) -> None:
        self._topics = topics
        self._chance = chance
        self._kind = "of_job" if mask == MASK_JOB else "of_formation"
        name = _NAMES_LINKED.format(mask) if chance.random() < _SEVERAL_NAMES else mask
        self._symbols = symbols | {"name": [name]}
        self._askable = [topic for topic in topics if self._kind in topics[topic]]

    def nouns(self) -> tuple[str, list[str]]:
        topics = self._some(_LISTED)
        named = "list_named" if self._chance.random() < _NAMED_LIST else "list_bare"
        return self._say(f"{{opener}} {{{named}}} {{closer}}", list=self._linked(map(self._noun, topics))), topics

    def clauses(self) -> tuple[str, list[str]]:
        topics = self._some(_CLAUSES)
        text = self._linked([self._noun(t) if self._chance.random() < _NOUN else self._clause(t) for t in topics])
        before = _drawn(_BEFORE_CLAUSES, self._chance)
        return " ".join((self._say(before), text, self._say("{closer}"))), topics

    def correction(self) -> tuple[str, list[str]]:
        asked, refused = self._chance.sample(self._askable, 2)
        refused = self._say("[le |la |l'|]") + self._noun(refused)
        return self._say("{not_asked} {closer}", list=self._noun(asked), refused=refused), [asked]

    def comparison(self) -> tuple[str, list[str]]:
        topic = self._chance.choice([t for t in self._askable if "measures" in self._topics[t]])
        measured = self._say(self._chance.choice(self._topics[topic]["measures"]))
        return self._say("{comparison} {closer}", list=self._noun(topic), measured=measured), [topic]

    def nothing(self) -> tuple[str, list[str]]:
        return self._say(self._chance.choice(_NOTHING)), []

    def _some(self, numbers: dict[int, int]) -> list[str]:
        return self._chance.sample(self._askable, _drawn(numbers, self._chance))

    def _noun(self, topic: str) -> str:
        noun = self._say(self._chance.choice(self._topics[topic]["nouns"]))
        if self._chance.random() >= _WITH_ARTICLE:
            return noun
        return self._say("{article_elided}" if noun[0].lower() in _VOWELS else "{article}") + noun

    def _clause(self, topic: str) -> str:
        table = self._topics[topic]
        return self._say(self._chance.choice([*table[self._kind], *table.get("of_both", ())]))

    def _linked(self, parts: Any) -> str:
        parts = list(parts)
        link = self._chance.choice(self._symbols["link"])
        return link.join([self._chance.choice((", ", link)).join(parts[:-1]), parts[-1]]) if parts[1:] else parts[0]

    def _say(self, line: str, **symbols: str) -> str:
        # What was said before stands as it is: a bracket in a name of the data would be read as a choice.
        return generate(line, self._symbols | {key: [said] for key, said in symbols.items()}, self._chance)


def names_of(masked: Sequence[tuple[str, str]], in_the_open: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the names of formations and of jobs that are masked in the one and open in the other.

    Both are pairs of a text and its intent: all phrases, and in the same order those of them that have names.
    """
    found: dict[str, set[str]] = {MASK_FORMATION: set(), MASK_JOB: set()}
    hiding = [text for text, _ in masked if MASK_FORMATION in text or MASK_JOB in text]
    for hidden, (text, _) in zip(hiding, in_the_open, strict=False):
        parts = _MASKS.split(" ".join(hidden.split()))
        said = re.fullmatch(
            r"\s*(\S.*?)\s*".join(re.escape(part.strip()) for part in parts[::2]), " ".join(text.split())
        )
        for mask_of, name in zip(parts[1::2], said.groups() if said else (), strict=False):
            found[mask_of].add(name)
    return sorted(found[MASK_FORMATION]), sorted(found[MASK_JOB])


def _drawn(weights: Any, chance: random.Random) -> Any:
    return chance.choices(list(weights), list(weights.values()))[0]
