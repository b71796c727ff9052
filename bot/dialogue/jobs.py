"""Turns that start from a job: the formations that lead to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue import answers, job_answers
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.filters import Wish, nearest, read_wish
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold, stem
from bot.catalogue.talk import QUESTION_WORDS
from bot.dialogue.formations import about, after_list, facets_or_description
from bot.dialogue.state import Knowledge, State, Turn
from bot.reading import FORMATION_FACETS, Reading

_NAMED_JOB = re.compile(r"\b(?:devenir|etre|formations? (?:de |d ?'))\s*(?:un |une )?([a-z]{4,})")


def for_job(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn | None:
    wish = read_wish(reading.text, next((m.type for m in reading.mentions if m.type), None))
    jobs = [m for m in mentions if m.jobs]
    if jobs:
        labels = tuple(dict.fromkeys(label for m in jobs for label in m.jobs))
        beside = tuple(i for m in jobs if m.whole for i in m.formations)
        return job_turn(labels, beside, wish, jobs[0].text, state, knowledge)
    named = [m for m in mentions if m.formations]
    if named:
        formations = knowledge.formations([i for m in named for i in m.formations])
        reply = answers.formations_for_job((), formations, knowledge.catalogue)
        reply = replace(reply, response="formations_named", values={**reply.values, "said": named[0].text})
        return [reply], after_list(state, formations, (Facet.FORMATIONS_FOR_JOB,))
    if state.jobs and not reading.unseen:
        return job_turn(state.jobs, (), wish, ", ".join(state.jobs), state, knowledge)
    said = " ".join(w for m in mentions for w in m.words) or " ".join(reading.unseen) or _job_said(reading.text)
    if not said:
        if state.formations:
            return None
        return [Reply("missing_job", Outcome.MISSING, facets=(Facet.FORMATIONS_FOR_JOB,))], replace(
            state, waiting=(), misses=0
        )
    return [answers.unknown_job(said, knowledge.resolver.near_jobs(said), knowledge.catalogue)], replace(
        state, misses=0
    )


def _job_said(text: str) -> str:
    """The job that "formation de dresseur de dragons" names, or nothing."""
    found = _NAMED_JOB.search(fold(text))
    word = found[1] if found else ""
    return "" if stem(word) in QUESTION_WORDS or word in GAP_WORDS else word


def job_turn(
    labels: Sequence[str], beside: Sequence[str], wish: Wish, said: str, state: State, knowledge: Knowledge
) -> Turn:
    """The formations that lead to one of the jobs `labels` or are among `beside`, as near to a wish as there are."""
    catalogue = knowledge.catalogue
    leading = knowledge.catalogue.formations_listing(labels)
    ids = {formation.id for formation in leading}
    formations = [*leading, *knowledge.formations([i for i in beside if i not in ids])]
    shown, given_up = nearest(formations, wish, knowledge.resolver.is_kind)
    if not shown:
        advised = next((reply for label in labels if (reply := job_answers.recommended(label, catalogue))), None)
        if advised is not None:
            return [advised], replace(after_list(state, advised.formations, advised.facets), jobs=advised.jobs)
        known = [label for label in labels if label in catalogue.job_fiches]
        access = job_answers.answer_jobs((Facet.JOB_ACCESS,), known, catalogue) if known else []
        if access and access[0].outcome is Outcome.ANSWERED:
            return access[:1], replace(after_list(state, (), (Facet.JOB_ACCESS,)), jobs=access[0].jobs)
        return [answers.unknown_job(said, knowledge.resolver.near_jobs(said), catalogue)], replace(state, misses=0)
    kept_kind = wish.kind if all(part["what"] != "type" for part in given_up) else None
    reply = answers.formations_for_job(labels, shown, catalogue, kept_kind, given_up)
    return [reply], replace(after_list(state, shown, (Facet.FORMATIONS_FOR_JOB,)), jobs=tuple(labels))


def only_job(
    jobs: Sequence[Mention], facets: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge
) -> Turn:
    """A job named where a formation was expected: the formations that lead there, or the context when it is clear."""
    context = knowledge.formations(state.formations)
    if Facet.JOBS in facets and context:
        return about(facets, [context], state, knowledge)
    labels = tuple(dict.fromkeys(label for m in jobs for label in m.jobs))
    leading = knowledge.catalogue.formations_listing(labels)
    if len(leading) == 1 and set(facets) & FORMATION_FACETS:
        return about(facets_or_description(facets, leading), [leading], state, knowledge)
    return job_turn(labels, (), Wish(), jobs[0].text, state, knowledge)
