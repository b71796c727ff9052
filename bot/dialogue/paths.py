"""Turns on the ways to a job: which message asks for them, and the reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.catalogue import fiche as formation_fiche
from bot.catalogue.answers import Ask, Choice, Reply, both_genders, source_of
from bot.catalogue.fiche import FIELD_DURATION, SECTION_JOBS, Facet, Outcome
from bot.catalogue.job_fiche import FIELD_LEVEL, SECTION_FORMATIONS
from bot.catalogue.normalize import fold
from bot.dialogue.context import FOLLOW_UP
from bot.dialogue.state import Knowledge, State, Turn, to_values
from bot.guidance.path import Step, Way, ways
from bot.guidance.profile import Profile
from bot.reading import Reading

_WAY = re.compile(
    r"\b(chemins?|etapes?|parcours)\b|\bcomment\b.{0,30}\b(devenir|etre|deviens|devient|faire)\b"
    r"|\b(quoi|que) faire\b.{0,40}\bpour (devenir|etre)\b"
    r"|\bpour (devenir|etre)\b.{0,40}\b(quoi|que) (je )?(fais|faire|dois)\b"
)
# "comment on le devient après la 3e ?", of the job spoken of.
_BECOME_IT = re.compile(r"\bcomment\b.{0,30}\b(le|la|l|en) ?'?(devenir|deviens|devient|etre|est)\b")
_FROM_THERE = re.compile(r"\b(apres|avec|depuis|en partant|si je suis|si j ?'?ai)\b")
_LEADING_THERE = frozenset(
    f.value for f in (Facet.JOB_ACCESS, Facet.FORMATIONS_FOR_JOB, Facet.JOB_LEVEL, Facet.JOB_SALARY)
)
_STEP_BY_STEP = re.compile(r"\b(chemins?|etapes?)\b")
_SHORT = 7  # words of a message that says from where and nothing else
_TELLING = frozenset("inform tell_situation choose affirm nlu_fallback ask_guidance out_of_scope".split())


def job_with_a_way_asked(reading: Reading, said: Profile, state: State, knowledge: Knowledge) -> str | None:
    """The label of the job to which a message asks the way: it says from where, or it goes on after such a reply."""
    named = next((m.jobs[0] for m in reading.mentions if m.whole_job and len(m.jobs) == 1), None)
    if named:
        asked = _WAY if said.situation else _STEP_BY_STEP
        return named if asked.search(fold(reading.text)) else None
    asks = _of_it(reading, said) if set(state.facets) & _LEADING_THERE else False
    if asks or (state.facets == (Facet.PATH.value,) and _goes_on(reading, said)):
        return next((label for label in state.jobs if label in knowledge.catalogue.jobs), None)
    return None


def ask_way(label: str) -> Ask:
    """The question for the ways to a job."""
    return Ask(facets=(Facet.PATH,), jobs=(label,))


def sections_cited(
    of_jobs: Sequence[tuple[str, str]], of_formations: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    """The names of the sections cited, of job fiches and of formation fiches."""
    return {
        "jobs": list(dict.fromkeys(section for _, section in of_jobs)),
        "formations": list(dict.fromkeys(section for _, section in of_formations)),
    }


def way_to(label: str, state: State, knowledge: Knowledge) -> Turn:
    """The ways to one job from where one stands (from 3e where that was not said)."""
    catalogue, profile = knowledge.catalogue, state.guidance.profile
    found = ways(profile, label, catalogue)
    about: dict[str, Any] = {
        "job": both_genders(label, catalogue),
        "situation": profile.situation or "3e",
        "said": profile.situation,
    }
    asks = [Facet.FORMATIONS_FOR_JOB] if catalogue.jobs[label].formations else []
    asks += [Facet.JOB_ACCESS] if label in catalogue.job_fiches else []
    choices = tuple(Choice(f"choice_{f.value}", {}, Ask((f,), (), (label,))) for f in asks)
    after = replace(state, jobs=(label,), facets=to_values((Facet.PATH,)), formations=(), waiting=(), candidates=())
    after = replace(after, job_candidates=(), misses=0, guidance=replace(state.guidance, step=""))
    fiche = catalogue.job_fiches.get(label)
    of_level = [(label, FIELD_LEVEL)] if fiche and fiche.level else []
    if not found:
        about["level"] = fiche.level if fiche else None
        none = Reply("path_none", Outcome.NOT_IN_FICHE, about, (Facet.PATH,), (), (label,), (), choices)
        return [replace(none, job_sources=tuple(of_level))], after
    formations = tuple({s.formation.id: s.formation for way in found for s in way.steps if s.formation}.values())
    sources = [source for way in found for step in way.steps for source in _step_sources(step)]
    last = [way.steps[-1].formation for way in found if way.listed == "formation"]
    sources += [(formation.id, SECTION_JOBS) for formation in last if formation]
    job_sources = [(label, SECTION_FORMATIONS)] if any(way.listed == "job" for way in found) else []
    job_sources += of_level
    values: dict[str, Any] = {
        **about,
        "ways": [_way(way) for way in found],
        "level": fiche.level if fiche else None,
        "no_apprenticeship": profile.apprenticeship and all(not w.steps[-1].apprenticeship for w in found),
        "cited": sections_cited(job_sources, sources),
        "source": source_of(catalogue),
    }
    reply = Reply(
        "path",
        Outcome.ANSWERED,
        values,
        (Facet.PATH,),
        formations,
        (label,),
        tuple(dict.fromkeys(sources)),
        choices,
        tuple(job_sources),
    )
    return [reply], replace(after, listed=tuple(f.id for f in formations), shown=len(formations))


def _of_it(reading: Reading, said: Profile) -> bool:
    """ "et après un bac pro ?", "comment on le devient après la 3e ?" of a job just spoken of."""
    folded = fold(reading.text)
    if not said.situation or any(m.known and m.words for m in reading.mentions):
        return False
    short = len(folded.split()) <= _SHORT and FOLLOW_UP.match(folded) and _FROM_THERE.search(folded)
    return bool(short or _BECOME_IT.search(folded))


def _goes_on(reading: Reading, said: Profile) -> bool:
    """ "et en apprentissage ?", "et si je suis en terminale ?" after a way to a job."""
    tells = bool(said.situation or said.series or said.apprenticeship or said.years is not None)
    named = any(m.known and m.words for m in reading.mentions)
    return tells and not named and (bool(FOLLOW_UP.match(fold(reading.text))) or reading.intent in _TELLING)


def _way(way: Way) -> dict[str, Any]:
    return {"years": way.years, "listed": way.listed, "steps": [_step(step) for step in way.steps]}


def _step(step: Step) -> dict[str, Any]:
    formation = step.formation
    return {
        "rung": step.rung,
        "years": step.years,
        "title": formation.title if formation else None,
        "duration": formation.duration if formation else None,
        "level": formation.level if formation else None,
        "inferred": step.inferred,
        "section": step.source[1] if step.source else None,
        "school": bool(step.school),
        "apprenticeship": bool(step.apprenticeship),
    }


def _step_sources(step: Step) -> list[tuple[str, str]]:
    formation = step.formation
    if formation is None:
        return []
    found = [step.source] if step.source else []
    found += [(formation.id, FIELD_DURATION)] if formation.duration else []
    found += [(formation.id, formation_fiche.FIELD_LEVEL)] if formation.level else []
    return found + [(formation.id, s) for s in (step.school, step.apprenticeship) if s]
