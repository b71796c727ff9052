"""Turns that ask nothing of a fiche: out of scope, guidance, situation, more of a list, small talk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.catalogue import answers
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.dialogue.formations import about
from bot.dialogue.guidance_replies import button
from bot.dialogue.state import Knowledge, State, Turn, examples, remember
from bot.guidance.reading import read_profile
from bot.reading import Reading

OUT_OF_SCOPE = {
    "ask_place": "scope_place",
    "ask_dates": "scope_dates",
    "ask_fees": "scope_fees",
    "ask_salary": "scope_salary",
    "ask_chances": "scope_chances",
    "out_of_scope": "scope_other",
    "hyperbole": "scope_other",
    "insult": "insulted",
}


def out_of_scope(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """Say what no fiche tells, and where to look for it; what it is asked of stays spoken of."""
    said = next((m.text for m in reading.mentions if m.words), "")
    if not said:
        said = next((f.title for f in knowledge.formations(state.formations[:1])), "")
    reply = Reply(
        OUT_OF_SCOPE[reading.intent],
        Outcome.OUT_OF_SCOPE,
        {
            "about": said,
            "search_link": knowledge.search_link(said),
            "variant": state.misses,
            "jobs_told": bool(knowledge.catalogue.job_fiches),
        },
    )
    named = [m for m in reading.mentions if m.formations]
    if len(named) == 1:
        ids = named[0].formations
        state = replace(state, formations=ids, discussed=remember(state.discussed, ids), said=named[0].words)
    return [reply], replace(state, misses=state.misses + 1)


def guidance(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """What can be asked here, with examples."""
    return [Reply("guidance", Outcome.HELP, choices=examples(knowledge))], replace(state, misses=0)


def situation(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """Where one stands is remembered; with a formation in mind it asks whether one can get in."""
    after = replace(state, situation=reading.text, guidance=state.guidance.told(read_profile(reading.text)))
    if state.formations:
        return about((Facet.ACCESS,), [knowledge.formations(state.formations)], after, knowledge)
    reply = Reply(
        "situation_noted", Outcome.MISSING, facets=(Facet.ACCESS,), choices=examples(knowledge, (Facet.ACCESS,))
    )
    return [reply], replace(after, waiting=(Facet.ACCESS.value,), candidates=(), misses=0)


def more(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """The next formations of the last list."""
    rest = knowledge.formations(state.listed[state.shown :])
    if not rest:
        return [Reply("no_more", Outcome.SMALLTALK, choices=examples(knowledge))], state
    reply = answers.search_result("", rest, knowledge.catalogue)
    return [reply], replace(state, shown=state.shown + answers.SHOWN_FORMATIONS)


def smalltalk(response: str, outcome: Outcome = Outcome.SMALLTALK) -> Callable[[Reading, State, Knowledge], Turn]:
    """The kind of turn that is always the same response."""

    def turn(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
        jobs_told = bool(knowledge.catalogue.job_fiches)
        choices = examples(knowledge) if outcome is Outcome.HELP else ()
        if choices and jobs_told:
            choices = (*choices, button("begin", "next"))
        return [Reply(response, outcome, {"jobs_told": jobs_told}, choices=choices)], state

    return turn
