"""A choice among formations just offered, made in words: a number, a rank, a type, a fragment of a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalogue.fiche import Formation
from bot.catalogue.index import Meaning, NameIndex, read_types, title_name
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import fold, stem, tokenize
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


@dataclass(frozen=True)
class Pick:
    """What was picked: the formations (none when the number is out of range), and whether by its rank."""

    formations: list[Formation]
    ordinal: bool = False


def read_choice(text: str, offered: Sequence[Formation], waiting: bool) -> Pick | None:
    """The pick that `text` makes among `offered`, in the order displayed, or None.

    `waiting` tells that a choice was asked for: then a fragment of a title is enough.
    """
    rank = None if _names_an_ordinal(text, offered) else _rank(text, waiting)
    if rank is not None:
        at = len(offered) - 1 if rank == -1 else rank - 1
        return Pick([offered[at]] if 0 <= at < len(offered) else [], ordinal=True)
    tokens = tokenize(text)
    words = {t.text for t in tokens}
    if words & {"autre"} and len(offered) == 2 and len(words) <= 5:
        return None
    return _by_fragment(text, offered, waiting)


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


def _names_an_ordinal(text: str, offered: Sequence[Formation]) -> bool:
    """Whether a rank is one of a title ("le premier cycle" of two cycles), not a place in the list."""
    said, titles = [t.text for t in tokenize(text)], [[t.text for t in tokenize(f.title)] for f in offered]
    pairs = {pair for title in titles for pair in zip(title, title[1:], strict=False)}
    return any(pair in pairs and pair[0] in _RANKS for pair in zip(said, said[1:], strict=False))


def _rank(text: str, waiting: bool) -> int | None:
    folded = fold(text).strip()
    if (waiting or len(folded.split()) <= 3) and (found := _BARE_NUMBER.match(folded)):
        return int(found[1])
    if found := _NUMBERED.search(folded):
        return int(found[1])
    if (found := _RANKED.search(folded)) and not _CLASS_BEFORE.search(folded[: found.start()]):
        word = found[1]
        return _RANKS.get(word) or int(re.sub(r"\D", "", word))
    words = folded.split()
    if waiting and len(words) == 1:
        return _RANKS.get(words[0]) or _NUMBER_WORDS.get(words[0])
    return None


def _by_fragment(text: str, offered: Sequence[Formation], waiting: bool) -> Pick | None:
    """The formations that hold the most of what tells the offered ones apart; None when nothing does."""
    tokens = tokenize(text)
    to_the_letter = [f for f in offered if len(tokens) > 1 and _holds(f.title, [t.text for t in tokens])]
    if waiting and len(to_the_letter) == 1:
        return Pick(to_the_letter)
    names = [title_name(f.id, f.title, f.sigle, f.type) for f in offered]
    index = NameIndex(names)
    types = {key for _, _, key in read_types(tokens)}
    kept = [n for n in names if types & n.types] if types and any(types & n.types for n in names) else names
    told_by_type = len(kept) < len(names)
    scores: dict[str, float] = {n.key: 0.0 for n in kept}
    hit = False
    i = 0
    while i < len(tokens):
        word = tokens[i].text
        meaning: Meaning | None = None
        if word in ("option", "parcours") and i + 1 < len(tokens) and f"option {tokens[i + 1].text}" in index:
            meaning = Meaning(((f"option {tokens[i + 1].text}", 1.0),))
            i += 1
        elif waiting and len(tokens) <= 2 and f"option {word}" in index:
            meaning = Meaning(((f"option {word}", 1.0),))
        elif word not in GAP_WORDS and (stem(word) not in QUESTION_WORDS or (waiting and len(tokens) <= 6)):
            meaning = index.meaning(word)
        i += 1
        if not meaning:
            continue
        holders = {n.key for n in index.select(index.holders(meaning))} & set(scores)
        if 0 < len(holders) < len(kept):
            hit = True
            for key in holders:
                scores[key] += meaning.best / len(holders)
    if not hit and not (told_by_type and waiting):
        return None
    if not waiting and not hit:
        return None
    best = max(scores.values())
    chosen = {key for key, score in scores.items() if score >= best - 1e-9}
    if not waiting and len(chosen) > 1:
        return None
    return Pick([f for f in offered if f.id in chosen])
