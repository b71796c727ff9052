"""An inverted index from words to the names (titles, labels) that hold them, as bit masks. Source of the method: ours.

A set of names is an int whose bit i stands for name i: intersecting 100,000 names takes microseconds.
"""

from __future__ import annotations

import bisect
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.french import is_french, is_written, zipf
from bot.catalogue.lexicon import GAP_WORDS, lexicon
from bot.catalogue.normalize import Token, family_roots, fold, phonetic, stem, tokenize

EXACT = 1.0
ABBREVIATION = 0.95
PREFIX = 0.85
TYPO = 0.8
SOUND = 0.75
FAMILY = 0.7

SIGLE = "="  # opens the terms that are sigles or acronyms, so that none is taken for a word

_GENERIC_WEIGHT = 0.05
_FEW = 3  # names that a proper name is in at most
_SHORTEST_TYPED = 4  # letters of a word that may be a beginning or one of a family
_COMMON = 3.0  # Zipf value from which a word that is in no dictionary ("mdr", "orga") stands for itself alone
_WHOLE_OPTION = 3  # words of an option that name it without its base
BASE_SAID = 0.85
_WORDS = re.compile(r"\w+")
_CEDILLA = re.compile(r"\w*ç\w*")
_INNER_MARKERS = frozenset(map(stem, ("option", "parcours", "specialite", "enseignement", "dominante", "mention")))


@dataclass(frozen=True)
class Name:
    """One name to be found: its words as stems, in order, with the type apart.

    `covers` maps a sigle (or an acronym of the words) to the positions of the words that it stands for.
    `base` is how many words come before the option, the parcours or what follows a colon.
    """

    key: str
    title: str
    words: tuple[str, ...]
    types: frozenset[str]
    covers: tuple[tuple[str, frozenset[int]], ...] = ()
    base: int = 0
    sigle: str | None = None


@dataclass(frozen=True)
class Meaning:
    """What one word of a message may stand for: terms of the index, each with its likeness in (0, 1]."""

    terms: tuple[tuple[str, float], ...]

    @property
    def best(self) -> float:
        return max(likeness for _, likeness in self.terms)


