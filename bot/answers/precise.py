"""What is replied where a fiche does not tell a precise fact that is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Outcome
from bot.dialogue.question import Compare, Tell
from bot.dialogue.said import is_silent
from bot.understanding.topics import facets_of
from bot.world import World


def not_said(question: Tell, world: World) -> Reply:
    """Say that a fiche does not tell a precise fact, and offer what it tells of the topic."""
    ref = question.refs[0]
    facets = facets_of(question.topics, ref.is_job)
    formations = tuple(world.formations([ref.id] if not ref.is_job else []))
    labels = (ref.id,) if ref.is_job else ()
    choices = tuple(
        Choice(f"choice_{facet.value}", {}, Ask((facet,), tuple(f.id for f in formations), labels))
        for facet in facets
        if world.tells(ref, facet)
    )
    values = {"title": world.title(ref), "of_job": ref.is_job, "told": len(choices)}
    return Reply("not_said", Outcome.NOT_IN_FICHE, values, facets, formations, labels, choices=choices)


def with_silence(question: Tell | Compare, replies: Sequence[Reply], world: World) -> list[Reply]:
    """The replies, saying beforehand that no sentence tells the precise fact that is asked, where none does."""
    silent = isinstance(question, Tell) and is_silent(question.refs[0], question.about, question.topics, world)
    return [replace(reply, values={**reply.values, "unsaid": True}) for reply in replies] if silent else list(replies)
