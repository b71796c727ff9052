"""Turns about what one does in a job, earns, needs; and whether a message is about a job at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue import job_answers
from bot.catalogue.answers import SHOWN_FORMATIONS, Ask, Reply
from bot.catalogue.fiche import Facet, Formation, Outcome
from bot.catalogue.filters import Wish
from bot.catalogue.job_fiche import JOB_FACETS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold
from bot.catalogue.selection import read_choice
from bot.catalogue.telling import asked_about
from bot.dialogue.context import FOLLOW_UP, asks_for_a_kind, targets
from bot.dialogue.counterparts import OF_A_FORMATION, OF_A_JOB, job_facets
from bot.dialogue.jobs import job_turn
from bot.dialogue.named_jobs import (
    NamedJobs,
    as_titles,
    is_bare,
    is_said_of_someone,
    jobs_named,
    meanings,
    named_in_words,
    opened,
)
from bot.dialogue.state import Knowledge, State, Turn, to_facets, to_values
from bot.reading import Reading

# Facets that also tell which formations lead to the job.
_WITH_FORMATIONS = frozenset({Facet.JOB_ACCESS, Facet.FORMATIONS_FOR_JOB})
_COMPARED = (Facet.JOB_SALARY, Facet.JOB_LEVEL)
_MOST_TOLD = 4  # jobs told in one message
# Intents of messages that name something and ask nothing that is understood.
_ABOUT_A_NAME = frozenset({"inform", "choose", "affirm", "deny", "nlu_fallback"})
# Which of two pays more is asked of jobs: no formation pays.
_PAY = re.compile(r"\b(gagne(nt|r)?|pay(e|ee|es|ees|ent|er)|salaires?|remunere\w*)\b")
_MORE_OR_LESS = re.compile(r"\b(plus|moins|mieux|autant|aussi|pareil)\b.*\b(que|qu)\b")


def about_jobs(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message about jobs, or None: then it is about formations, or about nothing of the kind."""
    state = replace(state, jobs=tuple(label for label in state.jobs if label in knowledge.catalogue.jobs))
    if reading.ask is not None:
        return _chosen(reading.ask, state, knowledge)
    picked = _picked(reading, state, knowledge)
    if picked is not None:
        return picked
    if reading.intent == "ask_more" and not reading.mentions:
        return _more(state, knowledge)
    if {Facet.SEARCH} & set(reading.facets):
        return None
    if Facet.COMPARISON in reading.facets and _PAY.search(fold(reading.text)) and any(m.jobs for m in reading.mentions):
        reading = replace(reading, facets=(Facet.JOB_SALARY,))
    asked = job_facets(reading.facets)
    if state.candidates and not asked:
        return None
    if asked or is_bare(reading):
        reading = replace(reading, mentions=tuple(opened(m, reading, knowledge) for m in reading.mentions))
    if is_bare(reading):
        reading = replace(reading, facets=())
        asked = ()
    reading = replace(reading, mentions=tuple(targets(reading, state)))
    goes_on = not reading.facets and bool(job_facets(to_facets(state.facets)))
    named = jobs_named(reading, bool(asked) or goes_on, knowledge)
    formation_named = any(m.formations and m not in named for m in reading.mentions)
    if formation_named:
        if not named:
            return _not_of_a_formation(reading, asked, [], state, knowledge) if asked else None
        asked = tuple(f for f in asked if f not in OF_A_FORMATION)
        return _answer(asked, meanings(named, knowledge), reading, state, knowledge) if asked else None
    if named:
        return _about_named(named, asked, reading, state, knowledge)
    return _about_context(asked, reading, state, knowledge)


def of_formations(reading: Reading, state: State) -> Reading:
    """`reading` with its questions on a job turned into those on a formation, for when no job is answered for."""
    if not job_facets(reading.facets):
        return reading
    # "devenir pilote de ligne" asks for no "bac pro pilote de ligne de production".
    named = any(
        m.formations and not (m.jobs and not m.type and is_said_of_someone(m, reading)) for m in reading.mentions
    )
    spoken_of = bool(state.formations) and not reading.mentions and not reading.unseen
    access = Facet.ACCESS if named or spoken_of else Facet.FORMATIONS_FOR_JOB
    counterparts = {**OF_A_FORMATION, Facet.JOB_ACCESS: access}
    facets = [counterparts.get(f, f) for f in reading.facets if f not in JOB_FACETS or f in counterparts]
    if facets:
        return replace(reading, facets=tuple(dict.fromkeys(facets)))
    return replace(reading, facets=(), intent="ask_salary" if Facet.JOB_SALARY in reading.facets else "out_of_scope")


