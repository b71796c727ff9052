"""Suggests at most five jobs for a profile, each with its reasons. docs/guidance.md explains the formula."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.job_fiche import FIELD_LEVEL, SECTION_CONDITIONS, SECTION_INTERESTS, JobFiche
from bot.catalogue.normalize import tokenize
from bot.guidance.admission import admission, apprenticeship_section, is_step_back, names_series
from bot.guidance.ladder import CAP, rung_of_job, rung_of_situation, years_of, years_to
from bot.guidance.profile import Profile
from bot.guidance.sections import says

SUGGESTED = 5
_LEAST = 2
_ALIKE = 2  # the most suggested jobs whose names begin with the same word

# What a pupil may refuse beside interests, and the words by which "Conditions de travail" mention it.
DISLIKES: Mapping[str, re.Pattern[str]] = {
    "bureau": re.compile(r"\bbureaux?\b|\bsedentaire"),
    "nuit": re.compile(r"\bnuits?\b|\bnocturne"),
    "week-end": re.compile(r"\bweek-? ?ends?\b|\bdimanche|\bjours feries"),
    "hauteur": re.compile(r"\ben hauteur\b|\bvertige|\bechafaud|\btoits?\b|\btoitures?\b"),
}

_OTHER_INTEREST = 0.04
_YEAR_OF_STUDY = 0.02
_RUNG_BELOW = 0.15
_REACH = 0.1
_DOORS = 0.1
_APPRENTICESHIP = 0.3
_SERIES = 0.15
_CONSIDERED = 40  # how many jobs, the best by tastes and level, have their formations looked at


@dataclass(frozen=True)
class Reason:
    """One reason why a job is suggested.

    `kind` is "interest", "years", "apprenticeship" or "series", and `value` what the pupil said of it; or `kind` is
    "near" and `value` the label of the only job found, which this one resembles. `section` is the section that supports
    it, of the job's fiche or, if `fiche` is given, of the fiche of the formation with that id.
    """

    kind: str
    value: str
    section: str
    fiche: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A suggested job: its score, the reasons, and the formations within reach that lead to it, nearest first."""

    job: JobFiche
    score: float
    reasons: tuple[Reason, ...]
    formations: tuple[Formation, ...]


@dataclass(frozen=True)
class Suggestions:
    """The suggested jobs, best first; `given_up` tells that the length of study was ignored, as too few jobs fit it."""

    jobs: tuple[Suggestion, ...]
    given_up: bool = False


def rank(profile: Profile, catalogue: Catalogue, seen: Collection[str] = ()) -> Suggestions:
    """At most five jobs for a profile; jobs whose labels are in `seen` are left out."""
    liked = [f for f in catalogue.job_fiches.values() if f.title not in seen and _is_liked(profile, f)]
    fitting = [f for f in liked if not _refused(profile, f)]
    in_time = [f for f in fitting if _in_time(profile, f)]
    given_up = profile.years is not None and len(in_time) < _LEAST
    if given_up:
        # The tastes count more than the years; what is refused stays refused.
        profile, in_time = replace(profile, years=None), fitting
    weights = weigh(catalogue.job_fiches.values())
    scores = {f.title: _score(profile, f, weights) for f in in_time}
    if not profile.interests:
        for f in in_time:
            scores[f.title] += _DOORS * math.log1p(len(catalogue.formations_leading_to(f.title)))
    in_time.sort(key=lambda f: (-scores[f.title], f.title))
    found = [_suggestion(profile, fiche, scores[fiche.title], catalogue) for fiche in in_time[:_CONSIDERED]]
    found.sort(key=lambda s: (-s.score, s.job.title))
    kept = _varied(found, profile)
    if len(kept) == 1 and not seen:
        others = [f for f in catalogue.job_fiches.values() if not _refused(profile, f) and f != kept[0].job]
        kept += _nearest(kept[0].job, [f for f in others if _in_time(profile, f)], weights, profile, catalogue)
    return Suggestions(kept, given_up)


def weigh(fiches: Collection[JobFiche]) -> dict[str, float]:
    """The weight of each interest, from 1 if a single job has it to 0 if all jobs have it."""
    counts = Counter(interest for fiche in fiches for interest in fiche.interests)
    total = max(2, len(fiches))
    return {interest: math.log(total / count) / math.log(total) for interest, count in counts.items()}


