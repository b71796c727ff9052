"""The order in which a message is considered, and the turn of each kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.catalogue import answers
from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Catalogue, Facet, Formation, Outcome
from bot.catalogue.filters import Wish
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold
from bot.catalogue.selection import Pick, only_names, read_choice
from bot.dialogue.context import (
    FOLLOW_UP,
    asks_for_a_kind,
    asks_for_a_list,
    asks_what_comes_next,
    comes_after,
    facets_meant,
    from_context,
    heads_for_another,
    names_many,
    narrowed,
    only_follows_up,
    speaks_of_several,
    targets,
    what_after,
    what_is_asked_after,
)
from bot.dialogue.distress import after_distress, told_of_distress
from bot.dialogue.formations import about, ask_which, facets_or_description, one_answer, unknown_name
from bot.dialogue.guidance import guide, resumes, with_resumption
from bot.dialogue.job_questions import about_jobs, of_formations
from bot.dialogue.jobs import for_job, job_turn, only_job
from bot.dialogue.lists import compare, search
from bot.dialogue.named_jobs import naming_what_to_become
from bot.dialogue.people import open_to_all
from bot.dialogue.proposals import with_pick
from bot.dialogue.state import Knowledge, State, Turn, examples, not_understood, to_facets, to_values
from bot.dialogue.talk import OUT_OF_SCOPE, guidance, more, out_of_scope, situation, smalltalk
from bot.reading import FORMATION_FACETS, Reading

_FORMAL = re.compile(r"\b(vous|votre|vos)\b")


def decide(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """The replies to one message, and the state after it; "vous" to whom says it first."""
    formal = state.formal or bool(_FORMAL.search(fold(reading.text)))
    replies, after = with_resumption(*_decide(reading, replace(state, formal=formal), knowledge))
    if formal:
        replies = [replace(reply, values={**reply.values, "vous": True}) for reply in replies]
    return replies, after


def _decide(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    # A new catalogue may have come since the message was read.
    reading = replace(reading, mentions=tuple(_still_there(m, knowledge.catalogue) for m in reading.mentions))
    reading = with_pick(reading, state)
    if reading.intent == "distress":
        return _with_the_rest(reading, state, knowledge)
    after = after_distress(reading, state)
    if after is not None:
        return after
    state = replace(state, distress="")
    about_people = open_to_all(reading, knowledge)
    if about_people is not None:
        return _open_to_all(*about_people, state, knowledge)
    if reading.intent == "start_over" and not resumes(reading, state):
        return [Reply("restarted", Outcome.SMALLTALK, choices=examples(knowledge))], State()
    reading = naming_what_to_become(reading, knowledge)
    guided = guide(reading, state, knowledge)
    if guided is not None:
        return guided
    told = about_jobs(reading, state, knowledge)
    if told is not None:
        return told
    reading = of_formations(reading, state)
    if reading.ask is not None:
        return _choose(reading.ask, state, knowledge)
    chosen = _read_pending(reading, state, knowledge)
    if chosen is not None:
        return chosen
    if asks_for_a_list(reading):
        return search(reading, reading.mentions, state, knowledge)
    if reading.intent in OUT_OF_SCOPE and not (reading.intent == "out_of_scope" and _names_unknown(reading)):
        return out_of_scope(reading, state, knowledge)
    if reading.intent in ("choose", "nlu_fallback") and speaks_of_several(reading, state):
        return compare(reading, reading.mentions, state, knowledge)
    if reading.intent in _WITHOUT_FACET and not _names(reading):
        return _WITHOUT_FACET[reading.intent](reading, state, knowledge)
    return _answer(reading, state, knowledge)


def _open_to_all(reply: Reply, asked: Reading | None, state: State, knowledge: Knowledge) -> Turn:
    """That all is open to all, then the turn of what is asked without the words for people."""
    if asked is None:
        return [reply], replace(state, misses=0)
    replies, after = _decide(asked, state, knowledge)
    return [reply, *(r for r in replies if r.outcome is not Outcome.OUT_OF_SCOPE)], after


def _with_the_rest(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """The reply to distress, then the turn of what is asked beside it."""
    first, told = told_of_distress(reading.text, state)
    if reading.beside is None:
        return first, told
    replies, after = _decide(reading.beside, replace(state, distress=""), knowledge)
    return [*first, *replies], replace(after, distress=told.distress)


def _still_there(mention: Mention, catalogue: Catalogue) -> Mention:
    """`mention` without the formations and jobs that the catalogue does not hold."""
    return replace(
        mention,
        formations=tuple(i for i in mention.formations if i in catalogue.formations),
        jobs=tuple(label for label in mention.jobs if label in catalogue.jobs),
    )


def _choose(ask: Ask, state: State, knowledge: Knowledge) -> Turn:
    formations = knowledge.formations(ask.formations)
    if Facet.FORMATIONS_FOR_JOB in ask.facets and ask.jobs:
        return job_turn(ask.jobs, (), Wish(), ", ".join(ask.jobs), state, knowledge)
    if not formations:
        gone = Reply("gone", Outcome.UNKNOWN, facets=ask.facets, choices=examples(knowledge))
        return [gone], replace(state, waiting=(), candidates=())
    return about(facets_or_description(ask.facets, formations), [formations], state, knowledge)


def _read_pending(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message that picks among what was offered, or None when it does not."""
    offered = knowledge.formations(state.candidates or state.listed or state.discussed)
    asked = reading.facets or to_facets(state.waiting)
    if state.candidates and only_names(reading.text, offered):
        asked = to_facets(state.waiting)
    if not offered or Facet.FORMATIONS_FOR_JOB in asked or Facet.SEARCH in asked:
        return None
    waits = bool(state.candidates) or len(state.formations) > 1 or _points(reading.text)
    the_other = _the_other(reading, offered, state)
    pick = the_other or read_choice(_pointed_at(reading.text), offered, waits)
    if pick is None:
        return None
    ids = {f.id for f in offered}
    others = [m for m in reading.mentions if m.formations and not set(m.formations) & ids]
    if not pick.ordinal and any(m.type or not (waits or FOLLOW_UP.match(fold(reading.text))) for m in others):
        return None
    if pick.ordinal and not the_other and (Facet.COMPARISON in asked or reading.intent == "compare"):
        return None
    if not pick.formations:
        again = answers.ambiguous(asked, offered, "")
        return [replace(again, response="ambiguous_again")], state
    if not asked and not state.candidates:
        asked = to_facets(state.facets)
    asked = tuple(f for f in asked if f in FORMATION_FACETS)
    if len(pick.formations) > 1 and not one_answer(asked or (Facet.JOBS,), pick.formations):
        return ask_which(asked, pick.formations, reading.text, state)
    return about(facets_or_description(asked, pick.formations), [pick.formations], state, knowledge)


