"""The formations and jobs that a message names, and where: over the live catalogue, never learnt from phrases.

Method (ours): the words of a message become units (a word of some title, a written type, a gap, anything else);
among all ways to cut the units into spans whose words are all held by one name at least, the one with the
greatest weight wins; the names of a span are those that hold all of its words, or the one that it names whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.catalogue.fiche import Formation, Job
from bot.catalogue.index import (
    ABBREVIATION,
    BASE_SAID,
    EXACT,
    SIGLE,
    Meaning,
    Name,
    NameIndex,
    label_name,
    read_types,
    title_name,
)
from bot.catalogue.lexicon import BREAK_WORDS, GAP_WORDS, is_french, lexicon
from bot.catalogue.normalize import Token, expand_sms, fold, stem, tokenize
from bot.catalogue.old_names import find_old_names
from bot.catalogue.talk import DISLIKED_BEFORE, QUESTION_WORDS

WHOLE = 0.9  # share of a name's words that makes it named whole
KEPT_BESIDE_BEST = 0.45  # names covered less than this share of the best one's coverage are left out
_JOB_COVERAGE = 0.6
_SHARE_OF_A_JOB = 0.6  # what a word of a job's label weighs in a search, beside one of a title
_SPAN_COST = 0.12
_TYPE_GAIN = 0.3
_TYPE_CONFLICT = 0.1
_MOST = 400
_GOOD_OR_BAD = frozenset(["bon", "bonne", "nul", "nulle", "fort", "forte", "mauvais", "mauvaise"])
_OF_SOMETHING = frozenset(
    """
    un une mon ma mes ton ta tes des dans cette ce bonne bon quelle premiere
""".split()
)
_BEFORE_A_NAME = frozenset(
    """
    celui celle apres apre en pour faire formation formations etudes etude fac
