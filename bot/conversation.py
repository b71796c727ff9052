"""One turn of a conversation: a reading and a state become replies and the state after them. Pure but for the texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.answers.answer import FindTexts, answer
from bot.answers.guidance import button
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.dialogue.rules import interpret
from bot.dialogue.state import State
from bot.understanding.reading import Reading
from bot.world import World


@dataclass(frozen=True)
class Turn:
    """The replies to one message, the state after it, and the name of the rule that read it."""

    replies: list[Reply]
    state: State
    rule: str


def converse(reading: Reading, state: State, world: World, find_texts: FindTexts) -> Turn:
    """The turn of one message."""
    decision = interpret(reading, state, world)
    answered = [(question, answer(question, world, find_texts)) for question in decision.questions]
    after = state.after(answered, formal=reading.says("formal"))
    replies = [reply for _, some in answered for reply in some]
    if after.formal:
        replies = [replace(reply, values={**reply.values, "vous": True}) for reply in replies]
    return Turn(_with_resumption(replies, after), after, decision.rule)


def _with_resumption(replies: list[Reply], after: State) -> list[Reply]:
    """A question answered in the middle of guidance offers to go on with it."""
    last = replies[-1]
    if not after.interview.step or last.facets == (Facet.GUIDANCE,) or last.outcome is Outcome.DISTRESS:
        return replies
    return [*replies[:-1], replace(last, choices=(*last.choices, button("resume", "next")))]
