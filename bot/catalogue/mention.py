"""A name found in a message, and how several finds become the mentions of one message."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import fold, tokenize

_COMPLEMENT = frozenset("de du des d la le l les".split())
_TALK_BETWEEN = 2
_LONGEST_LINK = 40  # characters: ", ou alors pour le "
_TO_BECOME = re.compile(r"\b(devenir|deviens|devient|etre)( un| une)?\W*$")
_PUNCTUATION = frozenset(",;:?!.()")


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


def united(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions that share formations are one name said in several pieces ("EEIGM Nancy"): what all pieces fit."""
    united: list[Mention] = []
    for mention in mentions:
        last = united[-1] if united else None
        common = tuple(i for i in last.formations if i in mention.formations) if last else ()
        same = last is not None and last.formations == mention.formations
        if last and same and last.formations and len(tokenize(text[last.end : mention.start])) > _TALK_BETWEEN:
            # Said again after a question ("bac pro PLP, ça veut dire quoi PLP ?"): the one that says more counts.
            if (bool(mention.type), len(mention.words)) > (bool(last.type), len(last.words)):
                united[-1] = mention
            continue
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


def without_asides(text: str, mentions: Sequence[Mention], is_proper: Callable[[str], bool]) -> list[Mention]:
    """Beside a name said clearly, one common word of other titles is talk ("le CAP cuisine, c'est chaud ?")."""

    def clear(mention: Mention) -> bool:
        named = mention.whole or mention.whole_job or any(is_proper(word) for word in mention.words)
        return bool(mention.type and mention.words) or (mention.known and named)

    def aside(mention: Mention) -> bool:
        if not mention.known or mention.type or len(mention.words) > 1 or is_proper(mention.words[0]):
            return False
        if mention.whole_job and _TO_BECOME.search(fold(text[: mention.start])):
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
    if second.start - first.end > _LONGEST_LINK:
        return False
    between = tokenize(text[first.end : second.start])
    return all(t.text in GAP_WORDS or t.text in {"ou", "vs", "versus", "contre", "puis"} for t in between)


def absorbed(text: str, mentions: Sequence[Mention], is_kind: Callable[[str, str], bool]) -> list[Mention]:
    """An unknown name takes in the part of a name that follows it at once ("CQP animateur" and "loisir sportif").

    It is known where the part is one of its type (`is_kind` of a formation and a type).
    """
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last and last.type and last.words and not last.known and not mention.type and _goes_on(text, last, mention):
            typed = tuple(i for i in mention.formations if is_kind(i, last.type))
            if typed or not mention.whole:
                said, words = text[last.start : mention.end], last.words + mention.words
                kept[-1] = replace(last, end=mention.end, text=said, words=words, formations=typed)
                continue
        kept.append(mention)
    return kept


def _goes_on(text: str, one: Mention, other: Mention) -> bool:
    """Whether nothing stands between two mentions but "de la"."""
    between = text[one.end : other.start]
    return not _PUNCTUATION & set(between) and all(token.text in _COMPLEMENT for token in tokenize(between))


def are_alternatives(text: str, one: Mention, other: Mention) -> bool:
    """Whether "ou", "et" or "vs" stand between two mentions, with articles at most."""
    first, second = sorted((one, other), key=lambda m: m.start)
    between = [token.text for token in tokenize(text[first.end : second.start])]
    links = {"ou", "et", "vs", "versus"}
    return bool(links & set(between)) and all(word in GAP_WORDS | links for word in between)


def merged(formations: Sequence[Mention], jobs: Sequence[Mention]) -> list[Mention]:
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
        if covers and not same and not rival.type:
            merged.append(job)
        else:
            merged.append(replace(rival, jobs=job.jobs, whole_job=job.whole_job))
    return sorted(merged, key=lambda m: m.start)