""".split()
)
_SHORT_WORDS = frozenset({"vie", "eau", "art", "son"})
_SKIP_COST = 0.35
_UNKNOWN_COST = 0.3
_TALK_SHARE = 0.2
_INNER = frozenset({"option", "parcours", "specialite", "mention", "dominante"})
_NEAR = 5


@dataclass(frozen=True)
class Mention:
    """A name in a message: `text[start:end]`, what it may stand for, and how.

    `formations` are ids, `jobs` labels: those that fit equally well, one when it is clear, none when unknown.
    `type` is the key of the type said, alone when `words` is empty. `near` are ids of close formations,
    offered when nothing fits. `whole` is true when a name is said whole rather than in part.
    """

    start: int
    end: int
    text: str
    formations: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    type: str | None = None
    words: tuple[str, ...] = ()
    whole: bool = False
    whole_job: bool = False
    now_called: str | None = None

    @property
    def known(self) -> bool:
        return bool(self.formations or self.jobs)


@dataclass(frozen=True)
class _Unit:
    """A stretch of tokens: a meaning in the index, a type, a gap, or none of them (`closed`: nothing goes across)."""

    first: int
    last: int
    meaning: Meaning | None = None
    type: str | None = None
    gap: bool = False
    sigle: bool = False
    talk: bool = False
    unknown: bool = False

    @property
    def closed(self) -> bool:
        return not (self.meaning or self.type or self.gap)


@dataclass(frozen=True)
class _Span:
    units: tuple[_Unit, ...]
    mask: int
    score: float
    past: int

    @property
    def words(self) -> tuple[_Unit, ...]:
        return tuple(unit for unit in self.units if unit.meaning)

    @property
    def type(self) -> str | None:
        return next((unit.type for unit in self.units if unit.type), None)


class Resolver:
    """Finds names of one catalogue in messages; immutable, built in a fraction of a second for thousands."""

    def __init__(self, formations: Iterable[Formation], jobs: Iterable[Job]) -> None:
        jobs = tuple(jobs)
        self._formations = NameIndex(title_name(f.id, f.title, f.sigle, f.type) for f in formations)
        self._jobs = NameIndex(label_name(job.label, job.label) for job in jobs)
        self._titles = {name.key: fold(name.title) for name in self._formations.names}
        self._labels = {job.label: fold(job.masculine) for job in jobs}
        self._listed_by = {job.label: job.formations for job in jobs}
        self._types_of = {name.key: name.types for name in self._formations.names}

    def resolve(self, text: str) -> list[Mention]:
        """Every formation, job or bare type named in `text`, in order, not overlapping."""
        tokens = _without_shouting(tokenize(text))
        formations = _united(text, self._mentions(text, tokens, self._formations))
        jobs = self._mentions(text, tokens, self._jobs)
        merged = self._renamed(text, tokens, _merge(formations, jobs))
        return _without_asides(text, merged, self._is_sigle)

    def _renamed(self, text: str, tokens: Sequence[Token], mentions: list[Mention]) -> list[Mention]:
        """Old names in their place, standing for the formations of today, with what they are now called."""
        for first, past, old in find_old_names(tokens):
            start, end = tokens[first].start, tokens[past - 1].end
            touching = [m for m in mentions if m.start < end and start < m.end]
            if old.prefix:
                mentions = [replace(m, now_called=old.now) if m in touching and m.formations else m for m in mentions]
                continue
            if any(m.whole or (m.formations and m.end > end) for m in touching):
                continue
            now = [m for m in self._mentions(old.now, tokenize(old.now), self._formations) if m.formations]
            label = f"{old.now} ({old.sigle})" if old.sigle else old.now
            words = tuple(token.text for token in tokens[first:past])
            mention = Mention(start, end, text[start:end], words=words, now_called=label)
            if now:
                mention = replace(mention, formations=now[0].formations, type=now[0].type, whole=now[0].whole)
            mentions = sorted([*(m for m in mentions if m not in touching), mention], key=lambda m: m.start)
        return mentions

    def _is_sigle(self, word: str) -> bool:
        return self._formations.is_sigle(word)

    def near(self, words: str, limit: int = _NEAR) -> tuple[str, ...]:
        """The ids of the formations whose titles look most like `words`, best first."""
        hits = process.extract(fold(words), self._titles, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=60)
        return tuple(key for _, _, key in hits)

    def near_jobs(self, words: str, limit: int = _NEAR) -> tuple[str, ...]:
        """The job labels that look most like `words`, best first."""
        hits = process.extract(fold(words), self._labels, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=60)
        return tuple(key for _, _, key in hits)

    def is_kind(self, formation: str, kind: str) -> bool:
        """Whether a formation (id) is of the type `kind`, or of one taken in its place ("bac" for a bac pro)."""
        types = self._types_of.get(formation, frozenset())
        return bool(types & {kind, *lexicon().kinds.get(kind, ())})

    def content_words(self, text: str) -> list[str]:
        """The words of `text` that may describe a formation: no talk, no type, no number."""
        tokens = tokenize(text)
        typed = {i for first, past, _ in read_types(tokens) for i in range(first, past)}
        return [
            token.text
            for i, token in enumerate(tokens)
            if i not in typed
            and token.text not in GAP_WORDS
            and stem(token.text) not in QUESTION_WORDS
            and expand_sms(token.text) == token.text
            and not token.text.isdigit()
            and len(token.text) > 2
        ]

    def word_scores(self, text: str, among: Sequence[str]) -> dict[str, float]:
        """How much of the content words of `text` each formation of `among` holds, in its title or its jobs."""
        allowed, scores = set(among), dict[str, float]()
        for word in self.content_words(text):
            found: dict[str, float] = {}
            for index, share in ((self._formations, 1.0), (self._jobs, _SHARE_OF_A_JOB)):
                meaning = index.meaning(word)
                if not meaning:
                    continue
                weight = index.weight(meaning.terms[0][0]) * meaning.best * share
                for name in index.select(index.holders(meaning)):
                    for formation in self._listed_by.get(name.key, ()) if index is self._jobs else (name.key,):
                        if formation in allowed:
                            found[formation] = max(found.get(formation, 0.0), weight)
            for formation, weight in found.items():
                scores[formation] = scores.get(formation, 0.0) + weight
        return scores

    def _mentions(self, text: str, tokens: Sequence[Token], index: NameIndex) -> list[Mention]:
        units = self._units(tokens, index)
        mentions = []
        for span in _segment(units, index):
            mention = self._mention(text, tokens, units, span, index)
            if mention:
                mentions.append(mention)
        return mentions

    def _units(self, tokens: Sequence[Token], index: NameIndex) -> list[_Unit]:
        typed = index is self._formations
        units: list[_Unit] = []
        i = 0
        while i < len(tokens):
            found = (self._type_at(tokens, i, units) if typed else None) or self._words_at(tokens, i, index, units)
            units.extend(found)
            i = found[-1].last + 1
        return units

    def _type_at(self, tokens: Sequence[Token], i: int, before: Sequence[_Unit]) -> list[_Unit] | None:
        table = lexicon().types
        for size in range(min(lexicon().longest_type, len(tokens) - i), 0, -1):
            form = tuple(token.text for token in tokens[i : i + size])
            key = table.get(form) or (_mistyped_type(form) if size > 1 else None)
            if key and _plausible_type(tokens, i, size, key):
                return [_Unit(i, i + size - 1, type=key)]
        glued = tokens[i].text
        for size in range(2, len(glued) - 3):
            key = table.get((glued[:size],))
            if key and not is_french(glued) and len(glued) > 5:
                meaning = self._formations.meaning(glued[size:])
                if meaning and meaning.best >= 0.9:
                    return [_Unit(i, i, type=key), _Unit(i, i, meaning=meaning)]
        return None

    def _words_at(self, tokens: Sequence[Token], i: int, index: NameIndex, before: Sequence[_Unit]) -> list[_Unit]:
        word = tokens[i].text
        if index is self._formations:
            for size in range(min(3, len(tokens) - i), 0, -1):
                terms = lexicon().popular.get(tuple(t.text for t in tokens[i : i + size]))
                known = [t if t in index else SIGLE + t for t in terms or ()]
                if known and all(term in index for term in known):
                    return [_Unit(i, i + size - 1, meaning=Meaning(((term, EXACT),))) for term in known]
        if word in ("option", "parcours") and i + 1 < len(tokens):
            letter = f"option {tokens[i + 1].text}"
            if letter in index:
                return [_Unit(i, i + 1, meaning=Meaning(((letter, 1.0),)))]
        joined = self._joined(tokens, i, index)
        if joined:
            return [joined]
        if word in BREAK_WORDS:
            return [_Unit(i, i)]
        if word in _INNER:
            return [_Unit(i, i, gap=True)]
        if word in GAP_WORDS and not (tokens[i].upper and len(word) > 2 and index.is_sigle(word)):
            return [_Unit(i, i, gap=True)]
        after_type = any(unit.type for unit in before[-3:]) and not any(unit.closed for unit in before[-2:])
        meaning = index.meaning(word)
        talk = stem(word) in QUESTION_WORDS or expand_sms(word) != word or word.isdigit()
        if talk:
            said_loud = tokens[i].upper and index.is_sigle(word)
            part = (len(word) > 3 or word in _SHORT_WORDS) and (_inside_a_name(before) or after_type)
            if not (part or said_loud) or not meaning or meaning.best < 0.9:
                return [_Unit(i, i)]
        loud = tokens[i].upper or after_type or len(tokens) <= 2
        loud = loud or (index.is_official_sigle(word) and len(word) > 2 and not is_french(word))
        if not loud and len(word) > 3 and i and tokens[i - 1].text in _BEFORE_A_NAME:
            loud = True
        if meaning and not loud:
            meaning = _without_sigles(meaning)
        if not meaning and len(word) > 8:
            halves = _halves(word, index)
            if halves:
                return [_Unit(i, i, meaning=half) for half in halves]
        return [_Unit(i, i, meaning=meaning, sigle=loud and index.is_sigle(word), talk=talk, unknown=meaning is None)]

    @staticmethod
    def _joined(tokens: Sequence[Token], i: int, index: NameIndex) -> _Unit | None:
        """Two words that are one in the index ("micro technique"), when they are not two words of it."""
        if i + 1 >= len(tokens):
            return None
        first, second = tokens[i].text, tokens[i + 1].text
        if len(first) < 3 or len(second) < 3 or first in GAP_WORDS or second in GAP_WORDS:
            return None
        meaning = index.meaning(first + second) if stem(first + second) in index else None
        return _Unit(i, i + 1, meaning=meaning) if meaning else None

    def _mention(
        self, text: str, tokens: Sequence[Token], units: Sequence[_Unit], span: _Span, index: NameIndex
    ) -> Mention | None:
        first, last = span.units[0].first, span.units[-1].last
        if span.words and span.type and all(unit.talk for unit in span.words):
            ranked = self._ranked(span, _of_type(span, index), index)
            talk = not ranked or ranked[0][1] < _JOB_COVERAGE
        else:
            talk = not span.words
        if talk:
            span = replace(span, units=tuple(unit for unit in span.units if unit.type))
            if not span.units:
                return None
            return self._type_mention(text, tokens, units, span)
        start, end = tokens[first].start, tokens[last].end
        words = tuple(dict.fromkeys(tokens[u.first].text for u in span.words))
        base = Mention(start, end, text[start:end], type=span.type, words=words)
        mask = _of_type(span, index)
        if not mask:
            ranked = self._ranked(span, span.mask, index)
            near = tuple(name.key for name, _ in ranked[:_NEAR])
            credible = span.type or self._credible(tokens, span, ranked, index)
            return replace(base, near=near) if credible and near else None
        ranked = self._ranked(span, mask, index)
        if not self._credible(tokens, span, ranked, index):
            return None
        best = ranked[0][1]
        floor = next((f for f in (WHOLE, BASE_SAID - 1e-6) if best >= f), best * KEPT_BESIDE_BEST)
        fitting = tuple(name.key for name, coverage in ranked if coverage >= floor)
        if index is self._jobs:
            floor = best - 0.02 if best >= WHOLE else best * KEPT_BESIDE_BEST
            best_jobs = tuple(name.key for name, coverage in ranked if coverage >= floor)
            return replace(base, jobs=best_jobs, whole_job=best >= WHOLE)
        return replace(base, formations=fitting, whole=best >= WHOLE)

    def _type_mention(self, text: str, tokens: Sequence[Token], units: Sequence[_Unit], span: _Span) -> Mention:
        """A bare type ("le CAP"), or a type before a word that no title holds ("bac pro astronaute")."""
        first, last = span.units[0].first, span.units[-1].last
        unknown: list[Token] = []
        for token in tokens[last + 1 : last + 7]:
            if token.text in GAP_WORDS and token.text not in ("avec", "par", "pour", "sans", "et", "ou", "en"):
                continue
            if stem(token.text) in QUESTION_WORDS or token.text in BREAK_WORDS or token.text in GAP_WORDS:
                break
            if len(token.text) < 3 or token.text.isdigit():
                break
            if lexicon().types.get((token.text,)):
                break
            unknown.append(token)
        end = unknown[-1].end if unknown else tokens[last].end
        start = tokens[first].start
        said = text[start:end]
        near = self.near(said) if unknown else ()
        return Mention(start, end, said, type=span.type, words=tuple(t.text for t in unknown), near=near)

    def _ranked(self, span: _Span, mask: int, index: NameIndex) -> list[tuple[Name, float]]:
        terms = [term for unit in span.words for term, _ in unit.meaning.terms]  # type: ignore[union-attr]
        ranked = [(name, index.coverage(name, terms)) for name in index.select(mask, _MOST)]
        return sorted(ranked, key=lambda pair: -pair[1])

    def _credible(
        self, tokens: Sequence[Token], span: _Span, ranked: Sequence[tuple[Name, float]], index: NameIndex
    ) -> bool:
        """Whether the words of a span are enough to take it for a name rather than for common words."""
        if not ranked:
            return False
        best = ranked[0][1]
        table = lexicon()
        terms = [unit.meaning.terms[0][0] for unit in span.words if unit.meaning]
        plain = [t for t in terms if t not in table.generic]
        if span.type:
            return True
        likeness = min(unit.meaning.best for unit in span.words if unit.meaning)
        first, last = span.units[0].first, span.units[-1].last
        if index is self._jobs:
            return self._credible_job(tokens, first, last, ranked, terms, likeness)
        if any(unit.sigle for unit in span.words):
            return True
        plain = [t for t in plain if t not in table.places and not t.startswith("option ")]
        if not plain:
            return False
        common = all(term in table.everyday for term in plain)
        before = {token.text for token in tokens[max(0, first - 6) : first]}
        good_at = first > 1 and tokens[first - 1].text == "en" and tokens[first - 2].text in _GOOD_OR_BAD
        if DISLIKED_BEFORE & before or good_at:
            return False
        alone = not self._others(tokens, first, last)
        led = bool({t.text for t in tokens[max(0, first - 3) : first]} & _BEFORE_A_NAME)
        if common and len(plain) == 1:
            return best >= WHOLE and alone and (led or len(tokens) <= 4)
        if common:
            return best >= 0.6 or alone
        if len(plain) == 1 and best < WHOLE:
            said = tokens[span.words[-1].first].text
            if is_french(said) or likeness < 0.9:
                of_something = {token.text for token in tokens[max(0, first - 2) : first]} & _OF_SOMETHING
                return (
                    alone
                    and (led or len(tokens) <= 6)
                    and not of_something
                    and best >= (0.25 if likeness >= 0.9 else 0.4)
                )
        return len(plain) > 1 or best >= 0.12 or index.count(plain[0]) <= 12

    @staticmethod
    def _others(tokens: Sequence[Token], first: int, last: int) -> list[Token]:
        """The words of a message outside a span that are neither talk nor gaps."""
        return [
            t
            for i, t in enumerate(tokens)
            if not first <= i <= last
            and len(t.text) > 1
            and t.text not in GAP_WORDS
            and stem(t.text) not in QUESTION_WORDS
            and expand_sms(t.text) == t.text
        ]

    def _credible_job(
        self,
        tokens: Sequence[Token],
        first: int,
        last: int,
        ranked: Sequence[tuple[Name, float]],
        terms: Sequence[str],
        likeness: float,
    ) -> bool:
        """Whether a span names a job: its whole label, or its first word where that alone says what one does."""
        name, best = ranked[0]
        table = lexicon()
        words = [token.text for token in tokens[first : last + 1]]
        before = {token.text for token in tokens[max(0, first - 3) : first]}
        head = bool(name.words) and name.words[0] in terms
        told = head or (best >= WHOLE and name.words[0] not in table.generic | table.common_heads)
        if len(words) == 1 and words[0] not in table.short_jobs and (likeness == ABBREVIATION or not told):
            return False
        if words[0] in table.short_jobs and len(ranked) <= 4:
            return True
        if len(terms) == 1 and terms[0] in table.common_heads and best < WHOLE:
            return False
        if all(term in table.everyday for term in terms) and (DISLIKED_BEFORE & before or best < _JOB_COVERAGE):
            return False
        if best >= _JOB_COVERAGE and (likeness >= ABBREVIATION or len(words[0]) > 5):
            return True
        return likeness == EXACT and (head or (len(ranked) == 1 and best >= 0.4))


def _without_shouting(tokens: list[Token]) -> list[Token]:
    """Tokens whose capitals count for nothing when most of the message is in capitals."""
    loud = sum(token.upper for token in tokens)
    return [replace(t, upper=False) for t in tokens] if loud > 2 and loud * 2 > len(tokens) else tokens


@lru_cache(maxsize=4096)
def _mistyped_type(form: tuple[str, ...]) -> str | None:
    """The type that `form` writes with small faults in its long words ("bac profesionnel"), or None."""
    if not any(len(word) > 7 for word in form):
        return None
    for known, key in lexicon().types.items():
        if len(known) == len(form) and all(
            said == right or (len(right) > 7 and OSA.distance(said, right, score_cutoff=2) <= 2)
            for said, right in zip(form, known, strict=True)
        ):
            return key
    return None


def _without_sigles(meaning: Meaning) -> Meaning | None:
    terms = tuple((term, likeness) for term, likeness in meaning.terms if not term.startswith(SIGLE))
    return Meaning(terms) if terms else None


def _halves(word: str, index: NameIndex) -> list[Meaning] | None:
    """The meanings of two words of the index written as one ("technicocommercial"), or None."""
    for at in range(4, len(word) - 3):
        first, second = stem(word[:at]), stem(word[at:])
        if first in index and second in index:
            return [Meaning(((first, EXACT),)), Meaning(((second, EXACT),))]
    return None


def _inside_a_name(before: Sequence[_Unit]) -> bool:
    """Whether the last unit that is no gap is a word or a type: a word of talk may then be one of a title."""
    last = next((unit for unit in reversed(before) if not unit.gap), None)
    return last is not None and not last.closed


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
        return word.upper or i == 0 or before in {"un", "le", "la", "en", "une"}
    return True


def _of_type(span: _Span, index: NameIndex) -> int:
    """The names of a span that are of the type said, or of a kind of it; all where no type is said."""
    if span.type is None:
        return span.mask
    strict = span.mask & index.of_type(span.type)
    if strict:
        return strict
    kinds = 0
    for key in lexicon().kinds.get(span.type, ()):
        kinds |= span.mask & index.of_type(key)
    if kinds:
        return kinds
    loose = 0
    for key in lexicon().loose_kinds.get(span.type, ()):
        loose |= span.mask & index.of_type(key)
    return loose if loose and not loose & (loose - 1) else 0


def _segment(units: Sequence[_Unit], index: NameIndex) -> list[_Span]:
    """The best way to cut `units` into spans, by dynamic programming over the end of the last one."""
    scale = math.log(1 + max(1, len(index)))
    best: list[tuple[float, list[_Span]]] = [(0.0, [])]
    starting: dict[int, list[tuple[int, _Span]]] = {}
    for i in range(len(units)):
        for span in _spans_from(units, i, index, scale):
            starting.setdefault(span.past, []).append((i, span))
    for end in range(1, len(units) + 1):
        choice = best[end - 1]
        for i, span in starting.get(end, ()):
            score = best[i][0] + span.score
            if score > choice[0] + 1e-9:
                choice = (score, [*best[i][1], span])
        best.append(choice)
    return _without_crumbs(best[-1][1])


def _spans_from(units: Sequence[_Unit], i: int, index: NameIndex, scale: float) -> Iterable[_Span]:
    if units[i].gap or units[i].closed:
        return
    mask, said, type_key, skipped = (1 << len(index)) - 1, 0.0, None, False
    kept: list[_Unit] = []
    for j in range(i, len(units)):
        unit = units[j]
        if unit.closed:
            if unit.unknown and type_key and not skipped:
                skipped = True
                said -= _UNKNOWN_COST
                continue
            return
        if unit.gap:
            continue
        if unit.type:
            if type_key:
                return
            type_key = unit.type
        elif unit.meaning:
            term, likeness = unit.meaning.terms[0]
            weight = index.weight(term) / scale * likeness * (_TALK_SHARE if unit.talk else 1.0)
            narrowed = mask & index.holders(unit.meaning)
            if not narrowed:
                if skipped or not said:
                    return
                skipped = True
                said -= weight * _SKIP_COST
                continue
            mask = narrowed
            said += weight
        kept.append(unit)
        span = _Span(tuple(kept), mask, 0.0, j + 1)
        score = said - _SPAN_COST
        if type_key:
            score += _TYPE_GAIN
            if said and not _of_type(span, index):
                score -= _TYPE_CONFLICT
        yield replace(span, score=score)


def _without_crumbs(spans: Sequence[_Span]) -> list[_Span]:
    """Drop a weak span that touches a stronger one with nothing between: it was a word in passing."""
    kept: list[_Span] = []
    for span in spans:
        before = kept[-1] if kept else None
        if before and span.units[0].first == before.units[-1].last + 1:
            if not span.type and span.score < before.score * 0.5:
                continue
            if not before.type and before.score < span.score * 0.5:
                kept.pop()
        kept.append(span)
    return kept


def _united(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions that share formations are one name said in several pieces ("EEIGM Nancy"): what all pieces fit."""
    united: list[Mention] = []
    for mention in mentions:
        last = united[-1] if united else None
        common = tuple(i for i in last.formations if i in mention.formations) if last else ()
        same = last is not None and last.formations == mention.formations
        if last and common and (same or not (last.type and mention.type)):
            united[-1] = replace(
                last,
                end=mention.end,
                text=text[last.start : mention.end],
                formations=common,
                type=last.type or mention.type,
                words=last.words + mention.words,
                whole=(last.whole or mention.whole) and len(common) == 1,
            )
        else:
            united.append(mention)
    return united


