"""Reads a profile from what pupils write about themselves, with a lexicon and patterns (tastes.toml), both ours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import tomli
from rapidfuzz.distance import OSA

from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import expand_sms, fold, stem, tokenize
from bot.guidance.ladder import BAC, years_to
from bot.guidance.profile import SITUATIONS, Profile

_LEXICON = Path(__file__).with_name("tastes.toml")
_LONG_WORD = 6  # from this length on, one fault is allowed and stems are compared ("mère" and "mer" share theirs)
SHORT_STUDIES = 3

_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}


@dataclass(frozen=True)
class _Tables:
    """The content of tastes.toml, with its patterns compiled."""

    interests: _Phrases
    dislikes: _Phrases
    situations: Sequence[tuple[re.Pattern[str], str]]
    bare: Mapping[str, str]
    series: Mapping[str, str]
    patterns: Mapping[str, re.Pattern[str]]


def read_profile(text: str, situation: str = "") -> Profile:
    """Everything that a message says about its writer; `situation` is theirs as said before, or ""."""
    text = _pattern("wished_by_others").sub(" ", fold(text))
    said = read_situation(text)
    interests, avoided = read_tastes(text)
    return replace(
        said,
        interests=interests,
        avoided=avoided,
        years=read_years(text, said.situation or situation),
        apprenticeship=wants_apprenticeship(text),
        child=bool(_pattern("own_child").search(text)),
    )


def read_situation(text: str) -> Profile:
    """A profile with only the situation and the series of the bac that a message states; empty if it states none."""
    folded = _pattern("up_to_after").sub(" ", _pattern("up_to").sub(" ", _plain(text)))
    found = None if _pattern("prepares_bac_pro").search(folded) else _pattern("bare").match(folded)
    situation = ""
    if found:
        name = found[1].replace(" ", "")
        situation = name if name in SITUATIONS else _tables().bare.get(name, "")
    if not situation:
        situation = next((name for pattern, name in _tables().situations if pattern.search(folded)), "")
    series = ""
    for name, pattern in _tables().series.items():
        near = rf"{_pattern('before_series').pattern}[ a-z]{{0,14}}?\b(?:{pattern})\b"
        own = name not in ("pro", "générale") and re.search(rf"\b(?:{pattern})\b", folded)
        if re.search(near, folded) or own:
            series = name
            break
    if not situation and series and re.search(r"\b(suis|etudie)\b", folded):
        situation = "terminale" if series == "pro" else "1re"
    return Profile(situation, series)


def read_tastes(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a message says its writer likes, and refuses: labels of interests, and keys of `ranking.DISLIKES`."""
    liked: dict[str, None] = {}
    refused: dict[str, None] = {}
    for clause, negative in _clauses(text):
        words = [_form(word) for token in tokenize(clause) for word in expand_sms(token.text).split()]
        words = [word for word in words if word not in GAP_WORDS]
        if negative:
            found = dict.fromkeys([*_found(words, _tables().dislikes), *_found(words, _tables().interests)])
            moves = "j'aime bouger"
            if moves in found and re.search(r"\bassis|\brester\b|\btenir\b", fold(clause)):
                # Whoever does not want to sit all day likes to move.
                found.pop(moves)
                liked[moves] = None
            refused.update(found)
        else:
            found = dict.fromkeys(_found(words, _tables().interests))
            if "j'aime bouger" in found and re.search(r"\bassis", fold(clause)):
                found.pop("j'aime bouger")
            liked.update(found)
    return tuple(i for i in liked if i not in refused), tuple(refused)


def read_until(text: str) -> int | None:
    """The level, in years after the bac, up to which the writer would study, or None if the message does not say."""
    folded = _plain(text)
    up_to = _pattern("up_to").search(folded) or _pattern("up_to_after").search(folded)
    if up_to:
        return int(up_to[1])
    return BAC if _pattern("stop_at_bac").search(folded) else None


def read_years(text: str, situation: str) -> int | None:
    """How many years from now on the writer would study at most, or None if the message does not say."""
    folded = _plain(text)
    until = read_until(text)
    if until is not None:
        return years_to(until, situation)
    if _pattern("short_studies").search(folded):
        return SHORT_STUDIES
    if _pattern("any_length").search(folded):
        return None
    years = _pattern("years").search(_pattern("age").sub(" ", folded))
    return (_NUMBERS.get(years[1]) or int(years[1])) if years else None