def formations_in_reach(profile: Profile, label: str, catalogue: Catalogue) -> list[Formation]:
    """The formations that lead to the job `label` and fit the profile's situation and years of study.

    Those that lead higher than the situation come first; among equals, those with apprenticeship if it is wished, then
    those that take the fewest years.
    """
    timed = []
    for formation in catalogue.formations_leading_to(label):
        starts, years = admission(formation), years_of(formation)
        if starts is None:
            continue
        wait = min(_wait(rung, profile.situation) for rung in starts.rungs)
        total = wait + (years or 0)
        if profile.years is None or total <= profile.years:
            back = is_step_back(formation, profile.situation)
            unlearnt = bool(profile.apprenticeship and not apprenticeship_section(formation))
            timed.append((back, unlearnt, total, formation))
    timed.sort(key=lambda item: item[:3])
    return [formation for *_, formation in timed]


def _wait(rung: int, situation: str) -> int:
    """The years from `situation` until a formation that starts at `rung` can be entered; 0 if it can be already."""
    return 0 if situation and rung_of_situation(situation) >= rung else years_to(rung, situation)


def _refused(profile: Profile, fiche: JobFiche) -> bool:
    if set(profile.avoided) & set(fiche.interests):
        return True
    conditions = fiche.value(SECTION_CONDITIONS) or ""
    return any(says(conditions, DISLIKES[key]) for key in profile.avoided if key in DISLIKES)


def _in_time(profile: Profile, fiche: JobFiche) -> bool:
    rung = rung_of_job(fiche.level)
    return profile.years is None or (rung is not None and years_to(rung, profile.situation) <= profile.years)


def _is_liked(profile: Profile, fiche: JobFiche) -> bool:
    return not profile.interests or bool(set(profile.interests) & set(fiche.interests))


def _score(profile: Profile, fiche: JobFiche, weights: Mapping[str, float]) -> float:
    """The score of a job by tastes and level, before its formations are looked at."""
    score = sum(weights[i] if i in profile.interests else -_OTHER_INTEREST for i in fiche.interests)
    score = score if profile.interests else 0.0
    rung = rung_of_job(fiche.level)
    if rung is None:
        return score
    if profile.situation:
        score -= _RUNG_BELOW * max(0, rung_of_situation(profile.situation) - max(rung, CAP))
    return score if profile.years is not None else score - _YEAR_OF_STUDY * years_to(rung, profile.situation)


def _suggestion(profile: Profile, fiche: JobFiche, score: float, catalogue: Catalogue) -> Suggestion:
    shared = [interest for interest in profile.interests if interest in fiche.interests]
    reasons = [Reason("interest", interest, SECTION_INTERESTS) for interest in shared]
    if profile.years is not None and rung_of_job(fiche.level) is not None:
        reasons.append(Reason("years", str(profile.years), FIELD_LEVEL))
    reach = formations_in_reach(profile, fiche.title, catalogue)
    if reach:
        score += _REACH
    learnt = next(((f, s) for f in reach if (s := apprenticeship_section(f))), None) if profile.apprenticeship else None
    if learnt:
        score += _APPRENTICESHIP
        reasons.append(Reason("apprenticeship", "", learnt[1], learnt[0].id))
    named = next((f for f in reach if names_series(f, profile.series)), None) if profile.series else None
    if named:
        score += _SERIES
        reasons.append(Reason("series", profile.series, "Accès", named.id))
    # Formations that support a reason come first.
    first = list({f.id: f for f in (learnt[0] if learnt else None, named) if f}.values())
    return Suggestion(fiche, score, tuple(reasons), (*first, *(f for f in reach if f not in first)))


def _nearest(
    job: JobFiche,
    others: Sequence[JobFiche],
    weights: Mapping[str, float],
    profile: Profile,
    catalogue: Catalogue,
) -> tuple[Suggestion, ...]:
    """The job that shares most interests with the only one found, so that there is a choice; empty if none does."""

    def shared(fiche: JobFiche) -> float:
        return sum(weights[i] for i in job.interests if i in fiche.interests)

    near = sorted((f for f in others if shared(f)), key=lambda f: (-shared(f), f.title))[:1]
    reason = Reason("near", job.title, SECTION_INTERESTS)
    return tuple(Suggestion(f, 0.0, (reason,), tuple(formations_in_reach(profile, f.title, catalogue))) for f in near)


def _varied(found: Sequence[Suggestion], profile: Profile) -> tuple[Suggestion, ...]:
    """The best five, with at most _ALIKE names that begin alike and, if no taste was said, with different interests."""
    kept: list[Suggestion] = []
    heads: Counter[str] = Counter()
    shown: set[str] = set()
    for suggestion in found:
        head = tokenize(suggestion.job.title)[0].text
        same_taste = not profile.interests and shown & set(suggestion.job.interests)
        if heads[head] < _ALIKE and not same_taste:
            kept.append(suggestion)
            heads[head] += 1
            shown |= set(suggestion.job.interests)
        if len(kept) == SUGGESTED:
            break
    rest = [s for s in found if s not in kept] if len(kept) < _LEAST else []
    return tuple(kept + rest[: _LEAST - len(kept)])