def _without_asides(text: str, mentions: Sequence[Mention], is_sigle: Callable[[str], bool]) -> list[Mention]:
    """Beside a name said clearly, one common word of other titles is talk ("le CAP cuisine, c'est chaud ?")."""

    def clear(mention: Mention) -> bool:
        named = mention.whole or mention.whole_job or any(is_sigle(word) for word in mention.words)
        return bool(mention.type and mention.words) or (mention.known and named)

    def aside(mention: Mention) -> bool:
        if not mention.known or mention.type or len(mention.words) > 1 or is_sigle(mention.words[0]):
            return False
        typed = [m for m in mentions if m.type and m.words]
        if any(_coordinated(text, mention, m) for m in mentions if m is not mention and m.known):
            return False
        return not clear(mention) or bool(typed)

    if not any(clear(m) for m in mentions):
        return list(mentions)
    return [m for m in mentions if not aside(m)]


def _coordinated(text: str, one: Mention, other: Mention) -> bool:
    """Whether only links ("et", "ou le", "vs", a comma) stand between two mentions."""
    first, second = sorted((one, other), key=lambda m: m.start)
    between = tokenize(text[first.end : second.start])
    return all(t.text in GAP_WORDS or t.text in {"ou", "vs", "versus", "contre", "puis"} for t in between)


def _merge(formations: Sequence[Mention], jobs: Sequence[Mention]) -> list[Mention]:
    """Formations and jobs found at the same place become one mention; the longer wins where they only overlap."""
    merged = list(formations)
    for job in jobs:
        touching = [m for m in merged if m.start < job.end and job.start < m.end]
        if not touching:
            merged.append(job)
            continue
        rival = max(touching, key=lambda m: m.end - m.start)
        same = rival.start <= job.start and job.end <= rival.end
        if rival.type and same:
            continue
        covers = job.start <= rival.start and rival.end <= job.end
        if same and not covers and len(job.words) < len(rival.words):
            continue
        for mention in touching:
            merged.remove(mention)
        if covers and len(job.words) > len(rival.words) and not rival.type:
            merged.append(job)
        else:
            merged.append(replace(rival, jobs=job.jobs, whole_job=job.whole_job))
    return sorted(merged, key=lambda m: m.start)
