"""Whether a name goes on beyond the words that were found: "BTS gestion de la PME" is no BTS gestion. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.french import is_french
from bot.catalogue.index import BASE_SAID, EXACT, SIGLE, Name, NameIndex
from bot.catalogue.lexicon import BREAK_WORDS, GAP_WORDS, lexicon
from bot.catalogue.normalize import Token, expand_sms, stem
from bot.catalogue.spans import Span
from bot.catalogue.talk import QUESTION_WORDS
from bot.catalogue.units import INNER

_LINKS = frozenset("de du des d la le l les".split())
_WEAK_LINKS = frozenset("a au aux en".split())
_END_OF_NAME = frozenset(',;:?!.()[]«»"\n')


def overrun(
    text: str, tokens: Sequence[Token], span: Span, fitting: Sequence[Name], coverage: float, index: NameIndex
) -> int | None:
    """The token that the name said holds and that none of the names `fitting` does, or None.

    A complement ("de la PME"), a word of other names beside it ("droit public"), or a town where the names differ by
    theirs ("INSA de Marseille") belong to the name; where a name was said whole, only what a longer one adds does.
    """
    if not (span.type or any(unit.sigle for unit in span.units)):
        return None
    last = span.units[-1].last
    if coverage < BASE_SAID and _leaves_out(tokens, span, index):
        return last
    next_ = last + 1
    while next_ < len(tokens) and tokens[next_].text in _LINKS | _WEAK_LINKS:
        next_ += 1
    if next_ == len(tokens) or _END_OF_NAME & set(text[tokens[last].end : tokens[next_].start]):
        return None
    word = tokens[next_]
    if stem(word.text) in lexicon().places:
        towns = {lexicon().places & set(name.words) for name in fitting}
        return next_ if len(towns) > 1 else None
    links = [token.text for token in tokens[last + 1 : next_]]
    if _talk(word) or {"a", "au"} & set(links):
        return None
    meaning = index.meaning(word.text)
    known = meaning is not None and meaning.best >= EXACT
    if coverage >= BASE_SAID:
        goes_on = known and meaning is not None and bool(span.mask & index.holders(meaning))
    elif links and _LINKS.issuperset(links):
        capital = text[word.start].isupper() and not word.upper
        goes_on = known or not capital
    else:
        goes_on = known or word.upper
    return next_ if goes_on else None


def _leaves_out(tokens: Sequence[Token], span: Span, index: NameIndex) -> bool:
    """Whether a French word, or one of other names, stands inside a span and is none of its own."""
    own = {i for unit in span.units for i in range(unit.first, unit.last + 1)}
    for i in range(span.units[0].first, span.units[-1].last):
        if i not in own and not _talk(tokens[i]) and tokens[i].text not in INNER:
            meaning = index.meaning(tokens[i].text)
            if not meaning and is_french(tokens[i].text):
                return True
            if meaning and meaning.best >= EXACT and not all(term.startswith(SIGLE) for term, _ in meaning.terms):
                return True
    return False


def _talk(word: Token) -> bool:
    return (
        word.text in GAP_WORDS | BREAK_WORDS
        or stem(word.text) in QUESTION_WORDS
        or expand_sms(word.text) != word.text
        or word.text.isdigit()
        or len(word.text) < 3
        or (word.text,) in lexicon().types
    )
