"""The reply that tells the ways to a job from where one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.catalogue import fiche as formation_fiche
from bot.catalogue.answers import Ask, Choice, Reply, both_genders, source_of
from bot.catalogue.fiche import FIELD_DURATION, SECTION_JOBS, Facet, Outcome
from bot.catalogue.job_fiche import FIELD_LEVEL, SECTION_FORMATIONS
from bot.guidance.interview import Interview
from bot.guidance.path import Step, Way, ways
from bot.world import World


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


def way_to(label: str, interview: Interview, world: World) -> Reply:
    """The ways to one job from where one stands (from 3e where that was not said)."""
    catalogue, profile = world.catalogue, interview.profile
    found = ways(profile, label, catalogue)
    about: dict[str, Any] = {
        "job": both_genders(label, catalogue),
        "situation": profile.situation or "3e",
        "said": profile.situation,
    }
    asks = [Facet.FORMATIONS_FOR_JOB] if catalogue.jobs[label].formations else []
    asks += [Facet.JOB_ACCESS] if label in catalogue.job_fiches else []
    choices = tuple(Choice(f"choice_{f.value}", {}, Ask((f,), (), (label,))) for f in asks)
    fiche = catalogue.job_fiches.get(label)
    of_level = [(label, FIELD_LEVEL)] if fiche and fiche.level else []
    if not found:
        about["level"] = fiche.level if fiche else None
        none = Reply("path_none", Outcome.NOT_IN_FICHE, about, (Facet.PATH,), (), (label,), (), choices)
        return replace(none, job_sources=tuple(of_level))
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
    return Reply(
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