def _points(text: str) -> bool:
    """ "celui sur le livre": one of those just shown is meant."""
    return bool(re.match(r"\W*(et |pour |plutot )?cel(ui|le)\b", fold(text)))


def _pointed_at(text: str) -> str:
    """What "celui sur le livre, il mène à quoi ?" points at: its first clause; the whole of any other message."""
    return re.split(r"[,;:?!]", text)[0] if _points(text) else text


def _the_other(reading: Reading, offered: Sequence[Formation], state: State) -> Pick | None:
    """ "et l'autre ?" between two: the one not just spoken of."""
    if len(offered) != 2 or not re.search(r"\bl.?autre\b", fold(reading.text)):
        return None
    rest = [f for f in offered if f.id not in state.formations]
    return Pick(rest, ordinal=True) if len(rest) == 1 else None


def _answer(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    mentions = targets(reading, state)
    facets = what_is_asked_after(what_after(reading, state), reading)
    if asks_for_a_kind(reading, mentions):
        facets = (Facet.FORMATIONS_FOR_JOB,)
    if heads_for_another(reading):
        facets = (Facet.ACCESS,)
        mentions = [m for m in mentions if m.words][-1:]
    if asks_what_comes_next(reading, state):
        return from_context((Facet.FURTHER_STUDY,), reading, (), state, knowledge)
    if len(mentions) < len(reading.mentions) and facets == (Facet.FURTHER_STUDY,):
        # "après mon bac pro cuisine je peux faire le BTS ?" asks how to get into the BTS.
        facets = (Facet.ACCESS,)
    if Facet.FORMATIONS_FOR_JOB in facets and only_follows_up(reading, state):
        facets = ()
    if speaks_of_several(reading, state):
        return compare(reading, mentions, state, knowledge)
    if {Facet.SEARCH, Facet.ACCESS, Facet.FURTHER_STUDY}.issuperset(facets) and comes_after(reading, mentions):
        facets = (Facet.FURTHER_STUDY,)
    if Facet.SEARCH in facets or (not facets and names_many(reading, mentions)):
        return search(reading, mentions, state, knowledge)
    about_formation = [m for m in mentions if m.formations and (m.type or not m.jobs)]
    if (
        Facet.FORMATIONS_FOR_JOB in facets
        and about_formation
        and any(m.jobs and m not in about_formation for m in mentions)
    ):
        # "avec le CGEH on peut devenir jockey ?" asks for the jobs of the CGEH.
        facets = (Facet.JOBS,)
        mentions = about_formation
    if Facet.FORMATIONS_FOR_JOB in facets and len(facets) > 1 and any(m.formations for m in mentions):
        facets = tuple(f for f in facets if f is not Facet.FORMATIONS_FOR_JOB)
    if Facet.FORMATIONS_FOR_JOB in facets:
        found = for_job(reading, mentions, state, knowledge)
        if found is not None:
            return found
        facets = tuple(f for f in facets if f is not Facet.FORMATIONS_FOR_JOB)
    if Facet.COMPARISON in facets:
        return compare(reading, mentions, state, knowledge)
    if not facets:
        facets = facets_meant(reading, state)
    named = [narrowed(m, reading, state, knowledge) for m in mentions if m.formations]
    unknown = [m for m in mentions if not m.known and m.words]
    if not named and not unknown:
        jobs = [m for m in mentions if m.jobs]
        if jobs:
            return only_job(jobs, facets, reading, state, knowledge)
        return from_context(facets, reading, mentions, state, knowledge)
    groups = [knowledge.formations(m.formations) for m in named]
    replies: list[Reply] = []
    after = state
    if groups:
        replies, after = about(facets_or_description(facets, groups[0]), groups, state, knowledge, named)
    for mention in unknown if not groups or reading.intent != "ask_access" else ():
        replies.append(unknown_name(mention, facets, knowledge))
        if not groups:
            after = replace(state, waiting=to_values(facets), candidates=())
    return replies, replace(after, misses=0)


def _names_unknown(reading: Reading) -> bool:
    """ "DEUST de cuisine moléculaire tu connais ?" asks about a formation, be it one that does not exist."""
    return any(m.type and m.words and not m.known for m in reading.mentions)


def _names(reading: Reading) -> bool:
    return any(m.known or (m.type and m.words) for m in reading.mentions) and reading.intent not in (
        "tell_situation",
        "ask_guidance",
    )


def _no_choice(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    if reading.intent == "deny" and not reading.mentions:
        return _agree(replace(reading, intent="affirm"), replace(state, candidates=()), knowledge)
    if state.formations and FOLLOW_UP.match(fold(reading.text)):
        return _answer(replace(reading, intent="inform"), state, knowledge)
    return not_understood(reading, state, knowledge)


def _agree(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    offered = knowledge.formations(state.candidates)
    if len(offered) == 1:
        return about(facets_or_description(to_facets(state.waiting), offered), [offered], state, knowledge)
    return [Reply("go_on", Outcome.SMALLTALK, choices=examples(knowledge))], state


_WITHOUT_FACET: dict[str, Callable[[Reading, State, Knowledge], Turn]] = {
    "ask_guidance": guidance,
    "tell_situation": situation,
    "ask_more": more,
    "choose": _no_choice,
    "affirm": _agree,
    "deny": _no_choice,
    "greet": smalltalk("greet"),
    "goodbye": smalltalk("goodbye"),
    "thank": smalltalk("thank"),
    "bot_challenge": smalltalk("bot_challenge"),
    "ask_help": smalltalk("help", Outcome.HELP),
    "nlu_fallback": not_understood,
}