def wants_apprenticeship(text: str) -> bool:
    """Whether the message asks for apprenticeship."""
    folded = _plain(text)
    return bool(_pattern("apprenticeship").search(folded)) and not _pattern("no_apprenticeship").search(folded)


def _plain(text: str) -> str:
    """`text` folded, with SMS spellings written out."""
    return " ".join(expand_sms(word) for word in fold(text).split())


def _without(text: str, *patterns: str) -> str:
    """`text` as `_plain` gives it, without what these patterns of tastes.toml match, in this order."""
    plain = _plain(text)
    for name in patterns:
        plain = _pattern(name).sub(" ", plain)
    return plain


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the clauses of a message, and whether each refuses something; "j'aime X pas Y" gives two clauses."""
    carried = False
    for part in _pattern("clauses").split(_without(text, "asks_for_help", "short_studies", "no_idea")):
        clause = part.strip()
        if not clause:
            continue
        found = _pattern("negation").search(clause)
        affirms = _pattern("affirms").search(clause)
        if not found:
            # "pas les enfants, le commerce": the refusal holds for the whole list.
            carried = carried and not affirms
            yield clause, carried
            continue
        before, after = clause[: found.start()], clause[found.end() :]
        if not re.search(r"[a-z]{3}", after):
            yield before, True  # "les maths j'aime pas"
        else:
            # "pas" negates the verb before it: only what precedes that verb is not refused.
            verbs = list(_pattern("verb").finditer(before))
            yield (before[: verbs[-1].start()] if verbs else before), False
            yield after, True
        carried = True


def _found(words: Sequence[str], phrases: _Phrases) -> Iterator[str]:
    """Yield the labels of the phrases found in `words`, longest phrases first; no word is used twice."""
    used: set[int] = set()
    starts = [(phrase, label, i) for i, word in enumerate(words) for phrase, label in phrases.beginning_with(word)]
    for phrase, label, i in sorted(starts, key=lambda start: (-len(start[0]), start[2])):
        at = set(range(i, i + len(phrase)))
        same = len(words) >= i + len(phrase) and all(map(_same, words[i:], phrase))
        if same and not at & used:
            used |= at
            yield label


def _form(word: str) -> str:
    """The form in which folded words are compared: a long stem or, if the stem is short, the word without plural."""
    stemmed = stem(word)
    return stemmed if len(stemmed) >= _LONG_WORD else word.rstrip("sx")


def _same(said: str, known: str) -> bool:
    return said == known or (
        len(known) >= _LONG_WORD and said[:1] == known[:1] and OSA.distance(said, known, score_cutoff=1) <= 1
    )


def _pattern(name: str) -> re.Pattern[str]:
    return _tables().patterns[name]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    tables = tomli.loads(_LEXICON.read_text(encoding="utf-8"))
    return _Tables(
        _Phrases(tables["interests"]),
        _Phrases(tables["dislikes"]),
        [(re.compile(situation["pattern"]), situation["name"]) for situation in tables["situations"]],
        tables["bare_situations"],
        tables["series"],
        {name: re.compile(pattern) for name, pattern in tables["patterns"].items()},
    )


class _Phrases:
    """Phrases with their labels, as the forms of their words, indexed by the first word."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self._by_word: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._by_letter: defaultdict[str, set[str]] = defaultdict(set)
        for label, phrases in table.items():
            for phrase in phrases:
                words = tuple(_form(t.text) for t in tokenize(phrase) if t.text not in GAP_WORDS)
                self._by_word[words[0]].append((words, label))
                if len(words[0]) >= _LONG_WORD:
                    self._by_letter[words[0][0]].add(words[0])

    def beginning_with(self, word: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the (phrase, label) pairs whose first word is `word`, or differs from it by one fault."""
        near = {known for known in self._by_letter.get(word[:1], ()) if _same(word, known)}
        for known in sorted(near | {word}):
            yield from self._by_word.get(known, ())
