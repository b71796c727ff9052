"""The best cut of a message into spans that name something, by dynamic programming. Source of the method: ours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.catalogue.index import Meaning, NameIndex
from bot.catalogue.lexicon import lexicon
from bot.catalogue.units import Unit

# Shares of the greatest weight that a word can have (that of a word of one name alone).
_SPAN_COST = 0.12
_TYPE_GAIN = 0.3
_TYPE_CONFLICT = 0.1
_SKIP_COST = 0.35
_UNKNOWN_COST = 0.1
_TALK_SHARE = 0.2
_PLACE_SHARE = 0.5
_LONGEST_SPAN = 24  # units; the longest titles have about twenty words


@dataclass(frozen=True)
class Span:
    units: tuple[Unit, ...]
    mask: int
    score: float
    past: int

    @property
    def words(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.meaning)

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        return tuple(unit.meaning for unit in self.units if unit.meaning)

    @property
    def type(self) -> str | None:
        return next((unit.type for unit in self.units if unit.type), None)


def segment(units: Sequence[Unit], index: NameIndex) -> list[Span]:
    """The best way to cut `units` into spans, by dynamic programming over the end of the last one."""
    scale = math.log(1 + max(1, len(index)))
    # The best score up to each unit, and the span that ends there with where it starts, None where none does.
    scores = [0.0]
    ends: list[tuple[int, Span] | None] = [None]
    starting: dict[int, list[tuple[int, Span]]] = {}
    for i in range(len(units)):
        for span in _spans_from(units, i, index, scale):
            starting.setdefault(span.past, []).append((i, span))
    for end in range(1, len(units) + 1):
        score = scores[end - 1]
        last: tuple[int, Span] | None = None
        for i, span in starting.get(end, ()):
            if scores[i] + span.score > score + 1e-9:
                score, last = scores[i] + span.score, (i, span)
        scores.append(score)
        ends.append(last)
    found: list[Span] = []
    at = len(units)
    while at:
        last = ends[at]
        if last:
            found.append(last[1])
        at = last[0] if last else at - 1
    return _without_crumbs(found[::-1])


def _spans_from(units: Sequence[Unit], i: int, index: NameIndex, scale: float) -> Iterable[Span]:
    if units[i].gap or units[i].closed:
        return
    mask, said, type_key, skipped, linked = (1 << len(index)) - 1, 0.0, None, False, False
    kept: list[Unit] = []
    for j in range(i, len(units)):
        unit = units[j]
        if unit.closed:
            if unit.unknown and type_key and not skipped:
                skipped = True
                said -= _UNKNOWN_COST
                continue
            return
        if unit.gap:
            linked = linked or unit.link
            continue
        if unit.type:
            # "le CAP cuisine et le bac pro cuisine", "MSPC et le BTS tourisme": a second name begins.
            if type_key or (linked and said):
                return
            type_key = unit.type
        elif unit.meaning:
            term, likeness = unit.meaning.terms[0]
            share = _TALK_SHARE if unit.talk else _PLACE_SHARE if term in lexicon().places else 1.0
            weight = index.weight(term) / scale * likeness * share
            narrowed = mask & index.holders(unit.meaning)
            if not narrowed:
                if skipped or not said:
                    return
                skipped = True
                said -= weight * _SKIP_COST
                continue
            mask = narrowed
            said += weight
        linked = False
        if len(kept) == _LONGEST_SPAN or (unit.meaning and [u.meaning for u in kept[-2:]] == [unit.meaning] * 2):
            return  # no name has one word three times over
        kept.append(unit)
        span = Span(tuple(kept), mask, said - _SPAN_COST, j + 1)
        if type_key:
            conflict = _TYPE_CONFLICT if said and not of_type(span, index) else 0.0
            span = replace(span, score=span.score + _TYPE_GAIN - conflict)
        yield span


def of_type(span: Span, index: NameIndex) -> int:
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


def _without_crumbs(spans: Sequence[Span]) -> list[Span]:
    """Drop a weak span that touches a stronger one with nothing between: it was a word in passing."""
    kept: list[Span] = []
    for span in spans:
        before = kept[-1] if kept else None
        if before and span.units[0].first == before.units[-1].last + 1:
            if not span.type and span.score < before.score * 0.5:
                continue
            if not before.type and before.score < span.score * 0.5:
                kept.pop()
        kept.append(span)
    return kept
