"""Where a fiche speaks of the very words of a question, whatever topic the question was read as."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bot.catalogue.fiche import PLACE_OF_FACET, Facet
from bot.catalogue.job_fiche import PLACES_OF_JOB_FACET
from bot.catalogue.normalize import stem, tokenize
from bot.catalogue.ref import Ref
from bot.understanding.topics import OF_FORMATION, OF_JOB, Topic
from bot.world import World

# Topics told by prose, in which words may be looked for; the first of two that hold as much is taken.
_PROSE_OF_JOB = (Topic.CONDITIONS, Topic.EXPECTATIONS, Topic.ACCESS, Topic.SALARY, Topic.STATUS, Topic.DESCRIPTION)
_PROSE_OF_FORMATION = (Topic.ACCESS, Topic.DESCRIPTION, Topic.FURTHER_STUDY, Topic.EXPECTATIONS)


def topic_that_says(ref: Ref, words: Iterable[str], asked: Iterable[Topic], world: World) -> Topic | None:
    """The topic whose section in the fiche of `ref` holds more of `words` than those of the topics asked do, or None.

    It must hold most of the words; words are compared by their stems.
    """
    wanted = {stem(word) for word in words} - _stems(world.title(ref))
    held = {topic: len(wanted & _stems(text)) for topic, text in _prose(ref, world).items()}
    best = max(held, key=lambda topic: held[topic], default=None)
    if best is None or 2 * held[best] < len(wanted) or not held[best]:
        return None
    already = max((held.get(topic, 0) for topic in asked), default=0)
    return best if held[best] > already else None


def _prose(ref: Ref, world: World) -> dict[Topic, str]:
    """The text of each topic of a fiche that is told by prose."""
    if ref.is_job:
        fiche = world.catalogue.job_fiches.get(ref.id)
        if fiche is None:
            return {}
        of_job = {topic: PLACES_OF_JOB_FACET[OF_JOB[topic]] for topic in _PROSE_OF_JOB}
        return {t: "\n".join(filter(None, map(fiche.value, names))) for t, names in of_job.items()}
    formation = world.catalogue.formations[ref.id]
    places: dict[Topic, str] = {topic: PLACE_OF_FACET[_facet(topic)] for topic in _PROSE_OF_FORMATION}
    return {topic: formation.value(name) or "" for topic, name in places.items()}


def _facet(topic: Topic) -> Facet:
    return OF_FORMATION[topic]


@lru_cache(maxsize=512)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(token.text) for token in tokenize(text))