def _about_named(
    named: Sequence[Mention], asked: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge
) -> Turn | None:
    """A message that names jobs and no formation."""
    fiches = knowledge.catalogue.job_fiches
    has_fiche = any(label in fiches for m in named for label in m.jobs)
    if asks_for_a_kind(reading, reading.mentions):
        return None
    leading = knowledge.catalogue.formations_listing([label for m in named for label in m.jobs])
    of_studies = not asked and len(leading) == 1 and not any(is_said_of_someone(m, reading) for m in named)
    if of_studies and not {Facet.DESCRIPTION}.issuperset(reading.facets):
        return None  # of the one formation that leads there
    facets = tuple(dict.fromkeys(OF_A_JOB.get(f, f) if has_fiche else f for f in reading.facets))
    if facets == (Facet.JOBS,) and has_fiche and any(m.type and not m.known for m in reading.mentions):
        facets = (Facet.JOB_LEVEL,)  # "on peut être maçon avec un CAP ?"
    if Facet.FORMATIONS_FOR_JOB in facets and not job_facets(facets):
        return None
    if Facet.COMPARISON in facets and len(named) > 1 and has_fiche:
        facets = asked or _COMPARED
    if not facets:
        if state.waiting and not job_facets(to_facets(state.waiting)):
            return None
        facets = _meant(reading, state)
    facets = tuple(f for f in facets if f in JOB_FACETS or f is Facet.FORMATIONS_FOR_JOB)
    groups = meanings(named, knowledge)
    if job_facets(facets) and len(named) == len(state.jobs) == 1 and _MORE_OR_LESS.search(fold(reading.text)):
        # "c'est mieux payé que plombier ?": the job spoken of beside the one named.
        spoken_of = NamedJobs(state.jobs, state.jobs[0])
        return _answer(job_facets(facets), [spoken_of, *groups], reading, state, knowledge)
    only_named = is_bare(reading) or reading.intent in _ABOUT_A_NAME
    if not facets and not reading.facets and has_fiche and len(named) == 1 and only_named:
        return _bare(groups[0], reading, state, knowledge)
    if not job_facets(facets) or (not has_fiche and set(facets) <= _WITH_FORMATIONS):
        return None
    if not fiches and Facet.JOB_SALARY in facets:
        return None
    return _answer(facets, groups, reading, state, knowledge)


