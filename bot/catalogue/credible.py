"""Whether words that fit a name were meant as one: "CAP vente", not "un travail dans la vente". Source: ours."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.french import is_french
from bot.catalogue.index import ABBREVIATION, EXACT, Name, NameIndex
from bot.catalogue.lexicon import GAP_WORDS, lexicon
from bot.catalogue.normalize import Token, expand_sms, stem
from bot.catalogue.spans import Span
from bot.catalogue.talk import QUESTION_WORDS, TASTE_WORDS
from bot.catalogue.units import BEFORE_A_NAME, TEACHERS

WHOLE = 0.9  # share of a name's words that makes it named whole
JOB_COVERAGE = 0.6  # share of a label's words that is enough for a job
_FEW_NAMES = 12
_MANY_WORDS = 3  # "certificat d'études chorégraphiques": common words that go with a rare one
_GOOD_OR_BAD = frozenset("bon bonne nul nulle fort forte mauvais mauvaise".split())
_SCHOOL_SUBJECTS_AFTER = frozenset("spe spes specialite specialites".split())
_OF_SOMETHING = frozenset("un une mon ma mes ton ta tes des dans cette ce bonne bon quelle premiere".split())


def names_formation(
    tokens: Sequence[Token], span: Span, ranked: Sequence[tuple[Name, float]], index: NameIndex
) -> bool:
    """Whether the words of a span are enough to take it for a formation rather than for common words."""
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
    before = {token.text for token in tokens[max(0, first - 6) : first]}
    if any(unit.sigle for unit in span.words):
        return not before & _SCHOOL_SUBJECTS_AFTER
    plain = [t for t in plain if t not in table.places and not t.startswith("option ")]
    if not plain:
        return False
    common = all(term in table.everyday for term in plain)
    good_at = first > 1 and tokens[first - 1].text == "en" and tokens[first - 2].text in _GOOD_OR_BAD
    if TASTE_WORDS & before or good_at:
        return False
    alone = not _others(tokens, first, last)
    led = bool({t.text for t in tokens[max(0, first - 3) : first]} & BEFORE_A_NAME)
    if common and len(plain) == 1:
        return best >= WHOLE and alone and (led or len(tokens) <= 4)
    if common:
        return best >= 0.6 or alone
    if len(terms) >= _MANY_WORDS and index.count(plain[0]) <= _FEW_NAMES:
        return True
    if len(plain) == 1 and best < WHOLE:
        said = next(tokens[u.first].text for u in span.words if u.meaning and u.meaning.terms[0][0] == plain[0])
        if is_french(said) or likeness < 0.9:
            of_something = {token.text for token in tokens[max(0, first - 2) : first]} & _OF_SOMETHING
            return (
                alone and (led or len(tokens) <= 6) and not of_something and best >= (0.25 if likeness >= 0.9 else 0.4)
            )
    return len(plain) > 1 or best >= 0.12 or index.count(plain[0]) <= _FEW_NAMES


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


def names_job(tokens: Sequence[Token], span: Span, ranked: Sequence[tuple[Name, float]]) -> bool:
    """Whether a span names a job: its whole label, or its first word where that alone says what one does."""
    if not ranked:
        return False
    name, best = ranked[0]
    terms = [unit.meaning.terms[0][0] for unit in span.words if unit.meaning]
    likeness = min(unit.meaning.best for unit in span.words if unit.meaning)
    first, last = span.units[0].first, span.units[-1].last
    table = lexicon()
    words = [token.text for token in tokens[first : last + 1]]
    before = {token.text for token in tokens[max(0, first - 3) : first]}
    head = bool(name.words) and name.words[0] in terms
    vague = name.words[0] in table.generic | table.common_heads or table.everyday.issuperset(terms)
    told = head or (best >= WHOLE and not vague)
    if len(words) == 1 and words[0] in TEACHERS:
        return False  # of what is not said, or in words of no label ("prof de karaoké")
    if len(words) == 1 and words[0] not in table.short_jobs and (likeness == ABBREVIATION or not told):
        return False
    if words[0] in table.short_jobs and len(ranked) <= 4:
        return True
    if len(terms) == 1 and terms[0] in table.common_heads and best < WHOLE:
        return False
    if all(term in table.everyday for term in terms) and (TASTE_WORDS & before or best < JOB_COVERAGE):
        return False
    if not head and TASTE_WORDS & {token.text for token in tokens[max(0, first - 6) : first]}:
        return False
    if best >= JOB_COVERAGE and (likeness >= ABBREVIATION or (head and len(words[0]) > 5)):
        return True
    return likeness == EXACT and (head or (len(ranked) == 1 and best >= 0.4))
