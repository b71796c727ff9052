"""A choice among formations just offered, made in words: a number, a rank, a type, a fragment of a title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.catalogue.fiche import Formation
from bot.catalogue.index import Meaning, Name, NameIndex, read_types, title_name
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import Token, fold, stem, tokenize
from bot.catalogue.talk import QUESTION_WORDS

_RANKS = {
    "premier": 1,
    "premiere": 1,
    "1er": 1,
    "1ere": 1,
    "1re": 1,
    "prems": 1,
    "deuxieme": 2,
    "second": 2,
    "seconde": 2,
    "2e": 2,
    "2eme": 2,
    "2nd": 2,
    "2nde": 2,
    "troisieme": 3,
    "3e": 3,
    "3eme": 3,
    "quatrieme": 4,
    "4e": 4,
    "4eme": 4,
    "cinquieme": 5,
    "5e": 5,
    "5eme": 5,
    "dernier": -1,
    "derniere": -1,
}
_POINTING = frozenset("celui celle option parcours plutot oui euh alors svp stp specialite mention".split())
_PART_NAMES = frozenset(["option", "parcours", "spécialité", "mention"])
_NUMBER_WORDS = {"un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}
_BARE_NUMBER = re.compile(
    r"^\W*(?:(?:le|la|n|no|numero|num|option|choix|reponse)\W*)*(\d{1,2})\W*(?:svp|stp|merci)?\W*$"
)
_NUMBERED = re.compile(r"\b(?:n ?°|no|numero|num)\W*(\d{1,2})\b")
_RANKED = re.compile(
    r"\b(?:l[ea]s?|l'|pour l[ea])\s*"
    r"(\d{1,2}(?:er|ere|re|e|eme|nd|nde)|premiere?|deuxieme|seconde?|troisieme|quatrieme|cinquieme|derniere?)"
    r"\b(?!\s+(?:annee|generale|pro|techno|stmg|lycee)\b)"
)
# Then "la 3e" is a class.
_CLASS_BEFORE = re.compile(r"\b(apres|apre|en|de|depuis|classe|des|avant|fin)\s*$")


def _holds(title: str, words: Sequence[str]) -> bool:
    """Whether a title holds `words` one after the other."""
    said = [t.text for t in tokenize(title)]
    return any(said[i : i + len(words)] == list(words) for i in range(len(said) - len(words) + 1))


def only_names(text: str, offered: Sequence[Formation]) -> bool:
    """Whether `text` holds nothing but words of the titles offered, types and articles ("le BTM", "option B")."""
    tokens = tokenize(text)
    typed = {i for first, past, _ in read_types(tokens) for i in range(first, past)}
    known = {stem(token.text) for f in offered for token in tokenize(f.title)}
    rest = [t.text for i, t in enumerate(tokens) if i not in typed and stem(t.text) not in known]
    return bool(tokens) and all(word in GAP_WORDS or word in _POINTING for word in rest)


def names_an_ordinal(text: str, offered: Sequence[Formation]) -> bool:
    """Whether a rank is one of a title ("le premier cycle" of two cycles), not a place in the list."""
    said, titles = [t.text for t in tokenize(text)], [[t.text for t in tokenize(f.title)] for f in offered]
    pairs = {pair for title in titles for pair in zip(title, title[1:], strict=False)}
    return any(pair in pairs and pair[0] in _RANKS for pair in zip(said, said[1:], strict=False))


def read_ranks(text: str) -> tuple[int, ...]:
    """The places in a list that a message names ("le 2e" is 2, "le dernier" -1), in order."""
    folded = fold(text).strip()
    if len(folded.split()) <= 3 and (found := _BARE_NUMBER.match(folded)):
        return (int(found[1]),)
    numbered = [(found.start(), int(found[1])) for found in _NUMBERED.finditer(folded)]
    for found in _RANKED.finditer(folded):
        if not _CLASS_BEFORE.search(folded[: found.start()]):
            word = found[1]
            numbered.append((found.start(), _RANKS.get(word) or int(re.sub(r"\D", "", word))))
    return tuple(dict.fromkeys(rank for _, rank in sorted(numbered)))


def read_lone_rank(text: str) -> int | None:
    """The place in a list that a message names where a choice is awaited: a number or a rank alone ("deux"), too."""
    folded = fold(text).strip()
    if found := _BARE_NUMBER.match(folded):
        return int(found[1])
    words = folded.split()
    return _RANKS.get(words[0]) or _NUMBER_WORDS.get(words[0]) if len(words) == 1 else None


def pick_by_words(text: str, offered: Sequence[Formation], waiting: bool) -> list[Formation]:
    """The formations that hold the most of what tells the offered ones apart; none when nothing does.

    `waiting` tells that a choice was asked for: then a fragment of a title is enough, and may leave several.
    """
    tokens = tokenize(text)
    to_the_letter = [f for f in offered if len(tokens) > 1 and _holds(f.title, [t.text for t in tokens])]
    if waiting and len(to_the_letter) == 1:
        return to_the_letter
    names = [title_name(f.id, title, f.sigle, f.type) for f, title in zip(offered, _endings(offered), strict=True)]
    index = NameIndex(names)
    types = {key for _, _, key in read_types(tokens)}
    kept = [n for n in names if types & n.types] if types and any(types & n.types for n in names) else names
    scores = _shares(tokens, kept, index, waiting)
    told_by_type = len(kept) < len(names)
    best = max(scores.values(), default=0.0)
    if not best and not (told_by_type and waiting):
        return []
    chosen = {key for key, score in scores.items() if score >= best - 1e-9}
    if not waiting and len(chosen) > 1:
        return []
    return [f for f in offered if f.id in chosen]


def _endings(offered: Sequence[Formation]) -> list[str]:
    """The titles without the words with which all of them begin, but for their types."""
    titles = [f.title for f in offered]
    words = [title.split() for title in titles]
    common = 0
    while len(words) > 1 and all(len(w) > common + 1 and w[common] == words[0][common] for w in words):
        common += 1
    if common and words[0][common - 1] in _PART_NAMES:
        common -= 1
    return [" ".join([*filter(None, (f.type,)), *w[common:]]) for f, w in zip(offered, words, strict=True)]


def _shares(tokens: Sequence[Token], kept: Sequence[Name], index: NameIndex, waiting: bool) -> dict[str, float]:
    """How much each name holds of the words that not all names hold."""
    scores: dict[str, float] = {n.key: 0.0 for n in kept}
    i = 0
    while i < len(tokens):
        meaning, length = _fragment_at(tokens, i, index, waiting)
        i += length
        holders = {n.key for n in index.select(index.holders(meaning))} & set(scores) if meaning else set()
        if meaning and 0 < len(holders) < len(kept):
            for key in holders:
                scores[key] += meaning.best / len(holders)
    return scores


def _fragment_at(tokens: Sequence[Token], i: int, index: NameIndex, waiting: bool) -> tuple[Meaning | None, int]:
    """What the words from place `i` on mean in titles, and how many words that takes."""
    word = tokens[i].text
    if word in ("option", "parcours") and i + 1 < len(tokens) and f"option {tokens[i + 1].text}" in index:
        return Meaning(((f"option {tokens[i + 1].text}", 1.0),)), 2
    if waiting and len(tokens) <= 2 and f"option {word}" in index:
        return Meaning(((f"option {word}", 1.0),)), 1
    if word not in GAP_WORDS and (stem(word) not in QUESTION_WORDS or (waiting and len(tokens) <= 6)):
        return index.meaning(word), 1
    return None, 1