def _about_context(asked: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """A message that names neither a job nor a formation: about the job spoken of, one that nobody knows, or none."""
    if asked and not knowledge.catalogue.job_fiches:
        return None
    if asked:
        named = named_in_words(reading, state, knowledge)
        if named and named.labels:
            return _answer(asked, [named], reading, state, knowledge)
        if named:
            words = " ".join(knowledge.resolver.content_words(reading.text))
            near = knowledge.resolver.near_jobs(words or named.said)
            reply = job_answers.unknown_job_asked(asked, named.said, near, knowledge.catalogue)
            return [reply], _waiting(state, asked)
    spoken_of = state.jobs or _only_job(state, knowledge)
    meant = asked
    clear = spoken_of and not (state.formations or state.candidates or reading.unseen or reading.mentions)
    if not meant and clear and all(f in OF_A_JOB for f in reading.facets):
        meant = tuple(dict.fromkeys(OF_A_JOB[f] for f in reading.facets))
    if meant and spoken_of:
        return _answer(meant, [NamedJobs((label,), label) for label in spoken_of], reading, state, knowledge)
    if not asked:
        return None
    formations = knowledge.formations(state.candidates or state.formations)
    if formations:
        return _not_of_a_formation(reading, asked, formations, state, knowledge)
    return [Reply("missing_job", Outcome.MISSING, facets=asked)], _waiting(state, asked)


def _answer(
    facets: tuple[Facet, ...], groups: Sequence[NamedJobs], reading: Reading, state: State, knowledge: Knowledge
) -> Turn:
    """Answer about each job named; one whose fiches differ on what is asked is asked about first."""
    catalogue = knowledge.catalogue
    told = tuple(f for f in facets if f in JOB_FACETS)
    for group in groups:
        if len(group.labels) > 1 and not job_answers.share_job_facts(told, group.labels, catalogue):
            reply = job_answers.ambiguous_job(facets, group.labels, group.said, catalogue)
            return [reply], replace(_waiting(state, facets), job_candidates=group.labels)
    labels = tuple(dict.fromkeys(label for group in groups for label in group.labels[:_MOST_TOLD]))[:_MOST_TOLD]
    alone = len(labels) == 1 and (facets == (Facet.JOB_ACCESS,) or Facet.FORMATIONS_FOR_JOB in facets)
    leading = knowledge.catalogue.formations_listing(labels) if alone else []
    replies = job_answers.answer_jobs(told, labels, catalogue, asked_about(reading.text), leading)
    return replies, _after(facets, labels, leading, state)


def _bare(group: NamedJobs, reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """A job's name alone: what one does, and which formations lead there."""
    if len(group.labels) > 1:
        return _answer((Facet.JOB_DESCRIPTION,), [group], reading, state, knowledge)
    leading = knowledge.catalogue.formations_listing(group.labels)
    facets = (Facet.JOB_DESCRIPTION,)
    replies = job_answers.answer_jobs(facets, group.labels, knowledge.catalogue, leading=leading)
    return replies, _after(facets, group.labels, leading, state)


def _after(facets: Sequence[Facet], labels: tuple[str, ...], leading: Sequence[Formation], state: State) -> State:
    ids = tuple(formation.id for formation in leading)
    return replace(
        state,
        facets=to_values(facets),
        jobs=labels,
        formations=ids if len(ids) == 1 else (),
        listed=ids or state.listed,
        shown=SHOWN_FORMATIONS,
        waiting=(),
        candidates=(),
        job_candidates=(),
        said=(),
        misses=0,
        page=0,
    )


def _waiting(state: State, facets: Sequence[Facet]) -> State:
    return replace(state, waiting=to_values(facets), candidates=(), job_candidates=(), misses=0)


def _chosen(ask: Ask, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a button that asks about jobs, or None."""
    labels = tuple(label for label in ask.jobs if label in knowledge.catalogue.jobs)
    facets = tuple(f for f in ask.facets if f in JOB_FACETS)
    if not labels or Facet.FORMATIONS_FOR_JOB in ask.facets and not facets:
        return None
    if ask.page:
        return _page(facets, labels, ask.page, state, knowledge)
    nothing_typed = Reading("", "inform")
    if not facets:
        return _bare(NamedJobs(labels, labels[0]), nothing_typed, state, knowledge)
    return _answer(ask.facets, [NamedJobs((label,), label) for label in labels], nothing_typed, state, knowledge)


def _picked(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message that picks among the jobs just offered, or None when it does not."""
    offered = [label for label in state.job_candidates if label in knowledge.catalogue.jobs]
    if not offered or any(m.formations for m in reading.mentions):
        return None
    waiting = tuple(f for f in to_facets(state.waiting) if f in JOB_FACETS or f is Facet.FORMATIONS_FOR_JOB)
    facets = job_facets(reading.facets) or waiting
    named = [label for m in reading.mentions for label in m.jobs]
    kept = [label for label in offered if label in named]
    if named and not kept:
        return None
    if not kept:
        pick = read_choice(reading.text, as_titles(offered), waiting=True)
        if pick is None:
            return None
        kept = [formation.id for formation in pick.formations]
    if kept and not job_facets(facets) and Facet.FORMATIONS_FOR_JOB in facets:
        return job_turn(tuple(kept), (), Wish(), ", ".join(kept), replace(state, job_candidates=()), knowledge)
    if not kept:
        again = job_answers.ambiguous_job(facets, offered, "", knowledge.catalogue)
        return [replace(again, response="ambiguous_job_again")], state
    picked = NamedJobs(tuple(kept), reading.text)
    return _answer(facets, [picked], reading, state, knowledge) if facets else _bare(picked, reading, state, knowledge)


def _more(state: State, knowledge: Knowledge) -> Turn | None:
    return _page(job_facets(to_facets(state.facets)), state.jobs, state.page + 1, state, knowledge)


def _page(
    facets: tuple[Facet, ...], labels: tuple[str, ...], page: int, state: State, knowledge: Knowledge
) -> Turn | None:
    """Page `page` of what was left out of long sections, or None where there is no more."""
    reply = job_answers.rest(facets, labels, page, knowledge.catalogue) if facets and labels else None
    return ([reply], replace(_after(facets, labels, (), state), page=page)) if reply else None


def _not_of_a_formation(
    reading: Reading, asked: tuple[Facet, ...], context: Sequence[Formation], state: State, knowledge: Knowledge
) -> Turn | None:
    """A formation has no salary nor hours of work; its jobs have. None where the same can be asked of a formation."""
    if any(f in OF_A_FORMATION for f in asked) or not knowledge.catalogue.job_fiches:
        return None
    if any(f not in JOB_FACETS for f in reading.facets):
        return None
    ids = [i for m in reading.mentions for i in m.formations]
    formations = knowledge.formations(ids) or list(context)
    labels = list(dict.fromkeys(label for formation in formations[:1] for label in formation.jobs))
    choices = job_answers.salaries_of(labels, knowledge.catalogue) if Facet.JOB_SALARY in asked else ()
    reply = Reply("scope_of_a_job", Outcome.OUT_OF_SCOPE, {"choices": len(choices)}, choices=choices)
    return [reply], replace(state, misses=0)


def ask_which_job(facets: tuple[Facet, ...], labels: Sequence[str], state: State, knowledge: Knowledge) -> Turn:
    """Ask of which of the jobs just shown; the question waits."""
    reply = job_answers.ambiguous_job(facets, labels, "", knowledge.catalogue)
    return [reply], replace(_waiting(state, facets), job_candidates=tuple(labels))


def _meant(reading: Reading, state: State) -> tuple[Facet, ...]:
    """What a job's name alone asks: the question that waits for it, or again the last one when it follows up."""
    if state.waiting:
        return job_facets(to_facets(state.waiting))
    return job_facets(to_facets(state.facets)) if FOLLOW_UP.match(fold(reading.text).strip()) else ()


def _only_job(state: State, knowledge: Knowledge) -> tuple[str, ...]:
    """The job of a formation that lists one alone, when its jobs were just told; else none."""
    formations = knowledge.formations(state.formations)
    told = state.facets == (Facet.JOBS.value,) and len(formations) == 1 and len(formations[0].jobs) == 1
    return formations[0].jobs if told else ()
