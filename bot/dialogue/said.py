"""Where a fiche says what exactly a question asks, whatever topic the question was read as."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.catalogue.fiche import PLACE_OF_FACET
from bot.catalogue.job_fiche import PLACES_OF_JOB_FACET
from bot.catalogue.ref import Ref
from bot.catalogue.saying import beyond, facts_asked, says
from bot.catalogue.telling import best_score
from bot.understanding.topics import OF_FORMATION, OF_JOB, Topic, facets_of
from bot.world import World

# Topics told by prose, in which sentences are looked for; the first of two that say as much is taken.
_PROSE_OF_JOB = (Topic.CONDITIONS, Topic.EXPECTATIONS, Topic.ACCESS, Topic.SALARY, Topic.STATUS, Topic.DESCRIPTION)
_PROSE_OF_FORMATION = (Topic.ACCESS, Topic.DESCRIPTION, Topic.FURTHER_STUDY, Topic.EXPECTATIONS)


def topic_that_says(ref: Ref, words: Iterable[str], asked: Iterable[Topic], world: World) -> Topic | None:
    """The topic whose section in the fiche of `ref` holds most of `words`, None where those asked do.

    The words of the title count for nothing.
    """
    wanted = beyond(words, world.title(ref))
    held = {topic: sum(says(text, (word,)) > 0 for word in wanted) for topic, text in _prose(ref, world).items()}
    best = max(held, key=lambda topic: held[topic], default=None)
    if best is None or 2 * held[best] < len(wanted) or not held[best]:
        return None
    already = max((held.get(topic, 0) for topic in asked), default=0)
    return best if 2 * already < len(wanted) else None


def topic_that_tells(ref: Ref, keys: Collection[str], asked: Iterable[Topic], world: World) -> Topic | None:
    """The topic whose section tells the precise facts among `keys`, where those of the topics asked tell none.

    The topic that a fact is asked of comes first; what one does after a formation is no fact about it.
    """
    facts = {key: fact for key, fact in facts_asked(keys).items() if fact.topic}
    if not facts or tells_a_fact(ref, facts, asked, world):
        return None
    told = {topic: best_score(text, facts) for topic, text in _prose(ref, world).items()}
    own = {fact.topic for fact in facts.values()}
    telling = [topic for topic in told if told[topic] and topic is not Topic.FURTHER_STUDY]
    return max(telling, key=lambda topic: (topic.value in own, told[topic]), default=None)


def told_topics(ref: Ref, topics: Iterable[Topic], world: World) -> tuple[Topic, ...]:
    """Those of `topics` that the fiche of `ref` tells."""
    return tuple(topic for topic in topics if any(world.tells(ref, facet) for facet in facets_of((topic,), ref.is_job)))


def tells_a_fact(ref: Ref, keys: Collection[str], topics: Iterable[Topic], world: World) -> bool:
    """Whether the sections of `topics` tell one of the precise facts among `keys`."""
    facts, texts = facts_asked(keys), _prose(ref, world)
    return any(best_score(texts.get(topic, ""), facts) > 0 for topic in topics)


def is_silent(ref: Ref, keys: Collection[str], topics: Collection[Topic], world: World) -> bool:
    """Whether precise facts are asked of one of `topics`, and the fiche tells none of them anywhere."""
    facts = {key for key, fact in facts_asked(keys).items() if fact.topic and Topic(fact.topic) in topics}
    return bool(facts) and not tells_a_fact(ref, facts, Topic, world)


def topics_of_facts(keys: Collection[str], of_job: bool) -> tuple[Topic, ...]:
    """The topics that the precise facts among `keys` are asked of, as far as they can be asked of such a fiche."""
    table = OF_JOB if of_job else OF_FORMATION
    topics = (Topic(fact.topic) for fact in facts_asked(keys).values() if fact.topic)
    return tuple(dict.fromkeys(topic for topic in topics if topic in table))


def _prose(ref: Ref, world: World) -> dict[Topic, str]:
    """The text of each topic of a fiche that is told by prose."""
    if ref.is_job:
        fiche = world.catalogue.job_fiches.get(ref.id)
        value = fiche.value if fiche else lambda name: None
        places = {topic: PLACES_OF_JOB_FACET[OF_JOB[topic]] for topic in _PROSE_OF_JOB}
    else:
        value = world.catalogue.formations[ref.id].value
        places = {topic: (PLACE_OF_FACET[OF_FORMATION[topic]],) for topic in _PROSE_OF_FORMATION}
    texts = {topic: "\n".join(filter(None, map(value, names))) for topic, names in places.items()}
    return {topic: text for topic, text in texts.items() if text}
