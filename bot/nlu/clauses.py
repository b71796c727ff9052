"""Divides a message into clauses: at punctuation, at linking words, and before words that usually begin a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.catalogue.normalize import Token, tokenize

Span = tuple[int, int]

_LONGEST_RUN = 4
_FEWEST_WORDS = 2
_MOST_WORDS = 24  # of a run; a clause alone may have more
_MARK = re.compile(r"[.,;:?!…()\n\"«»]|\s[-–—/]\s")
_END_OF_SENTENCE = re.compile(r"[.?!…]\s")
_LINKS = frozenset(
    "et mais donc sinon puis alors or car pcq psk parske parceque dc ms bref enfin apres sauf ensuite pourtant".split()
)
# Words that usually begin a clause when there is no punctuation, also in SMS spelling.
_OPENINGS = frozenset(
    """
        je j jai jsui jsuis jss chui chuis jve jveu jveux jvx jvoudrai jvoudrais jvais jvai jpense jpe jpeu jpeux jme
        jen jte jsai jsais jaime jaimerai jfais jfai jl jle g ge jdor jdois
        tu t il ils elle elles on nous vous ya y c cest ct cetait ce ca sa
        mon ma mes mn notre nos ton ta leur ses
        qui quel quelle quels quelles kel kels kelle combien cb comment komen comen koman coment quoi koi pourquoi pk
        est esque esk quand kan ou que quest faut fo peut dis dites
        un une des personne tout toute tous toutes tt tlm
    """.split()
)


def clauses(text: str, names: Sequence[Span] = ()) -> list[tuple[int, int, int]]:
    """Return the clauses of `text`, and all runs of up to four adjacent clauses that are short together.

    Each is (start, end, words): two positions in characters and the number of words; in order of position. A clause
    has at least two words and does not begin with a linking word. None goes from one sentence to the next. A mark or
    linking word inside one of `names` (start, end) does not divide it.
    """
    found = _pieces(text, names)
    runs = {
        (run[0].start, run[-1].end, len(run))
        for first in range(len(found))
        for past in range(first + 1, min(first + _LONGEST_RUN, len(found)) + 1)
        if past == first + 1 or sum(map(len, found[first:past])) <= _MOST_WORDS
        if len(run := _without_links([token for piece in found[first:past] for token in piece])) >= _FEWEST_WORDS
        and not _END_OF_SENTENCE.search(text, run[0].start, run[-1].end)
    }
    return sorted(runs)


def _pieces(text: str, names: Sequence[Span]) -> list[list[Token]]:
    """Return the words of `text`, divided at every mark, linking word and opening. No piece is empty."""
    marks = [found.start() for found in _MARK.finditer(text) if not _inside(found.start(), names)]
    pieces: list[list[Token]] = []
    at = 0
    for token in tokenize(text):
        marked = at < len(marks) and marks[at] < token.start
        while at < len(marks) and marks[at] < token.start:
            at += 1
        linked = token.text in _LINKS and not _inside(token.start, names)
        if not pieces or marked or linked or token.text in _OPENINGS:
            pieces.append([])
        pieces[-1].append(token)
    return pieces


def _inside(at: int, spans: Sequence[Span]) -> bool:
    return any(start < at < end for start, end in spans)


def _without_links(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return `tokens` without the linking words at their beginning."""
    return tokens[next((at for at, token in enumerate(tokens) if token.text not in _LINKS), len(tokens)) :]
