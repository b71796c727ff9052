"""Search in the text of fiches: what is indexed, how a question becomes words to look for, how hits are ranked. Pure.

The database finds each word and weighs where it stands (`text_index.py`); what several words say together is
counted here, alike for SQLite and PostgreSQL. Source of the method: inverse document frequency over BM25 or cover
density of each word, each divided by the best of that word.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from bot.catalogue.fiche import FIELD_SIGLE, SECTION_DESCRIPTION, Formation
from bot.catalogue.index import read_types
from bot.catalogue.job_fiche import FIELD_ID, FIELD_NAMES, FIELD_ROME, SECTION_PRESENTATION, SECTION_SUMMARY, JobFiche
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import expand_sms, fold, stem, tokenize
from bot.catalogue.talk import PEOPLE_WORDS, QUESTION_WORDS

MOST_WORDS = 6
_LEAST_LETTERS = 3
_FORGIVEN_FROM = 3  # words: then one may be missing
_MOST_OF_A_BODY = 0.2  # what a word counts at most that stands in the body alone
_SHARE_OF_A_JOB = 0.6

_WORD = re.compile(r"[0-9a-z]+")
_SURFACE = re.compile(r"[^\W_]+")
_OTHER_GENDER = re.compile(r"(?<=[^\W\d_])/[^\W\d_]+")
_LIST = Path(__file__).with_name("search_words.toml")

# Left after `stem`; the longest that leaves four letters goes.
_ENDINGS = tuple(
    """
        issement isation isateur ation ateur ition iteur ateuse ement ement icien issant iquement ologi ologu ograph
        ographi iqu ist ism ant ent anc enc ag eri eur ier ien er ir ez ons ait aient if i
    """.split()
)
_LEAST_ROOT = 4


@dataclass(frozen=True)
class Texts:
    """The text of one fiche by what it weighs: a title more than labels, labels more than the lead, then the body."""

    title: str
    labels: str
    lead: str
    body: str


@dataclass(frozen=True)
class Found:
    """Where one word was found: the score of each fiche (id) that holds it, and those that hold it before the body."""

    scores: Mapping[str, float]
    leading: frozenset[str]


@dataclass(frozen=True)
class Hit:
    """A fiche found: its id and its score, 1.0 where it is the best for every word looked for."""

    fiche_id: str
    score: float


@dataclass(frozen=True)
class _Words:
    talk: frozenset[str]
    telling: frozenset[str]
    alike: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomli.loads(_LIST.read_text(encoding="utf-8"))
    return _Words(
        frozenset(stem(word) for word in data["talk"].split()),
        frozenset(stem(word) for word in data["telling"].split()),
        {stem(word): tuple(others) for word, others in data["alike"].items()},
    )


def texts_of(fiche: Formation | JobFiche) -> Texts:
    """What of a fiche is searched, by weight."""
    if isinstance(fiche, JobFiche):
        lead = (SECTION_PRESENTATION, SECTION_SUMMARY)
        names = " ".join(name.label for name in fiche.names)
        rest = (s.text for s in fiche.sections if s.name not in (*lead, FIELD_NAMES, FIELD_ROME, FIELD_ID))
        labels = " ".join(fiche.interests)
        return Texts(names, labels, " ".join(fiche.value(name) or "" for name in lead), " ".join(rest))
    body = (s.text for s in fiche.sections if s.name != SECTION_DESCRIPTION)
    title = f"{fiche.title} {fiche.value(FIELD_SIGLE) or ''}"
    return Texts(title, " ".join(fiche.jobs), fiche.value(SECTION_DESCRIPTION) or "", " ".join(body))


def plain_words(text: str) -> str:
    """The folded words of `text` with blanks between; of "technicien/ne" only "technicien"."""
    return " ".join(filter(None, map(_plain, _SURFACE.findall(_OTHER_GENDER.sub("", text)))))


def stemmed(text: str) -> str:
    """`plain_words` as stems."""
    return " ".join(filter(None, map(_stemmed, _SURFACE.findall(_OTHER_GENDER.sub("", text)))))


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    return " ".join(_WORD.findall(fold(word)))


@lru_cache(maxsize=65536)
def _stemmed(word: str) -> str:
    return " ".join(map(root, _plain(word).split()))


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """A folded word without number, gender and one ending of verbs or families: "réparer" as "réparation"."""
    short = stem(word)
    for ending in _ENDINGS:
        if short.endswith(ending) and len(short) - len(ending) >= _LEAST_ROOT:
            return short[: -len(ending)]
    return short


def alternatives(text: str) -> list[tuple[str, ...]]:
    """What to look for, from a message as typed: for each word that tells a theme, it and others that say the same.

    Each is one folded word or several ("plein air"), of letters and digits alone. Empty where only talk is said.
    """
    tokens = tokenize(text)
    typed = {i for first, past, _ in read_types(tokens) for i in range(first, past)}
    words = _words()
    said: dict[str, tuple[str, ...]] = {}
    for i, token in enumerate(tokens):
        word, key = token.text, stem(token.text)
        if i in typed or word in GAP_WORDS or word.isdigit() or len(word) < _LEAST_LETTERS:
            continue
        if (
            key in words.talk | PEOPLE_WORDS
            or (key in QUESTION_WORDS and key not in words.telling)
            or expand_sms(word) != word
        ):
            continue
        said.setdefault(root(word), (word, *words.alike.get(key, ())))
    return list(said.values())[:MOST_WORDS]


def ranked(found: Sequence[Found], total: int, leads: Mapping[str, Iterable[str]] | None = None) -> list[Hit]:
    """The fiches that hold the words looked for, the best first, of `total` searched; one `found` a word.

    Every word must be held, but one of three or more; a word that no fiche holds means that nothing is found. `leads`
    has the ids of fiches that count as holding what another fiche (id) holds, for less: formations that lead to a job.
    """
    if not all(word.scores for word in found):
        return []
    weights = [math.log(1 + total / len(word.scores)) for word in found]
    needed = len(found) - (len(found) >= _FORGIVEN_FROM)
    scores: dict[str, float] = {}
    held: dict[str, int] = {}
    for word, weight in zip(found, weights, strict=True):
        for id_, share in _shares(word, leads or {}).items():
            scores[id_] = scores.get(id_, 0.0) + share * weight
            held[id_] = held.get(id_, 0) + 1
    hits = [Hit(id_, score / sum(weights)) for id_, score in scores.items() if held[id_] >= needed]
    return sorted(hits, key=lambda hit: (-hit.score, hit.fiche_id))


def _shares(word: Found, leads: Mapping[str, Iterable[str]]) -> dict[str, float]:
    """The score of each fiche as a share of the best one."""
    best = max(word.scores.values())
    own = {
        id_: score / best if id_ in word.leading else min(score / best, _MOST_OF_A_BODY)
        for id_, score in word.scores.items()
    }
    shares = dict(own)
    for id_, share in own.items():
        for led in leads.get(id_, ()):
            shares[led] = max(shares.get(led, 0.0), share * _SHARE_OF_A_JOB)
    return shares
