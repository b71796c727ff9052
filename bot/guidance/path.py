"""Finds the ways from a situation to a job: a shortest-path search over formations, from the job backwards."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.catalogue.fiche import SECTION_ACCESS, SECTION_FURTHER_STUDY, Catalogue, Formation
from bot.guidance.admission import admission, apprenticeship_section, is_step_back, school_section
from bot.guidance.ladder import NONE, exit_rung, rung_of_job, rung_of_situation, years_of, years_to
from bot.guidance.profile import Profile
from bot.guidance.sections import folded

WAYS = 3
_STEPS = 4
_INFERRED = 0.5  # years added for an inferred step, so that a stated one is preferred if it is little longer
_TYPES = (
    (re.compile(r"\bbacs? professionnels?\b|\bbaccalaureats? professionnels?\b|\bbacs pros?\b"), "bac pro"),
    (re.compile(r"\bcertificats? d'aptitude professionnelle\b"), "cap"),
    (re.compile(r"\bbrevets? de technicien superieur\b"), "bts"),
)


@dataclass(frozen=True)
class Step:
    """One step of a way: a formation or, if no fiche says which one, any diploma of level `rung`.

    `source` is the (fiche id, section) which states that this formation follows the step before; None if that is
    inferred from levels. `years` is None if the fiche states no duration. `school` and `apprenticeship` are the names
    of the sections of the fiche that mention that way of learning, or None.
    """

    rung: int
    years: int | None
    formation: Formation | None = None
    source: tuple[str, str] | None = None
    school: str | None = None
    apprenticeship: str | None = None

    @property
    def inferred(self) -> bool:
        return self.source is None


@dataclass(frozen=True)
class Way:
    """The steps to a job, in order; the last one is a formation that leads to it.

    `listed` tells which fiche says that it does: "job" if the job's fiche recommends the formation, "formation" if only
    the formation's fiche lists the job.
    """

    steps: tuple[Step, ...]
    listed: str

    @property
    def years(self) -> int:
        return sum(step.years or 0 for step in self.steps)


@dataclass(order=True)
class _Open:
    cost: float
    order: int
    rungs: tuple[int, ...] = field(compare=False)  # from which the first step can be entered
    stated: bool = field(compare=False)  # whether its fiche says so
    steps: tuple[Step, ...] = field(compare=False)


def ways(profile: Profile, label: str, catalogue: Catalogue) -> list[Way]:
    """The shortest ways to the job `label` from where the profile stands: at most WAYS, with different last formations.

    If the profile wishes apprenticeship, only ways whose last formation mentions it, unless there is none. Empty if no
    formation leads to the job.
    """
    fiche = catalogue.job_fiches.get(label)
    recommended = set(fiche.formations) if fiche else set()
    found = []
    for formation in catalogue.formations_leading_to(label):
        steps = _shortest(formation, profile.situation, catalogue)
        if steps:
            found.append(Way(steps, "job" if formation.title in recommended else "formation"))
    wanted = rung_of_job(fiche.level) if fiche else None
    enough = [way for way in found if wanted is None or way.steps[-1].rung >= wanted]
    found = enough or found
    found = [way for way in found if not _goes_back(way, profile.situation)] or found
    if profile.apprenticeship:
        found = [way for way in found if way.steps[-1].apprenticeship] or found
    found.sort(key=lambda way: (_cost(way.steps), len(way.steps)))
    in_time = [way for way in found if profile.years is None or way.years <= profile.years]
    return (in_time or found)[:WAYS]


def _goes_back(way: Way, situation: str) -> bool:
    last = way.steps[-1].formation
    return last is not None and is_step_back(last, situation)


def _shortest(target: Formation, situation: str, catalogue: Catalogue) -> tuple[Step, ...]:
    """The cheapest steps from `situation` to the end of `target`; empty if there are none.

    There are none if the fiche does not tell where the formation starts, or if it ends below `situation`.
    """
    start = rung_of_situation(situation)
    starts = admission(target)
    last = exit_rung(target)
    if starts is None or (last is not None and situation and last < start):
        return ()
    queue = [_Open(_years(target), 0, starts.rungs, starts.stated, (_step(target, starts.rungs, situation),))]
    order = 0
    while queue:
        way = heapq.heappop(queue)
        first = way.steps[0]
        if min(way.rungs) <= start:
            return way.steps
        if first.formation is None or len(way.steps) >= _STEPS:
            continue
        for before, source in _before(first.formation, way.rungs, catalogue):
            opens = admission(before)
            if opens is None or before in [step.formation for step in way.steps]:
                continue
            order += 1
            steps = (_step(before, opens.rungs, situation), replace(first, source=source), *way.steps[1:])
            heapq.heappush(queue, _Open(_cost(steps), order, opens.rungs, opens.stated, steps))
        # No fiche names what comes before: any diploma of the level that opens the formation.
        rung = min(way.rungs, key=lambda r: years_to(r, situation))
        order += 1
        waiting = Step(rung, years_to(rung, situation))
        stated = (first.formation.id, SECTION_ACCESS) if way.stated else None
        steps = (waiting, replace(first, source=stated), *way.steps[1:])
        heapq.heappush(queue, _Open(_cost(steps), order, (NONE,), False, steps))
    return ()


def _step(formation: Formation, rungs: Sequence[int], situation: str) -> Step:
    """A formation as the first step; it has a source if its fiche says that it can be entered from `situation`."""
    starts = admission(formation)
    rung = exit_rung(formation)
    states = starts is not None and starts.stated and rung_of_situation(situation) in rungs
    return Step(
        max(rungs) if rung is None else rung,
        years_of(formation),
        formation,
        (formation.id, SECTION_ACCESS) if states else None,
        school_section(formation),
        apprenticeship_section(formation),
    )


def _before(
    formation: Formation, rungs: Iterable[int], catalogue: Catalogue
) -> list[tuple[Formation, tuple[str, str]]]:
    """The formations with a level in `rungs` that lead into `formation`, with the (fiche id, section) that says so."""
    wanted = set(rungs) - {NONE}
    access = _as_titles(formation.value(SECTION_ACCESS) or "")
    own = _as_titles(formation.title)
    found = []
    for other in catalogue.formations.values():
        if exit_rung(other) not in wanted or other is formation:
            continue
        if _names(access, _as_titles(other.title)):
            found.append((other, (formation.id, SECTION_ACCESS)))
        elif _names(_as_titles(other.value(SECTION_FURTHER_STUDY) or ""), own):
            found.append((other, (other.id, SECTION_FURTHER_STUDY)))
    return found


def _names(text: str, title: str) -> bool:
    """Whether `text` holds `title`, word for word."""
    return f" {title} " in f" {text} "


@lru_cache(maxsize=8192)
def _as_titles(text: str) -> str:
    """`text` folded, without punctuation, and with types of diploma as titles write them ("bac pro")."""
    plain = folded(text)
    for pattern, name in _TYPES:
        plain = pattern.sub(name, plain)
    return " ".join(re.sub(r"[^\w']+", " ", plain).split())


def _years(formation: Formation) -> float:
    return float(years_of(formation) or 0)


def _cost(steps: Sequence[Step]) -> float:
    return sum(step.years or 0 for step in steps) + _INFERRED * sum(step.inferred for step in steps)
