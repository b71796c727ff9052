"""What is told of a long section: two or three of its sentences, to the letter, and the rest page by page. Pure.

Source of the method: ours. The sentences that hold most of the words asked about, else the first of each part.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.catalogue.saying import says

SHORT = 600  # characters of a section that is told whole
_PAGE = 1900  # characters told at once
_READ_AT_ONCE = 400  # characters
_HEAD = 200  # characters at the head of a section, that are read anyway
_SENTENCES = 3
_SURE = 3.5  # what the best sentence is worth from which on it says what is asked, rather than something like it
_SHARE_OF_BEST = 0.5  # of the best sentence's worth, from which on another is told beside it

_HEADING = re.compile(r"#{1,6}\s+(?P<name>.+)")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀ-ÖØ-Þ0-9])")
_BREAK = re.compile(r"\s*<br\s*/?>\s*|\n")


@dataclass(frozen=True)
class Passage:
    """Sentences of one part of a section that stand one after the other, under its heading ("" for none)."""

    heading: str
    text: str


def passages(text: str) -> list[Passage]:
    """`text`, clean Markdown, as paragraphs and items, each with the heading that it stands under."""
    found, heading, bare = [], "", ""
    for line in filter(None, (line.strip() for line in _BREAK.split(text))):
        if is_heading := _HEADING.fullmatch(line):
            if bare:
                found.append(Passage(heading, ""))
            heading = bare = is_heading["name"]
        else:
            found.append(Passage(heading, line))
            bare = ""
    return [*found, Passage(heading, "")] if bare else found


def is_long(text: str) -> bool:
    """Whether a section is told in a few sentences rather than whole."""
    return len(text) > SHORT


def excerpts(texts: Mapping[str, str], asked: Collection[str], filled: bool = False) -> dict[str, list[Passage]]:
    """What is told first of sections that tell one facet, by their names; `asked` are keys (`asked_about`).

    These are the sentences of any of them that say most of what is asked, in their order, but a short section whole;
    where none says it for sure, what stands first in the section so called, else in the first, makes up for it, as it
    does where `filled`.
    """
    sentences = [(name, sentence) for name, text in texts.items() for sentence in sentences_of(text)] if asked else []
    scores = [says(s.text, asked) + says(f"{name} {s.heading}", asked) / 2 for name, s in sentences]
    best = max(scores, default=0.0)
    enough = best * _SHARE_OF_BEST if best >= _SURE else 0.0
    ranked = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:_SENTENCES]
    kept = {i for i in ranked if scores[i] and scores[i] >= enough}
    kept |= {i for i in ranked if scores[i] and i - 1 in kept}  # what goes on with it
    chosen = [sentences[i] for i in sorted(kept)]
    if best < _SURE or filled:
        head = max(texts, key=lambda name: says(name, asked), default="")
        firsts = [(head, sentence) for sentence in _firsts(texts.get(head, ""))]
        chosen += [first for first in firsts if first not in chosen][: max(0, _SENTENCES - len(chosen))]
    told: dict[str, list[Passage]] = {}
    for name, sentence in chosen:
        told.setdefault(name, []).append(sentence)
    whole = {name: some if is_long(texts[name]) else passages(texts[name]) for name, some in told.items()}
    return whole if sum(len(p.text) for some in whole.values() for p in some) <= SHORT else told


def _firsts(text: str) -> list[Passage]:
    """What stands first in a section: the first sentence of each part, or all of a short one."""
    if not is_long(text):
        return passages(text)
    sentences = sentences_of(text)
    parts = list(dict.fromkeys(s.heading for s in sentences))
    firsts = [next(s for s in sentences if s.heading == part) for part in parts]
    return (firsts if len(parts) > 1 else sentences)[:_SENTENCES]


def sentences_of(text: str) -> list[Passage]:
    """The sentences of a section, each under its heading."""
    return [Passage(p.heading, sentence) for p in passages(text) for sentence in _END_OF_SENTENCE.split(p.text)]


def saying_first(text: str, asked: Collection[str]) -> list[str]:
    """The sentences of a section that say what is asked, unless it is read at once or begins with one of them."""
    best = best_score(text, asked)
    if len(text) <= _READ_AT_ONCE or best < _SURE:
        return []
    said = [s.text for s in sentences_of(text) if says(s.text, asked) >= best * _SHARE_OF_BEST][:_SENTENCES]
    return said if said and text.find(said[0]) > _HEAD else []


def best_score(text: str, asked: Collection[str]) -> float:
    """What the sentence that says most of what is asked is worth to the question."""
    return max((says(s.text, asked) + says(s.heading, asked) / 2 for s in sentences_of(text)), default=0.0)


def pages(text: str) -> list[list[Passage]]:
    """All of a section, as pages of some length that never cut a paragraph."""
    found: list[list[Passage]] = [[]]
    length = 0
    for passage in passages(text):
        size = len(passage.heading) + len(passage.text)
        if found[-1] and length + size > _PAGE:
            found.append([])
            length = 0
        found[-1].append(passage)
        length += size
    return [page for page in found if page]
