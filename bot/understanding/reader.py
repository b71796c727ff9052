"""Reads a message: the only place where the text of a message is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.catalogue.filters import read_wish
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import Token, fold, stem, tokenize
from bot.catalogue.saying import asked_about
from bot.catalogue.selection import read_lone_rank, read_ranks
from bot.catalogue.talk import QUESTION_WORDS
from bot.guidance.reading import read_profile, read_until
from bot.nlu.alarm import DISTRESS
from bot.nlu.learned import Heard
from bot.nlu.understanding import Understanding, Understood
from bot.understanding.cues import read_cues
from bot.understanding.distress import read_distress
from bot.understanding.names import job_by_head, names_of
from bot.understanding.people import without_people
from bot.understanding.reading import Act, Name, Reading, Role
from bot.understanding.roles import with_roles
from bot.understanding.superlatives import direction, measured
from bot.understanding.theme import read_theme
from bot.understanding.topics import Topic
from bot.world import World

_SENTENCE = re.compile(r"[^.?!…\n]+[.?!…\n]*")
_OPTIONS = re.compile(r"\b(?:option|parcours) ([a-d1-9])\b")
_LETTER_ALONE = re.compile(r"(?:(?:et|e|non|plutot|pour|alors) )*l[ae] ([a-d])")
_FEW = 3
_MAY_NAME = frozenset({Act.ASK, Act.SEARCH, Act.COMPARE, Act.PICK, Act.TELL, Act.OUTSIDE, Act.LOST, Act.AGREE})
_LETTERS = 4
_TO_BECOME = frozenset(["devenir", "etre", "deviens", "devient"])
_NAMING = frozenset("un une dun dune d de du des les l la le etre devenir devenu devient comme metier en".split())
_LETTERS_ALONE = re.compile(r"\b[A-Z]{3,6}\b")
_LETTERS_NAMED = re.compile(r"\b(?:[Ll]e|[Ll]a|[Uu]n|[Uu]ne|[Ee]n|[Dd]u|[Aa]u|[Ll]')\s?([A-Z]{3,6})\b")
_NO_FORMATION = frozenset("CIO CFA CDI CPE CROUS GRETA CNED ONISEP SMS CDD".split())
_BESIDE_A_NAME = frozenset("metier profession boulot bonjour salut alors svp stp".split())


class Reader:
    """Reads messages with models that were trained before, over the catalogue of the moment."""

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding

    def read(self, text: str, world: World) -> Reading:
        """Everything that `text` says."""
        mentions = world.resolver.resolve(text)
        understood = self._understanding.read(text, mentions)
        reading = self._read(text, mentions, understood, world)
        if reading.act is Act.DISTRESS:
            return replace(reading, beside=self._beside(understood.rest, world))
        return replace(reading, people=self._people(text, reading, world))

    def _heard(
        self, text: str, mentions: Sequence[Mention], understood: Understood
    ) -> Heard:
        """The acts and topics of a message, which has no topic where it tells of distress."""
        if understood.intent == DISTRESS:
            return Heard(((Act.DISTRESS.value, 1.0),), (), ())
        return self._understanding.learned.read(text, mentions)

    def _read(self, text: str, mentions: Sequence[Mention], understood: Understood, world: World) -> Reading:
        heard = self._heard(text, mentions, understood)
        act, outside = heard.act(*(() if understood.intent == DISTRESS else (Act.DISTRESS,)))
        topics = tuple(topic for topic, _ in heard.topics)
        names = with_roles(text, names_of(text, mentions, topics, world), act is Act.COMPARE)
        kind = next((name.kind for name in names if name.kind), None)
        only_name = _only_a_name(text, names)
        search = tuple(world.resolver.content_words(text))
        said = {word for name in names for word in name.words}
        tokens = tokenize(text)
        words = {token.text for token in tokens}
        return Reading(
            text=text,
            intent=understood.intent,
            act=Act.NAME if only_name and act in _MAY_NAME else act,
            outside=outside,
            confidence=understood.confidence,
            ranking=understood.ranking,
            topics=() if only_name else topics,
            doubtful=heard.doubtful,
            names=tuple(names),
            cues=read_cues(text),
            words=tuple(token.text for token in tokens),
            ranks=read_ranks(text),
            lone_rank=read_lone_rank(text),
            wish=read_wish(text, kind),
            profile=read_profile(text),
            until=read_until(fold(text)),
            about=asked_about(_beside(text, names), (word for word in search if word not in said)),
            search=search,
            untaught=frozenset(fold(word) for word in understood.unseen if word in _asking(text)),
            unseen=_named_by(understood.unseen, tokens, bool(names)),
            sigle=_strange_sigle(text, topics, names),
            distress=read_distress(text) if act is Act.DISTRESS else ("", ""),
            theme=read_theme(text, kind),
            most=direction(words),
            measured=measured(words),
            options=_options(text, tokens),
            head=job_by_head(text, names, world),
            only_name=only_name,
            question_mark="?" in text,
        )

    def _beside(self, rest: str, world: World) -> Reading | None:
        """What is asked in the rest of a message that tells of distress, or None where nothing is."""
        if not rest:
            return None
        mentions = world.resolver.resolve(rest)
        understood = self._understanding.read_beside(rest, mentions)
        return self._read(rest, mentions, understood, world) if understood else None

    def _people(self, text: str, reading: Reading, world: World) -> Reading | None:
        """What a message that asks by who people are asks besides, or None for any other message."""
        rest = without_people(text)
        if rest is None:
            return None
        names = [name for name in names_of(rest, world.resolver.resolve(rest), (), world) if name.refs and name.words]
        return replace(reading, names=tuple(names), unseen=(), search=tuple(world.resolver.content_words(rest)))


def _beside(text: str, names: Sequence[Name]) -> str:
    """A message without the names that fiches bear, but for those of where one comes from."""
    for name in sorted(names, key=lambda name: -name.start):
        if name.refs and name.role is not Role.ORIGIN:
            text = f"{text[: name.start]} {text[name.end :]}"
    return text


def _options(text: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    """The letters of options ("l'option A"), or the one that is all of a message ("et la C ?")."""
    alone = _LETTER_ALONE.fullmatch(" ".join(token.text for token in tokens))
    return (alone[1],) if alone else tuple(dict.fromkeys(_OPTIONS.findall(fold(text))))


def _asking(text: str) -> str:
    """The questions of a message, from the first one that ends with a question mark on; all of it where none does."""
    spans = [found[0] for found in _SENTENCE.finditer(text)]
    return "".join(sentence for sentence in spans if "?" in sentence) or text


def _named_by(unseen: Sequence[str], tokens: Sequence[Token], named: bool) -> tuple[str, ...]:
    """The words nobody knows that stand as a name does: last, among few words, or after an article or "devenir".

    Where nothing is `named`, what follows "devenir" is a name, too, be it a word that is used in talk ("être pape").
    """
    words = [token.text for token in tokens]
    after = {word for before, word in pairwise(words) if before in _NAMING}
    after |= {
        word for one, two, word in zip(words, words[1:], words[2:], strict=False) if (one in _NAMING and two == "on")
    }
    found = [word for word in unseen if len(tokens) <= _FEW or fold(word) in after or fold(word) == words[-1]]
    if found or named:
        return tuple(found)
    become = (_after_become(words, at) for at, word in enumerate(words) if word in _TO_BECOME)
    return tuple(filter(None, become))[:1]


def _strange_sigle(text: str, topics: Sequence[Topic], names: Sequence[Name]) -> str:
    """The letters of "le DCG, c'est quoi les débouchés ?" where no fiche has them; none of a shouted message."""
    if _LETTERS_ALONE.fullmatch(text.strip()):
        return "" if names or text.strip() in _NO_FORMATION else text.strip()
    if text.isupper():
        return ""
    letters = _LETTERS_ALONE if tuple(topics) == (Topic.SIGLE,) else _LETTERS_NAMED
    named = {word for name in names for word in name.text.split()}
    return next((found for found in letters.findall(text) if found not in named | _NO_FORMATION), "")


def _after_become(words: Sequence[str], at: int) -> str:
    """The word after "devenir", an article apart, unless it is one of talk."""
    word = next((word for word in words[at + 1 : at + 3] if word not in GAP_WORDS), "")
    return "" if len(word) < _LETTERS or stem(word) in QUESTION_WORDS else word


def _only_a_name(text: str, names: Sequence[Name]) -> bool:
    """Whether a message is the name of one thing and nothing else ("le métier de volcanologue ?")."""
    if len(names) != 1 or not names[0].refs:
        return False
    outside = tokenize(text[: names[0].start] + " " + text[names[0].end :])
    return all(token.text in GAP_WORDS or token.text in _BESIDE_A_NAME for token in outside)