def read_types(tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
    """The written types in `tokens`: (first, past the last, key), longest first, never overlapping."""
    table, found, i = lexicon().types, [], 0
    while i < len(tokens):
        for size in range(min(lexicon().longest_type, len(tokens) - i), 0, -1):
            key = table.get(tuple(token.text for token in tokens[i : i + size]))
            if key:
                found.append((i, i + size, key))
                i += size
                break
        else:
            i += 1
    return found


def title_name(key: str, title: str, sigle: str | None, type_text: str | None) -> Name:
    """The name of a formation from its title, its sigle and its field Type."""
    tokens = tokenize(title)
    types = read_types(tokens)
    keys: set[str] = set()
    rest = tokens
    if types and types[0][0] == 0:
        keys.add(types[0][2])
        rest = tokens[types[0][1] :]
        if "ex" in {t.text for t in rest[:1]} and types[1:2]:
            rest = rest[2:]
    for first, _, type_found in read_types(tokenize((type_text or "").split("(")[0])):
        if first == 0:
            keys.add(type_found)
    words: list[str] = []
    after_option = False
    for token in rest:
        if token.text in GAP_WORDS and not after_option:
            continue
        words.append(f"option {token.text}" if after_option and len(token.text) <= 2 else stem(token.text))
        after_option = token.text == "option"
    colon = min((at for at in (title.find(" : "), title.find(" (")) if at > 0), default=len(title))
    before = len([t for t in rest if t.start < colon and (t.text not in GAP_WORDS)])
    base = min(next((i for i, w in enumerate(words) if i and w in _INNER_MARKERS), len(words)), before or len(words))
    return Name(key, title, tuple(words), frozenset(keys), _covers(words, base, sigle), base, sigle)


def label_name(key: str, label: str) -> Name:
    """The name of a job from its label."""
    outside = re.sub(r"\([^)]*\)", " ", label)
    words = tuple(stem(t.text) for t in tokenize(outside) if t.text not in GAP_WORDS)
    inside = [stem(t.text) for part in re.findall(r"\(([^)]*)\)", label) for t in tokenize(part)]
    also = [word for word in inside if len(inside) == 1]
    return Name(
        key, label, words, frozenset(), tuple((word, frozenset(range(len(words)))) for word in also), len(words)
    )


def _covers(words: Sequence[str], base: int, sigle: str | None) -> tuple[tuple[str, frozenset[int]], ...]:
    """The sigle, and the acronyms of the title and of its option, with the positions of the words they stand for."""
    generic, places = lexicon().generic, lexicon().places
    found: dict[str, frozenset[int]] = {}
    for part in (range(len(words)), range(base), range(base, len(words))):
        content = [i for i in part if not _marks_option(words[i])]
        for positions in (content, [i for i in content if words[i] not in generic]):
            acronym = "".join(words[i][0] for i in positions)
            if 2 <= len(acronym) <= 8 and acronym not in words:
                found.setdefault(SIGLE + acronym, frozenset(positions))
    if sigle:
        parts = [t.text for t in tokenize(sigle)]
        for letters in ["".join(parts), *(p for p in parts if len(p) > 2 and stem(p) not in places)]:
            found[SIGLE + letters] = _aligned(letters, words) or frozenset(range(base))
    return tuple(found.items())


def _parts(name: Name) -> set[str]:
    return {token.text for token in tokenize(name.sigle or "")}


def _marks_option(word: str) -> bool:
    return word in _INNER_MARKERS or word.startswith("option ")


def _inside_option(name: Name, sigle: str) -> bool:
    """Whether what we made into an acronym are words of the option alone."""
    return min(dict(name.covers)[sigle], default=0) >= name.base


def _with_joined(name: Name, vocabulary: Collection[str]) -> Name:
    """`name` found by two of its words written as one too, where other names write them so ("socioculturel")."""
    joined = tuple(
        (name.words[i] + name.words[i + 1], frozenset({i, i + 1}))
        for i in range(len(name.words) - 1)
        if name.words[i] + name.words[i + 1] in vocabulary
    )
    return replace(name, covers=name.covers + joined) if joined else name


def _aligned(letters: str, words: Sequence[str]) -> frozenset[int] | None:
    """The positions of the words whose initials are `letters` in order, or None."""
    positions, at = set(), 0
    for letter in letters:
        while at < len(words) and not words[at].startswith(letter):
            at += 1
        if at == len(words):
            return None
        positions.add(at)
        at += 1
    return frozenset(positions)


class NameIndex:
    """Names by the words they hold; immutable once built."""

    def __init__(self, names: Iterable[Name]) -> None:
        plain = tuple(names)
        vocabulary = {word for name in plain for word in name.words}
        self.names = tuple(_with_joined(name, vocabulary) for name in plain)
        self._postings: dict[str, int] = defaultdict(int)
        self._types: dict[str, int] = defaultdict(int)
        bits: dict[str, set[int]] = defaultdict(set)
        types: dict[str, set[int]] = defaultdict(set)
        for number, name in enumerate(self.names):
            for word in name.words:
                bits[word].add(number)
            for sigle, _ in name.covers:
                bits[sigle].add(number)
            for key in name.types:
                types[key].add(number)
        self._official = {t.text for name in self.names if name.sigle for t in tokenize(name.sigle)}
        for word in self._official:
            stated = {n for n in bits.get(SIGLE + word, ()) if word in _parts(self.names[n])}
            if stated:
                bits[SIGLE + word] = {
                    n for n in bits[SIGLE + word] if n in stated or not _inside_option(self.names[n], SIGLE + word)
                }
        self._postings = {term: _mask(numbers, len(self.names)) for term, numbers in bits.items()}
        self._types = {key: _mask(numbers, len(self.names)) for key, numbers in types.items()}
        self._counts = {term: len(numbers) for term, numbers in bits.items()}
        self._vocabulary = sorted(term for term in bits if " " not in term and not term.startswith(SIGLE))
        self._by_length: dict[int, list[str]] = defaultdict(list)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_root: dict[str, list[str]] = defaultdict(list)
        for term in self._vocabulary:
            self._by_length[len(term)].append(term)
            if len(term) > 3:
                self._by_sound[phonetic(term)].append(term)
                for root in family_roots(term):
                    self._by_root[root].append(term)
        for name in self.names:
            # Heard with an s, folded with a c.
            for word in _CEDILLA.findall(name.title.lower()):
                self._by_sound[phonetic(stem(fold(word.replace("ç", "ss"))))].append(stem(fold(word)))
        self._after_letters = {
            pair for name in self.names for pair in pairwise(map(fold, _WORDS.findall(name.title))) if len(pair[0]) == 1
        }
        self.meaning = lru_cache(maxsize=20000)(self._meaning)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def begins(self, letter: str, after: Sequence[Token]) -> bool:
        """Whether names hold a letter before the word that stands `after` it ("e-commerce")."""
        return bool(after) and (letter, after[0].text) in self._after_letters

    def is_sigle(self, word: str) -> bool:
        """Whether a folded word is a sigle or an acronym of some name."""
        return SIGLE + word in self._postings

    def is_proper(self, word: str) -> bool:
        """Whether a folded word is a sigle, or of few names and no French word: the name of a school."""
        few = 0 < self.count(stem(word)) <= _FEW
        return self.is_sigle(word) or (few and len(word) > 3 and not is_french(word))

    def is_official_sigle(self, word: str) -> bool:
        """Whether a folded word is in the field Sigle of some fiche."""
        return word in self._official

    def count(self, term: str) -> int:
        """How many names hold `term`."""
        return self._counts.get(term, 0)

    def weight(self, term: str) -> float:
        """How much `term` says: the logarithm of its rarity, near nothing for generic words."""
        rarity = math.log(1 + len(self.names) / max(1, self._counts.get(term, 0)))
        return rarity * _GENERIC_WEIGHT if term in lexicon().generic else rarity

    def holders(self, meaning: Meaning) -> int:
        """The set of names that hold one of the terms of `meaning`."""
        mask = 0
        for term, _ in meaning.terms:
            mask |= self._postings.get(term, 0)
        return mask

    def of_type(self, key: str) -> int:
        """The set of names of that type and, where there is none, nothing."""
        return self._types.get(key, 0)

    def of_kind(self, key: str) -> int:
        """The set of names of that type or of one that it also names ("BTS" is BTSA too)."""
        mask = self.of_type(key)
        for kind in lexicon().kinds.get(key, ()):
            mask |= self.of_type(kind)
        return mask

    def select(self, mask: int, limit: int | None = None) -> Iterator[Name]:
        """The names of a set, in order."""
        while mask and limit != 0:
            low = mask & -mask
            yield self.names[low.bit_length() - 1]
            mask ^= low
            limit = limit - 1 if limit is not None else None

    def coverage(self, name: Name, said: Iterable[str]) -> float:
        """The share of a name's words, by weight, that the terms said stand for: 1.0 is the whole name."""
        if not name.words:
            return 1.0
        spoken = Counter(said)
        covered = self._covered(name, spoken)
        said_weight = sum(self.weight(name.words[i]) for i in covered)
        whole = sum(self.weight(word) for word in name.words)
        share = said_weight / whole if whole else 1.0
        if name.base < len(name.words):
            base_weight = sum(self.weight(word) for word in name.words[: name.base])
            base_said = sum(self.weight(name.words[i]) for i in covered if i < name.base)
            share = max(share, BASE_SAID * base_said / base_weight if base_weight else BASE_SAID)
            inner = {word for word in name.words[name.base :] if not _marks_option(word)}
            if len(inner) >= _WHOLE_OPTION and inner <= spoken.keys():
                share = max(share, BASE_SAID)
        if any(SIGLE + part in spoken for part in _parts(name)):
            share = max(share, BASE_SAID)
        return share

    def held(self, name: Name, meanings: Iterable[Meaning]) -> list[str]:
        """The terms of each meaning that a name holds; those of its base alone where it has any of them there."""
        base, sigles = set(name.words[: name.base]), {sigle for sigle, _ in name.covers}
        found: list[str] = []
        for meaning in meanings:
            held = [term for term, _ in meaning.terms if term in sigles or term in name.words]
            found += [term for term in held if term in base] or held
        return found

    def inner_said(self, name: Name, said: Iterable[str]) -> int:
        """How many words of a name's option or parcours are said, beside those of its base."""
        covered, silent = self._covered(name, Counter(said)), lexicon().generic | _INNER_MARKERS
        return len({name.words[i] for i in covered if i >= name.base and name.words[i] not in silent})

    def base_is_said(self, name: Name, said: Iterable[str]) -> bool:
        """Whether all words before an option or parcours are said, or the sigle that stands for them."""
        spoken = Counter(said)
        return any(t.startswith(SIGLE) for t in spoken) or self._covered(name, spoken) >= set(range(name.base))

    def _covered(self, name: Name, spoken: Counter[str]) -> set[int]:
        """The positions of the words of a name that the terms said stand for."""
        covered: set[int] = set()
        for sigle, positions in name.covers:
            if sigle in spoken:
                covered |= positions
        # A word of the option that is also one of the base must be said twice ("arts chimiques … génie chimique").
        base = {word for i, word in enumerate(name.words[: name.base]) if i not in covered}
        for i, word in enumerate(name.words):
            if spoken[word] > (1 if i >= name.base and word in base else 0):
                covered.add(i)
        return covered

    def _meaning(self, word: str) -> Meaning | None:
        """What one folded word may stand for in this index, or None: exactly, shortened, mistyped, by sound."""
        found: dict[str, float] = {}
        root = stem(word)
        for term in (SIGLE + word, root):
            if term in self._postings:
                found[term] = EXACT
        for beginning in lexicon().abbreviations.get(word, ()):
            for term in self._starting(beginning):
                found.setdefault(term, ABBREVIATION)
        if not found and word[0] in "ldsnjmtq" and not is_written(word):
            for bare in (word[1:], word.removeprefix("qu")):
                if len(bare) > 3 and bare != word and stem(bare) in self._postings:
                    found[stem(bare)] = EXACT
        if not found:
            found = self._unknown(word, root)
        return Meaning(tuple(sorted(found.items(), key=lambda item: -item[1]))) if found else None

    def family(self, word: str, within: int) -> Meaning | None:
        """What `word` may stand for among the names of the set `within`: its family ("boucher" for "boucherie"), what
        sounds the same, what begins so ("ciné"); None where they hold nothing of the kind."""
        if len(word) < _SHORTEST_TYPED:
            return None
        terms = {term for root in family_roots(word) for term in self._by_root.get(root, ())}
        terms.update(self._by_sound.get(phonetic(stem(word)), ()), self._starting(word))
        held = sorted(term for term in terms if self._postings[term] & within)
        return Meaning(tuple((term, FAMILY) for term in held)) if held else None

    def guess(self, word: str) -> Meaning | None:
        """What a word that names nothing may stand for if it is mistyped, be it a French word ("cuire" for "cuir")."""
        found = self._corrected(word, stem(word))
        return Meaning(tuple(sorted(found.items(), key=lambda item: -item[1]))) if found else None

    def _unknown(self, word: str, root: str) -> dict[str, float]:
        """What a word of no name may stand for; a French word for nothing, one often written for what it begins."""
        if is_french(word):
            return {}
        if is_written(word):
            common = zipf(word) >= _COMMON
            return {} if common or len(word) < _SHORTEST_TYPED else dict.fromkeys(self._starting(word), PREFIX)
        return self._corrected(word, root)

    def _corrected(self, word: str, root: str) -> dict[str, float]:
        if len(word) < 4 or word.isdigit():
            return {}
        prefixed = list(self._starting(word))
        if prefixed:
            return dict.fromkeys(prefixed, PREFIX)
        near: dict[str, float] = {}
        for form in {word, root}:
            cutoff = 1 if len(form) < 8 else 2
            for length in range(len(form) - cutoff, len(form) + cutoff + 1) if len(form) >= 4 else ():
                hits = process.extract(
                    form, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=cutoff, limit=20
                )
                for term, distance, _ in hits:
                    if len(term) > 3 and term[0] == form[0] and distance < near.get(term, 9.0):
                        near[term] = float(distance)
        heard = self._by_sound.get(phonetic(root), [])
        if near:
            best = min(near.values())
            if best > 1 and heard:
                return dict.fromkeys(heard, SOUND)
            return {term: TYPO for term, distance in near.items() if distance == best}
        return dict.fromkeys(heard, SOUND)

    def _starting(self, beginning: str) -> Iterator[str]:
        at = bisect.bisect_left(self._vocabulary, beginning)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(beginning):
            yield self._vocabulary[at]
            at += 1


def _mask(numbers: Iterable[int], size: int) -> int:
    bits = bytearray(size // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")
