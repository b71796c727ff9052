"""The formations and jobs that a message names, and where: over the live catalogue, never learnt from phrases.

Method (ours): the words of a message become units (a word of some title, a written type, a gap, anything else);
among all ways to cut the units into spans whose words are all held by one name at least, the one with the
greatest weight wins; the names of a span are those that hold all of its words, or the one that it names whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.catalogue.fiche import Formation, Job
from bot.catalogue.index import Meaning, Name, NameIndex, label_name, read_types, title_name
from bot.catalogue.lexicon import BREAK_WORDS, GAP_WORDS, is_french, lexicon
from bot.catalogue.normalize import Token, expand_sms, fold, stem, tokenize
from bot.catalogue.talk import DISLIKED_BEFORE, QUESTION_WORDS

WHOLE = 0.9  # share of a name's words that makes it named whole
KEPT_BESIDE_BEST = 0.45  # names covered less than this share of the best one's coverage are left out
_JOB_COVERAGE = 0.6
_SPAN_COST = 0.12
_TYPE_GAIN = 0.3
_TYPE_CONFLICT = 0.1
_MOST = 400
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

    @property
    def closed(self) -> bool:
        return not (self.meaning or self.type or self.gap)


@dataclass(frozen=True)
class _Span:
    units: tuple[_Unit, ...]
    mask: int
    score: float

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
        tokens = tokenize(text)
        formations = self._mentions(text, tokens, self._formations)
        jobs = self._mentions(text, tokens, self._jobs)
        return _merge(formations, jobs)

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
            for index, share, owners in (
                (self._formations, 1.0, lambda key: (key,)),
                (self._jobs, 0.6, lambda key: self._listed_by.get(key, ())),
            ):
                meaning = index.meaning(word)
                if not meaning:
                    continue
                weight = index.weight(meaning.terms[0][0]) * meaning.best * share
                for name in index.select(index.holders(meaning)):
                    for formation in owners(name.key):
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
            key = table.get(tuple(token.text for token in tokens[i : i + size]))
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
                if terms and all(term in index for term in terms):
                    return [_Unit(i, i + size - 1, meaning=Meaning(((term, 1.0),))) for term in terms]
        if word in ("option", "parcours") and i + 1 < len(tokens):
            letter = f"option {tokens[i + 1].text}"
            if letter in index:
                return [_Unit(i, i + 1, meaning=Meaning(((letter, 1.0),)))]
        joined = self._joined(tokens, i, index)
        if joined:
            return [joined]
        if word in BREAK_WORDS:
            return [_Unit(i, i)]
        if word in GAP_WORDS and not (tokens[i].upper and len(word) > 2 and index.is_sigle(word)):
            return [_Unit(i, i, gap=True)]
        after_type = any(unit.type for unit in before[-3:]) and not any(unit.closed for unit in before[-2:])
        talk = stem(word) in QUESTION_WORDS or expand_sms(word) != word
        if talk and not after_type and not (tokens[i].upper and index.is_sigle(word)):
            return [_Unit(i, i)]
        meaning = index.meaning(word)
        if meaning and self._only_sigle(meaning, index):
            spoken = tokens[i].upper or after_type or len(tokens) <= 2 or not (is_french(word) or len(word) < 3)
            if not spoken:
                return [_Unit(i, i)]
        return [_Unit(i, i, meaning=meaning, sigle=bool(meaning) and index.is_sigle(word))]

    @staticmethod
    def _only_sigle(meaning: Meaning, index: NameIndex) -> bool:
        return all(index.is_sigle(term) for term, _ in meaning.terms)

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
        if not span.words:
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
        floor = WHOLE if best >= WHOLE else best * KEPT_BESIDE_BEST
        fitting = tuple(name.key for name, coverage in ranked if coverage >= floor)
        if index is self._jobs:
            best_jobs = tuple(name.key for name, coverage in ranked if coverage >= best - 0.02)
            return replace(base, jobs=best_jobs, whole_job=best >= WHOLE)
        return replace(base, formations=fitting, whole=best >= WHOLE)

    def _type_mention(
        self, text: str, tokens: Sequence[Token], units: Sequence[_Unit], span: _Span
    ) -> Mention:
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
        if index is self._jobs and best < _JOB_COVERAGE:
            return False
        if any(unit.sigle for unit in span.words):
            return True
        if not plain:
            return False
        first, last = span.units[0].first, span.units[-1].last
        common = all(term in table.everyday for term in plain)
        before = [token.text for token in tokens[max(0, first - 4) : first]]
        if common and DISLIKED_BEFORE & set(before):
            return False
        others = [
            t for i, t in enumerate(tokens)
            if not first <= i <= last and t.text not in GAP_WORDS and stem(t.text) not in QUESTION_WORDS
        ]
        if common and len(plain) == 1:
            return best >= WHOLE and not others and len(tokens) <= 8
        if common:
            return best >= 0.6 or not others
        likeness = min(unit.meaning.best for unit in span.words if unit.meaning)
        if likeness < 0.82 and len(plain) == 1:
            return best >= 0.5
        return len(plain) > 1 or best >= 0.12 or index.count(plain[0]) <= 12


def _plausible_type(tokens: Sequence[Token], i: int, size: int, key: str) -> bool:
    """Whether what reads like a type is one: "BUT", not "mon but"; "un TP", not "le tp de physique"."""
    if size > 1:
        return True
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
    return kinds


def _segment(units: Sequence[_Unit], index: NameIndex) -> list[_Span]:
    """The best way to cut `units` into spans, by dynamic programming over the end of the last one."""
    scale = math.log(1 + max(1, len(index)))
    best: list[tuple[float, list[_Span]]] = [(0.0, [])]
    starting: dict[int, list[tuple[int, _Span]]] = {}
    for i in range(len(units)):
        for span in _spans_from(units, i, index, scale):
            starting.setdefault(i + len(span.units), []).append((i, span))
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
    mask, said, type_key = (1 << len(index)) - 1, 0.0, None
    for j in range(i, len(units)):
        unit = units[j]
        if unit.closed:
            return
        if unit.gap:
            continue
        if unit.type:
            if type_key:
                return
            type_key = unit.type
        elif unit.meaning:
            mask &= index.holders(unit.meaning)
            if not mask:
                return
            term, likeness = unit.meaning.terms[0]
            said += index.weight(term) / scale * likeness
        span = _Span(tuple(units[i : j + 1]), mask, 0.0)
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
