"""The formations and jobs that a message names, and where: over the live catalogue, never learnt from phrases.

Method (ours): the words of a message become units (a word of some title, a written type, a gap, anything else);
among all ways to cut the units into spans whose words are all held by one name at least, the one with the
greatest weight wins; the names of a span are those that hold all of its words, or the one that it names whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz import fuzz, process

from bot.catalogue.aliases import Aliases
from bot.catalogue.credible import JOB_COVERAGE, WHOLE, names_formation, names_job
from bot.catalogue.fiche import Formation, Job
from bot.catalogue.french import is_french, zipf
from bot.catalogue.index import (
    ABBREVIATION,
    BASE_SAID,
    EXACT,
    FAMILY,
    Meaning,
    Name,
    NameIndex,
    label_name,
    read_types,
    title_name,
)
from bot.catalogue.job_fiche import JobFiche
from bot.catalogue.job_names import JobHeads, other_names, popular_names, with_other_names
from bot.catalogue.lexicon import BREAK_WORDS, GAP_WORDS, lexicon
from bot.catalogue.mention import Mention, absorbed, are_alternatives, merged, united, without_asides
from bot.catalogue.normalize import Token, expand_sms, fold, stem, tokenize
from bot.catalogue.old_names import find_old_names
from bot.catalogue.overrun import overrun
from bot.catalogue.spans import Span, of_type, segment
from bot.catalogue.talk import LINKING_WORDS, PEOPLE_WORDS, QUESTION_WORDS
from bot.catalogue.units import read_units, without_shouting

__all__ = ["Mention", "Resolver"]

# Names covered less than this share of the best one's coverage are left out; more of them where a word is shortened.
_KEPT_BESIDE_BEST = 0.2
_KEPT_WHERE_GUESSED = 0.45
_SHARE_OF_A_JOB = 0.6  # what a word of a job's label weighs in a search, beside one of a title
_MOST = 400
_DEMONSTRATIVE = frozenset("ce cet cette ces".split())
_OF = frozenset("de du des d la l".split())
_COMMON = 5.0  # Zipf value: "suffit" has 5.0, "football" 4.8, "astronaute" 3.5
_NEAR_JOB = 70  # of 100, how alike names of jobs are that are offered
_NEAR = 5
_MOST_MENTIONS, _MOST_SPANS = 8, 24  # in a message: more is no question, and each costs a ranking


class Resolver:
    """Finds names of one catalogue in messages; immutable, built in a fraction of a second for thousands."""

    def __init__(
        self,
        formations: Iterable[Formation],
        jobs: Iterable[Job],
        aliases: Mapping[str, str] = MappingProxyType({}),
        job_fiches: Mapping[str, JobFiche] = MappingProxyType({}),
    ) -> None:
        jobs = tuple(jobs)
        self._formations = NameIndex(title_name(f.id, f.title, f.sigle, f.type) for f in formations)
        self._jobs = NameIndex(label_name(job.label, job.label) for job in jobs)
        self._aliases = Aliases(aliases)
        labels = {job.label for job in jobs}
        self._other_jobs = NameIndex((*other_names(job_fiches.values()), *popular_names(labels)))
        self.job_heads = JobHeads((job.label for job in jobs), job_fiches.values())
        self._titles = {name.key: fold(name.title) for name in self._formations.names}
        self._names_of_jobs = [(job.label, fold(job.masculine)) for job in jobs]
        self._names_of_jobs += [(f.title, fold(name.masculine)) for f in job_fiches.values() for name in f.names]
        self._listed_by = {job.label: job.formations for job in jobs}
        self._types_of = {name.key: name.types for name in self._formations.names}
        self._ranking = lru_cache(maxsize=64)(_ranking)  # a name said again is not ranked anew

    def resolve(self, text: str) -> list[Mention]:
        """Every formation, job or bare type named in `text`, in order, not overlapping."""
        tokens = without_shouting(tokenize(text))
        formations = united(text, self._mentions(text, tokens, self._formations))
        jobs = with_other_names(
            self._mentions(text, tokens, self._jobs), self._mentions(text, tokens, self._other_jobs)
        )
        found = self._of_two_types(
            text, self._renamed(text, tokens, absorbed(text, merged(formations, jobs), self.is_kind))
        )
        found = self._aliases.applied(text, tokens, found, self.is_kind)
        return without_asides(text, found[:_MOST_MENTIONS], self._formations.is_proper)

    def _of_two_types(self, text: str, mentions: list[Mention]) -> list[Mention]:
        """In "CAP ou bac pro cuisine" and "cuisine : CAP ou bac pro" the name belongs to both types."""
        found = list(mentions)
        for i, one in enumerate(mentions):
            for other in (*mentions[max(0, i - 1) : i], *mentions[i + 1 : i + 2]):
                if (
                    one.type
                    and not one.words
                    and other.type
                    and other.formations
                    and are_alternatives(text, one, other)
                ):
                    said = f"{one.text} {' '.join(other.words)}"
                    whole = [m for m in self._mentions(said, tokenize(said), self._formations) if m.formations]
                    if whole:
                        found[i] = replace(whole[0], start=one.start, end=one.end, text=one.text)
        return found

    def _renamed(self, text: str, tokens: Sequence[Token], mentions: list[Mention]) -> list[Mention]:
        """Old names in their place, standing for the formations of today, with what they are now called."""
        for first, past, old in find_old_names(tokens):
            start, end = tokens[first].start, tokens[past - 1].end
            touching = [m for m in mentions if m.start < end and start < m.end]
            if old.prefix:
                mentions = [
                    replace(m, now_called=f"{old.now} {text[end : m.end].strip()}")
                    if m in touching and m.formations
                    else m
                    for m in mentions
                ]
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

    def near(self, words: str, limit: int = _NEAR) -> tuple[str, ...]:
        """The ids of the formations whose titles look most like `words`, best first; the type alone is no likeness."""
        content = " ".join(self.content_words(words))
        if not content:
            return ()
        hits = process.extract(content, self._titles, scorer=fuzz.token_set_ratio, limit=limit, score_cutoff=60)
        return tuple(key for _, _, key in hits)

    def near_jobs(self, words: str, limit: int = _NEAR) -> tuple[str, ...]:
        """The job labels that look most like `words`, best first; to a real word, those alone that hold it.

        "pompier" is no misspelt "plombier".
        """
        said = {word for word in fold(words).split() if word not in GAP_WORDS}
        names = [name for _, name in self._names_of_jobs]
        hits = process.extract(fold(words), names, scorer=fuzz.token_set_ratio, limit=None, score_cutoff=_NEAR_JOB)
        if all(is_french(word) for word in said):
            stems = {stem(word) for word in said}
            hits = [hit for hit in hits if stems & {stem(word) for word in hit[0].split()}]
        return tuple(dict.fromkeys(self._names_of_jobs[i][0] for _, _, i in hits))[:limit]

    def is_kind(self, formation: str, kind: str) -> bool:
        """Whether a formation (id) is of the type `kind`, or of one taken in its place ("bac" for a bac pro)."""
        types = self._types_of.get(formation, frozenset())
        return bool(types & {kind, *lexicon().kinds.get(kind, ())})

    def is_of_titles(self, word: str) -> bool:
        """Whether a folded word stands in some title."""
        return stem(word) in self._formations

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """The ids of the formations of a type."""
        return tuple(name.key for name in self._formations.select(self._formations.of_kind(kind)))

    def content_words(self, text: str) -> list[str]:
        """The words of `text` that may describe a formation: no talk, no type, no number, not who people are."""
        tokens = tokenize(text)
        typed = {i for first, past, _ in read_types(tokens) for i in range(first, past)}
        return [
            token.text
            for i, token in enumerate(tokens)
            if i not in typed
            and token.text not in GAP_WORDS | LINKING_WORDS
            and stem(token.text) not in QUESTION_WORDS | PEOPLE_WORDS
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
                meaning = index.meaning(word) or index.guess(word)
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
        units = read_units(tokens, index, typed=index is self._formations)
        found: list[Mention] = []
        end_of_room = len(tokens)
        for span in reversed(segment(units, index)[:_MOST_SPANS]):
            mention = self._mention(text, tokens, span, end_of_room, index)
            if mention:
                found.insert(0, mention)
                end_of_room = span.units[0].first
        return found

    def _mention(
        self, text: str, tokens: Sequence[Token], span: Span, end_of_room: int, index: NameIndex
    ) -> Mention | None:
        first, last = span.units[0].first, span.units[-1].last
        if span.words and span.type and all(unit.talk for unit in span.words):
            ranked = self._ranked(span, of_type(span, index), index)
            talk = not ranked or ranked[0][1] < JOB_COVERAGE
        else:
            talk = not span.words
        if not span.type and all(unit.talk and not unit.sigle for unit in span.words):
            ranked = self._ranked(span, span.mask, index) if index is self._jobs else []
            if not ranked or ranked[0][1] < WHOLE:  # "professeur des écoles" is a job all the same
                return None
        if talk:
            span = replace(span, units=tuple(unit for unit in span.units if unit.type))
            if not span.units:
                return None
            return self._type_mention(text, tokens[: max(end_of_room, span.units[-1].last + 1)], span)
        start, end = tokens[first].start, tokens[last].end
        words = tuple(dict.fromkeys(tokens[u.first].text for u in span.words))
        mask = of_type(span, index)
        if not mask:
            span, mask = _type_as_sigle(span, tokens, index) or (span, mask)
        base = Mention(start, end, text[start:end], type=span.type, words=words)
        if not mask:
            nearer = self._before_a_town(text, tokens[first : last + 1]) if span.type else None
            if nearer:
                return nearer
            ranked = self._ranked(span, span.mask, index)
            near = tuple(name.key for name, _ in ranked[:_NEAR])
            credible = span.type or self._credible(tokens, span, ranked, index)
            return replace(base, near=near) if credible and near else None
        ranked = self._ranked(span, mask, index)
        if not self._credible(tokens, span, ranked, index):
            return None
        best = ranked[0][1]
        if index is self._other_jobs:
            to_the_letter = best >= WHOLE and all(meaning.best >= ABBREVIATION for meaning in span.meanings)
            alike = tuple(name.key for name, coverage in ranked if coverage >= best - 0.02)
            return replace(base, jobs=alike, whole_job=True) if to_the_letter else None
        if index is self._jobs:
            floor = best - 0.02 if best >= WHOLE else best * _KEPT_WHERE_GUESSED
            best_jobs = tuple(name.key for name, coverage in ranked if coverage >= floor)
            return replace(base, jobs=best_jobs, whole_job=best >= WHOLE)
        fitting = _fitting(ranked, span, index)
        more = overrun(text, tokens, span, fitting, best, index)
        if more is not None:
            said = text[start : tokens[more].end]
            near = self.near(said) or tuple(name.key for name in fitting[:_NEAR])
            words = tuple(dict.fromkeys((*words, tokens[more].text)))
            return replace(base, end=tokens[more].end, text=said, words=words, near=near)
        to_the_letter = all(meaning.best > FAMILY for meaning in span.meanings)
        return replace(base, formations=tuple(name.key for name in fitting), whole=best >= WHOLE and to_the_letter)

    def _before_a_town(self, text: str, tokens: Sequence[Token]) -> Mention | None:
        """The formation that `tokens` name before a town: "BUT informatique à Lyon", where a school has both words."""
        town = next((token for token in tokens[1:] if stem(token.text) in lexicon().places), None)
        said = text[tokens[0].start : town.start] if town else ""
        named = next((m for m in self._mentions(said, tokenize(said), self._formations) if m.formations), None)
        return named and replace(named, start=tokens[0].start + named.start, end=tokens[0].start + named.end)

    def _type_mention(self, text: str, tokens: Sequence[Token], span: Span) -> Mention:
        """A bare type ("le CAP"), or a type before a word that no title holds ("bac pro astronaute")."""
        first, last = span.units[0].first, span.units[-1].last
        unknown: list[Token] = []
        this = first > 0 and tokens[first - 1].text in _DEMONSTRATIVE
        room = () if this else tokens[last + 1 : last + 7]
        if [t.text in ("metier", "metiers") for t in room[:1]] == [True] and room[1:] and room[1].text in _OF:
            room = room[1:]  # "BTS métiers de l'eau"
        for token in room:
            if token.text in GAP_WORDS and token.text not in ("avec", "par", "pour", "sans", "et", "ou", "en"):
                continue
            if stem(token.text) in QUESTION_WORDS or token.text in BREAK_WORDS or token.text in GAP_WORDS:
                break
            if len(token.text) < 3 or token.text.isdigit():
                break
            if lexicon().types.get((token.text,)):
                break
            if not unknown and self._is_talk(token.text):
                break
            unknown.append(token)
        end = unknown[-1].end if unknown else tokens[last].end
        start = tokens[first].start
        said = text[start:end]
        near = self.near(said) if unknown else ()
        return Mention(start, end, said, type=span.type, words=tuple(t.text for t in unknown), near=near)

    def _is_talk(self, word: str) -> bool:
        """Whether a word is so common that it names nothing, unless a title has it ("un master suffit")."""
        return is_french(word) and zipf(word) >= _COMMON and not self.is_of_titles(word)

    def _credible(
        self, tokens: Sequence[Token], span: Span, ranked: Sequence[tuple[Name, float]], index: NameIndex
    ) -> bool:
        if index is not self._formations:
            return names_job(tokens, span, ranked)
        return names_formation(tokens, span, ranked, index)

    def _ranked(self, span: Span, mask: int, index: NameIndex) -> list[tuple[Name, float]]:
        return list(self._ranking(span.meanings, mask, index))


def _ranking(said: Sequence[Meaning], mask: int, index: NameIndex) -> tuple[tuple[Name, float], ...]:
    """The names of the set `mask`, each key once, by the share of it that is said."""
    ranked = [(name, index.coverage(name, index.held(name, said))) for name in index.select(mask, _MOST)]
    best: dict[str, tuple[Name, float]] = {}  # a job has several names
    for pair in sorted(ranked, key=lambda pair: -pair[1]):
        best.setdefault(pair[0].key, pair)
    return tuple(best.values())


def _type_as_sigle(span: Span, tokens: Sequence[Token], index: NameIndex) -> tuple[Span, int] | None:
    """A span whose type is a sigle of the names instead ("CAPA avocat"), and those names; None where it is not."""
    unit = next((unit for unit in span.units if unit.type), None)
    meaning = index.meaning(tokens[unit.first].text) if unit and unit.first == unit.last else None
    mask = span.mask & index.holders(meaning) if meaning else 0
    if not mask or unit is None:
        return None
    units = tuple(replace(u, type=None, meaning=meaning) if u is unit else u for u in span.units)
    return replace(span, units=units, mask=mask), mask


def _fitting(ranked: Sequence[tuple[Name, float]], span: Span, index: NameIndex) -> list[Name]:
    """The names meant, of those that hold all the words said: the one said whole, or else all that start as said.

    A base said whole ("bac pro artisanat et métiers d'art") stands for all its options, and for the longer names
    that begin with it; a word that is in the option of some of them only means those.
    """
    best = ranked[0][1]
    base_said = BASE_SAID - 1e-6
    if best < base_said:
        exact = all(meaning.best >= EXACT for meaning in span.meanings)
        floor = best * (_KEPT_BESIDE_BEST if exact else _KEPT_WHERE_GUESSED)
        return [name for name, coverage in ranked if coverage >= floor]
    if best >= WHOLE:
        return [name for name, coverage in ranked if coverage >= WHOLE]
    kept = [name for name, coverage in ranked if coverage >= base_said]
    with_option = (name for name in kept if name.base < len(name.words))
    bases = {n.words[: n.base] for n in with_option if index.base_is_said(n, index.held(n, span.meanings))}
    kept += [name for name, coverage in ranked if coverage < base_said and any(_begins(name, b) for b in bases)]
    said = {name.key: index.inner_said(name, index.held(name, span.meanings)) for name in kept}
    most = max(said.values())
    return [name for name in kept if said[name.key] == most]


def _begins(name: Name, words: tuple[str, ...]) -> bool:
    return name.words[: len(words)] == words
