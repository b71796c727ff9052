"""A message as a row of units: words of some title or label, written types, gaps, and what is none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.catalogue.french import is_french
from bot.catalogue.index import EXACT, SIGLE, TYPO, Meaning, NameIndex
from bot.catalogue.lexicon import BREAK_WORDS, GAP_WORDS, lexicon
from bot.catalogue.normalize import Token, expand_sms, stem
from bot.catalogue.talk import QUESTION_WORDS

INNER = frozenset({"option", "parcours", "specialite", "mention", "dominante"})
# Words with more letters than this may be mistyped in a type.
_LONG = 7
TEACHERS = frozenset("prof profs professeur professeurs professeure enseignant enseignante".split())
_SOMEONES = frozenset("mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs le la les ce cette".split())
_SHORT_WORDS = frozenset({"vie", "eau", "art", "son"})
BEFORE_A_NAME = frozenset("celui celle apres apre en pour faire formation formations etudes etude fac".split())


@dataclass(frozen=True)
class Unit:
    """A stretch of tokens: a meaning in the index, a type, a gap, or none of them (`closed`: nothing goes across)."""

    first: int
    last: int
    meaning: Meaning | None = None
    type: str | None = None
    gap: bool = False
    link: bool = False
    sigle: bool = False
    talk: bool = False
    unknown: bool = False

    @property
    def closed(self) -> bool:
        return not (self.meaning or self.type or self.gap)


# Before a type they begin another name: "MSPC et le BTS tourisme", "mon BTS X, la licence pro".
_LINKS = frozenset("et un une le la l mon ma".split())


def read_units(tokens: Sequence[Token], index: NameIndex, typed: bool) -> list[Unit]:
    """The units of a message; `typed` tells that the names have types and popular names (formations have)."""
    units: list[Unit] = []
    i = 0
    while i < len(tokens):
        found = (_type_at(tokens, i, index) if typed else None) or _words_at(tokens, i, index, typed, units)
        units.extend(found)
        i = found[-1].last + 1
    return units


def _type_at(tokens: Sequence[Token], i: int, index: NameIndex) -> list[Unit] | None:
    table = lexicon().types
    for size in range(min(lexicon().longest_type, len(tokens) - i), 0, -1):
        form = tuple(token.text for token in tokens[i : i + size])
        key = table.get(form) or (_mistyped_type(form) if size > 1 else None)
        if key and _plausible_type(tokens, i, size, key):
            return [Unit(i, i + size - 1, type=key)]
    glued = tokens[i].text
    for size in range(2, len(glued) - 3):
        key = table.get((glued[:size],))
        if key and not is_french(glued) and len(glued) > 5:
            meaning = index.meaning(glued[size:])
            if meaning and meaning.best >= 0.9:
                return [Unit(i, i, type=key), Unit(i, i, meaning=meaning)]
    return None


def _words_at(tokens: Sequence[Token], i: int, index: NameIndex, typed: bool, before: Sequence[Unit]) -> list[Unit]:
    word = tokens[i].text
    if typed:
        for size in range(min(3, len(tokens) - i), 0, -1):
            terms = lexicon().popular.get(tuple(t.text for t in tokens[i : i + size]))
            known = [t if t in index else SIGLE + t for t in terms or ()]
            if known and all(term in index for term in known):
                return [Unit(i, i + size - 1, meaning=Meaning(((term, EXACT),))) for term in known]
    if word in ("option", "parcours") and i + 1 < len(tokens):
        letter = f"option {tokens[i + 1].text}"
        if letter in index:
            return [Unit(i, i + 1, meaning=Meaning(((letter, 1.0),)))]
    joined = _joined(tokens, i, index)
    if joined:
        return joined
    if word in BREAK_WORDS:
        return [Unit(i, i)]
    if word in INNER:
        return [Unit(i, i, gap=True)]
    if len(word) == 1 and not (before and before[-1].meaning) and not index.begins(word, tokens[i + 1 : i + 2]):
        return [Unit(i, i)]  # "é", "c", "t": how a word is written by its sound
    if word in GAP_WORDS and not (tokens[i].upper and len(word) > 2 and index.is_sigle(word)):
        return [Unit(i, i, gap=True, link=word in _LINKS)]
    after_type = any(unit.type for unit in before[-3:]) and not any(unit.closed for unit in before[-2:])
    meaning = index.meaning(expand_sms(word))
    talk = stem(word) in QUESTION_WORDS or expand_sms(word) != word or word.isdigit()
    if talk:
        said_loud = tokens[i].upper and index.is_sigle(word)
        part = (len(word) > 3 or word in _SHORT_WORDS) and (_inside_a_name(before) or after_type)
        teaches = not typed and _is_to_teach(tokens, i)
        if not (part or said_loud or teaches) or not meaning or meaning.best < 0.9:
            return [Unit(i, i)]
    led_by_type = _led_by_type(before)
    loud = tokens[i].upper or led_by_type or (len(tokens) <= 2 and not is_french(word))
    loud = loud or (index.is_official_sigle(word) and len(word) > 2 and not is_french(word))
    if not loud and len(word) > 3 and i and tokens[i - 1].text in BEFORE_A_NAME:
        loud = True
    if meaning and not (loud and (len(word) > 2 or led_by_type)):
        meaning = _without_sigles(meaning)
    if after_type and not talk:
        meaning = _of_type(word, meaning, before, index)
    if not meaning and len(word) > 8:
        halves = _halves(word, index)
        if halves:
            return [Unit(i, i, meaning=half) for half in halves]
    return [Unit(i, i, meaning=meaning, sigle=loud and index.is_sigle(word), talk=talk, unknown=meaning is None)]


def _is_to_teach(tokens: Sequence[Token], i: int) -> bool:
    """ "devenir prof de sport" names a job; "mon prof de sport m'a dit" does not."""
    whose = {token.text for token in tokens[max(0, i - 1) : i]}
    of_something = {token.text for token in tokens[i + 1 : i + 2]} & {"de", "d", "des", "en", "au"}
    return tokens[i].text in TEACHERS and bool(of_something) and not whose & _SOMEONES


def _joined(tokens: Sequence[Token], i: int, index: NameIndex) -> list[Unit]:
    """Two words that are one in the index ("micro technique"), or each of them where both stand in it too."""
    if i + 1 >= len(tokens):
        return []
    first, second = tokens[i].text, tokens[i + 1].text
    if len(first) < 3 or len(second) < 3 or first in GAP_WORDS or second in GAP_WORDS:
        return []
    one = stem(first + second)
    if one not in index:
        return []
    if stem(first) in index and stem(second) in index:
        apart = (index.meaning(first), index.meaning(second))
        both = [Meaning((*(meaning.terms if meaning else ()), (one, EXACT))) for meaning in apart]
        return [Unit(i + n, i + n, meaning=meaning) for n, meaning in enumerate(both)]
    return [Unit(i, i + 1, meaning=index.meaning(first + second))]


def without_shouting(tokens: list[Token]) -> list[Token]:
    """Tokens whose capitals count for nothing when most of the message is in capitals."""
    loud = sum(token.upper for token in tokens)
    return [replace(t, upper=False) for t in tokens] if loud > 2 and loud * 2 > len(tokens) else tokens


@lru_cache(maxsize=1)
def _types_with_long_words() -> dict[int, list[tuple[tuple[str, ...], str]]]:
    """The written types that may be mistyped, by their number of words."""
    found: dict[int, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for known, key in lexicon().types.items():
        if any(len(word) > _LONG for word in known):
            found[len(known)].append((known, key))
    return found


@lru_cache(maxsize=4096)
def _mistyped_type(form: tuple[str, ...]) -> str | None:
    """The type that `form` writes with small faults in its long words ("bac profesionnel"), or None."""
    if not any(len(word) > _LONG for word in form):
        return None
    for known, key in _types_with_long_words().get(len(form), ()):
        if all(
            said == right or (len(right) > _LONG and OSA.distance(said, right, score_cutoff=2) <= 2)
            for said, right in zip(form, known, strict=True)
        ):
            return key
    return None


def _without_sigles(meaning: Meaning) -> Meaning | None:
    terms = tuple((term, likeness) for term, likeness in meaning.terms if not term.startswith(SIGLE))
    return Meaning(terms) if terms else None


def _of_type(word: str, meaning: Meaning | None, before: Sequence[Unit], index: NameIndex) -> Meaning | None:
    """`meaning`, or that of the word's family where only the latter is in names of the type just said.

    "CAP boucherie" is the CAP boucher.
    """
    key = next((unit.type for unit in reversed(before) if unit.type), None)
    typed = index.of_kind(key) if key else 0
    if not typed or (meaning and index.holders(meaning) & typed):
        return meaning
    acronym = meaning is not None and all(term.startswith(SIGLE) for term, _ in meaning.terms)
    words = (word, *(term for term, likeness in meaning.terms if likeness <= TYPO)) if meaning else (word,)
    family = next((found for found in (index.family(one, typed) for one in words) if found), None)
    return family or (None if acronym and not index.is_official_sigle(word) else meaning)


def _halves(word: str, index: NameIndex) -> list[Meaning] | None:
    """The meanings of two words of the index written as one ("technicocommercial"), or None."""
    for at in range(4, len(word) - 3):
        first, second = stem(word[:at]), stem(word[at:])
        if first in index and second in index:
            return [Meaning(((first, EXACT),)), Meaning(((second, EXACT),))]
    return None


def _inside_a_name(before: Sequence[Unit]) -> bool:
    """Whether the last unit that is no gap is a word or a type: a word of talk may then be one of a title."""
    last = next((unit for unit in reversed(before) if not unit.gap), None)
    return last is not None and not last.closed


def _led_by_type(before: Sequence[Unit]) -> bool:
    """Whether a type is the last thing said, gaps apart: letters after it are a sigle ("BTS CG", "bac pro mspc")."""
    last = next((unit for unit in reversed(before) if not unit.gap), None)
    return last is not None and last.type is not None


def _plausible_type(tokens: Sequence[Token], i: int, size: int, key: str) -> bool:
    """Whether what reads like a type is one: "BUT", not "mon but"; "un TP", not "le tp de physique"."""
    if size > 1:
        return True
    if tokens[i].text == "de":
        return tokens[i].upper
    word, before = tokens[i], tokens[i - 1].text if i else ""
    if word.text == "but":
        return word.upper or before in {"un", "en", "du", "au", "le", "apres", "d", "l", "et", "ou", "bts"} or i == 0
    if word.text in {"cs", "mc", "tp", "du", "lp", "bm", "bp", "ms", "dna"}:
        led = {"un", "le", "la", "en", "une"} | (set() if word.text == "du" else {"ou", "vs"})
        return word.upper or i == 0 or before in led
    return True
