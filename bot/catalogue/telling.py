"""What is told of a long section: two or three of its sentences, to the letter, and the rest page by page. Pure.

Source of the method: ours. The sentences that hold most of the words asked about, else the first of each part.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tomli

from bot.catalogue.normalize import fold, stem

SHORT = 600  # characters of a section that is told whole
_PAGE = 1900  # characters told at once
_SENTENCES = 3

_THEMES = Path(__file__).with_name("job_themes.toml")
_HEADING = re.compile(r"#{1,6}\s+(?P<name>.+)")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"A-ZÀ-ÖØ-Þ0-9])")
_WORD = re.compile(r"[a-z0-9]+")
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


def excerpt(text: str, asked: Collection[str]) -> tuple[list[Passage], bool]:
    """What is told first of a section, and whether that leaves something out; `asked` are stems (`asked_about`)."""
    whole = passages(text)
    if not is_long(text):
        return whole, False
    sentences = [Passage(p.heading, sentence) for p in whole for sentence in _END_OF_SENTENCE.split(p.text)]
    wanted = set(asked)
    scores = [2 * len(wanted & _stems(s.text)) + len(wanted & _stems(s.heading)) for s in sentences] if wanted else []
    if any(scores):
        best = sorted(range(len(sentences)), key=lambda i: (-scores[i], i))[:_SENTENCES]
        chosen = sorted(i for i in best if scores[i])
    else:
        parts = list(dict.fromkeys(s.heading for s in sentences))
        firsts = [next(i for i, s in enumerate(sentences) if s.heading == part) for part in parts]
        chosen = firsts[:_SENTENCES] if len(parts) > 1 else list(range(min(_SENTENCES, len(sentences))))
    return [sentences[i] for i in chosen], True


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


def is_about(name: str, asked: Collection[str]) -> bool:
    """Whether the name of a section holds a word asked about."""
    return bool(_stems(name) & set(asked))


def asked_about(question: str) -> frozenset[str]:
    """The stems of the words that tell what of a section is asked ("la nuit", "les horaires"), with their kin."""
    words = _stems(question)
    return frozenset().union(*(theme for theme in _themes() if theme & words))


@lru_cache(maxsize=1)
def _themes() -> tuple[frozenset[str], ...]:
    tables = tomli.loads(_THEMES.read_text(encoding="utf-8"))
    return tuple(frozenset(stem(fold(word)) for word in words) for words in tables["themes"].values())


def _stems(text: str) -> set[str]:
    return {stem(word) for word in _WORD.findall(fold(text))}
