"""What guidance says: its questions with their buttons, and the jobs that it suggests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.answers.ways import ask_way, sections_cited
from bot.catalogue.answers import Ask, Choice, Reply, both_genders, source_of
from bot.catalogue.fiche import FIELD_DURATION, Facet, Outcome
from bot.catalogue.job_fiche import FIELD_LEVEL, SECTION_INTERESTS
from bot.guidance.interview import Interview
from bot.guidance.profile import SERIES, SITUATIONS, Profile
from bot.guidance.ranking import DISLIKES, SUGGESTED, Reason, Suggestion, rank, weigh
from bot.world import World

_TOLD_FORMATIONS = 2  # of each job suggested; the rest is a tap away
_TASTES_OFFERED = 7
_YEARS_OFFERED = (2, 3, 5)
_SITUATIONS_OFFERED = SITUATIONS[:6]


def button(kind: str, tapped: str, value: str = "") -> Choice:
    """A button of guidance: `kind` and `value` word its title, `tapped` is the answer that it gives (`Ask.guide`)."""
    return Choice("choice_guidance", {"kind": kind, "value": value}, Ask((Facet.GUIDANCE,), guide=tapped))


def ask_step(step: str, interview: Interview, world: World, again: bool = False, start: int | None = None) -> Reply:
    """The question of a step with its buttons; tastes are offered from place `start` on, or after those told."""
    profile = interview.profile
    tastes = _tastes(profile, world)
    first = len(profile.interests) * _TASTES_OFFERED if start is None else start
    first = first if first < len(tastes) else 0
    offered: Sequence[str] = {
        "situation": _SITUATIONS_OFFERED,
        "series": SERIES[:6] + SERIES[-1:],
        "interests": tastes[first : first + _TASTES_OFFERED],
        "avoided": [key for key in DISLIKES if key not in profile.avoided],
        "years": [str(years) for years in _YEARS_OFFERED],
        "apprenticeship": ["oui"],
    }[step]
    choices = [button(step, f"{step}:{v}", v) for v in offered]
    if step == "interests" and len(tastes) > _TASTES_OFFERED:
        choices.append(button("tastes", f"tastes:{first + _TASTES_OFFERED}"))
    answered = bool({"interests": profile.interests, "avoided": profile.avoided}.get(step))
    choices.append(button("enough" if answered else "skip", f"skip:{step}", step))
    if profile.interests and step != "interests":
        choices.append(button("show", "show"))
    values = {"step": step, "again": again, "answered": answered, "noted": False, "child": profile.child}
    return Reply("guidance_question", Outcome.HELP, values, (Facet.GUIDANCE,), choices=tuple(choices))


def _tastes(profile: Profile, world: World) -> list[str]:
    """The tastes not said yet, those that most jobs have first."""
    weights = weigh(world.catalogue.job_fiches.values())
    said = {*profile.interests, *profile.avoided}
    return sorted((i for i in weights if i not in said), key=lambda i: (weights[i], i))


def suggest(interview: Interview, world: World) -> Reply:
    """At most five jobs not shown yet, each with its reasons and the nearest formations."""
    catalogue = world.catalogue
    found = rank(interview.profile, catalogue, seen=interview.shown)
    if not found.jobs:
        all_shown = bool(interview.shown)
        choices = [] if all_shown else [button("start", "next")]
        return Reply("guidance_none", Outcome.HELP, {"shown": all_shown}, (Facet.GUIDANCE,), choices=tuple(choices))
    labels = tuple(suggestion.job.title for suggestion in found.jobs)
    told = [f for s in found.jobs for f in s.formations[:_TOLD_FORMATIONS]]
    choices = [Choice("choice_path", {"job": both_genders(label, catalogue)}, ask_way(label)) for label in labels]
    choices.append(button("more", "more"))
    missing = interview.next_step or ("" if interview.profile.interests else "interests")
    if missing:
        choices.append(button("refine", f"ask:{missing}", missing))
    shared = _shared_reasons(found.jobs)
    formation_sources = [(f.id, FIELD_DURATION) for f in told if f.duration] + _reason_sources(found.jobs)
    sources = [(label, section) for s in found.jobs for label, section in _job_sources(s)]
    return Reply(
        "guidance_suggestions",
        Outcome.ANSWERED,
        {
            "jobs": [_suggestion(s, shared, world) for s in found.jobs],
            "shared": [{"kind": r.kind, "value": r.value} for r in shared],
            "tastes": bool(interview.profile.interests),
            "cited": sections_cited(sources, formation_sources),
            "given_up": interview.profile.years if found.given_up else None,
            "others": bool(interview.shown),
            "child": interview.profile.child,
            "source": source_of(catalogue),
        },
        (Facet.GUIDANCE,),
        tuple({f.id: f for f in told}.values()),
        labels,
        tuple(dict.fromkeys(formation_sources)),
        tuple(choices[: SUGGESTED + 2]),
        tuple(dict.fromkeys(sources)),
    )


def _shared_reasons(suggestions: Sequence[Suggestion]) -> list[Reason]:
    """The reasons, tastes apart, that all have and that are told once."""
    first, *rest = suggestions
    kinds = {(r.kind, r.value) for r in first.reasons if r.kind in ("years", "apprenticeship")}
    for suggestion in rest:
        kinds &= {(r.kind, r.value) for r in suggestion.reasons}
    return [r for r in first.reasons if (r.kind, r.value) in kinds] if rest else []


def _suggestion(suggestion: Suggestion, shared: Sequence[Reason], world: World) -> dict[str, Any]:
    once = {(r.kind, r.value) for r in shared}
    told = suggestion.formations[:_TOLD_FORMATIONS]
    return {
        "job": both_genders(suggestion.job.title, world.catalogue),
        "level": suggestion.job.level,
        "reasons": [{"kind": r.kind, "value": r.value} for r in suggestion.reasons if (r.kind, r.value) not in once],
        "formations": [{"title": f.title, "duration": f.duration} for f in told],
        "more": len(suggestion.formations) - len(told),
    }


def _job_sources(suggestion: Suggestion) -> list[tuple[str, str]]:
    label = suggestion.job.title
    sections = [SECTION_INTERESTS] if any(r.kind == "interest" for r in suggestion.reasons) else []
    return [(label, section) for section in [*sections, *([FIELD_LEVEL] if suggestion.job.level else [])]]


def _reason_sources(suggestions: Sequence[Suggestion]) -> list[tuple[str, str]]:
    told = {f.id for s in suggestions for f in s.formations[:_TOLD_FORMATIONS]}
    return [(r.fiche, r.section) for s in suggestions for r in s.reasons if r.fiche in told]
