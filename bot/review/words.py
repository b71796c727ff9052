"""Splits a message into words, and distinguishes names, ordinary French words and unknown words.

The word lists are names.toml and data/nlu.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from bot.catalogue.french import is_french
from bot.catalogue.lexicon import GAP_WORDS, lexicon
from bot.catalogue.normalize import expand_sms, fold, stem
from bot.catalogue.talk import QUESTION_WORDS
from bot.settings import ROOT

_LISTS = Path(__file__).with_name("names.toml")
_PHRASES = ROOT / "data" / "nlu"
_WORD = re.compile(r"[^\W\d_]+|\d+\w*")
_BREAK = re.compile(r"[.?!:;]")
_SHOUTED, _TITLED, _LONG = 0.6, 0.7, 4

# These words never begin a name, whatever comes before them.
STOP_WORDS = frozenset(
    """
    a ai as au aux avec c ca ce ces cest cet cette chez chui chuis comment d dans de des dit donc du elle en es est
    et eu fait ici il ils j jai je jsui jsuis jve jveux jvoudrais l la le les leur lui ma mais me mes moi mon n ne
    nn non notre nous on ont ou oui par pas plus pour pr q qu que quel quelle quelles quels qui quoi s sa se ses si
    son sont sur svp stp t ta te tes toi ton tu un une va vers veut vos votre vous vx y ya g ki ke koi sui suis
    voila pareil mort bon bien pk pourquoi bonjour slt salut merci bjr bsr bonsoir cc wesh coucou hey hello jalon
    cordialement bisous mdr lol ptdr formation diplome metier classe trop aussi tjr tjrs tres meme tout tous quand
    cmt comme segpa ulis parcoursup mme mr mlle monsieur madame mademoiselle msieur tkt
    iban rib nir ine insta snap tel mail email discord tiktok wallah wsh bref enfin
    """.split()
)


@dataclass(frozen=True)
class Word:
    """A word or a number of a message, from character `start` to `end`.

    `before` is the text between the previous word and this one. `capital` tells whether it begins with a
    significant capital: never if most of the message is in capitals, or if most words begin with one.
    """

    text: str
    folded: str
    start: int
    end: int
    before: str
    capital: bool

    @property
    def opens(self) -> bool:
        """Whether it is the first word of the message or of a sentence, where a capital means little."""
        return not self.before or bool(_BREAK.search(self.before))

    @property
    def adjoins(self) -> bool:
        """Whether only a space, a hyphen or an apostrophe separates it from the word before."""
        return self.before in (" ", "-", "'", "’", " - ")

    @property
    def shouted(self) -> bool:
        return len(self.text) > 1 and self.text.isupper()


@dataclass(frozen=True)
class Lists:
    """The lists of names.toml, with folded words.

    `clear` has first names that are not words. The others are first names that are also words, family names, and
    famous names by their first word.
    """

    clear: frozenset[str]
    also_words: frozenset[str]
    family: frozenset[str]
    eponyms: Mapping[str, Sequence[tuple[str, ...]]]

    def hold(self, word: str) -> bool:
        """Return whether a folded word is in one of the lists."""
        return word in self.clear or word in self.also_words or word in self.family


@lru_cache(maxsize=1)
def lists() -> Lists:
    """Return the lists of names.toml, which are read at the first call."""
    tables = tomli.loads(_LISTS.read_text(encoding="utf-8"))
    clear, also, family = (
        frozenset(tables[table]["words"].split()) for table in ("first_names", "also_words", "family_names")
    )
    famous: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in tables["eponyms"]["names"]:
        words = tuple(word.folded for word in read(name))
        famous[words[0]].append(words)
    return Lists(clear, also, family, famous)


def read(text: str) -> list[Word]:
    """Return the words and numbers of `text`, in order."""
    found = list(_WORD.finditer(text))
    letters = [c for c in text if c.isalpha()]
    capitals = [m for m in found if m[0][0].isupper()]
    shouted = sum(c.isupper() for c in letters) > _SHOUTED * len(letters)
    titled = len(found) > _LONG and len(capitals) > _TITLED * len(found)
    words, at = [], 0
    for match in found:
        capital = match[0][0].isupper() and not shouted and not titled
        words.append(Word(match[0], fold(match[0]), match.start(), match.end(), text[at : match.start()], capital))
        at = match.end()
    return words


@lru_cache(maxsize=1)
def _questions() -> frozenset[str]:
    """Return the words of the training phrases, which show how questions are really spelt."""
    examples = "\n".join(path.read_text(encoding="utf-8") for path in sorted(_PHRASES.glob("*.yml")))
    return frozenset(word.folded for line in re.findall(r"^ +- (.*)", examples, re.MULTILINE) for word in read(line))


@lru_cache(maxsize=65536)
def is_common(word: str) -> bool:
    """Return whether a folded word is common in questions, in SMS or about schools, and so not part of a name."""
    return (
        len(word) < 3
        or not word.isalpha()
        or word in STOP_WORDS
        or word in GAP_WORDS
        or stem(word) in QUESTION_WORDS
        or expand_sms(word) != word
        or is_type(word)
        or word in lexicon().abbreviations
        or stem(word) in lexicon().places
        or bool(re.match(r"j[^aeiouyh]", word))
        or word in _questions()
    )


def is_ordinary(word: str) -> bool:
    """Return whether a folded word is common or a known French word, and so hardly a name."""
    return is_common(word) or is_french(word)


def is_type(word: str) -> bool:
    """Return whether a folded word is a type of diploma ("cap")."""
    return (word,) in lexicon().types


def is_unknown(word: str) -> bool:
    """Return whether a folded word is neither in a list of names nor an ordinary word."""
    return not lists().hold(word) and not is_ordinary(word)


def eponyms(words: Sequence[Word]) -> frozenset[int]:
    """Return the indices of the words that belong to the name of a famous dead person (a list in names.toml)."""
    folded = tuple(word.folded for word in words)
    return frozenset(
        part
        for first, word in enumerate(folded)
        for name in lists().eponyms.get(word, ())
        if folded[first : first + len(name)] == name
        for part in range(first, first + len(name))
    )
