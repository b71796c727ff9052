"""Who can enter a formation: from which level (stated by its fiche or inferred), with which bac, by which way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.catalogue.fiche import SECTION_ACCESS, SECTION_DESCRIPTION, Formation
from bot.guidance.ladder import BAC, CAP, NONE, exit_rung, rung_of_situation, years_of
from bot.guidance.sections import folded, says

_AFTER_COLLEGE = re.compile(r"\b(apres|issus?) (de |d'une )?(la |une )?(classe de )?(3e|3eme|troisieme)\b")
_AFTER_CAP = re.compile(r"\b(titulaires? d'un|apres un|avec un|d'un|certains) (autre )?cap\b")
_AFTER_BAC = re.compile(r"\bbac(calaureat)?s?\b(?! ?\+)|\bbachelier|\bparcoursup\b")
_YEARS_AFTER_BAC = re.compile(r"\bbac ?\+ ?([1-5])|\b(?:(bts|dut|l2)|(licence|but|l3))\b")
_APPRENTICESHIP = re.compile(r"\bapprenti(s|ssage)?\b|\balternance\b")
_SCHOOL = re.compile(r"\b(statut|voie) scolaires?\b|\bau lycee\b|\bdans un lycee\b")


@dataclass(frozen=True)
class Admission:
    """The rungs (levels, see ladder.py) from which a formation can be entered, in ascending order.

    `stated` tells whether the section "Accès" of its fiche says so; otherwise they are inferred.
    """

    rungs: tuple[int, ...]
    stated: bool


def admission(formation: Formation) -> Admission | None:
    """From which levels a formation can be entered: by its "Accès" or else by its level minus its duration.

    None if its fiche allows neither.
    """
    last = exit_rung(formation)
    stated = _stated(formation.value(SECTION_ACCESS) or "")
    possible = tuple(rung for rung in stated if last is None or rung <= last)
    if possible:
        return Admission(possible, True)
    inferred = _inferred(last, years_of(formation))
    return None if inferred is None else Admission((inferred,), False)


def is_step_back(formation: Formation, situation: str) -> bool:
    """Whether a formation starts below `situation` and leads no higher, as a bac pro for somebody who has a bac."""
    starts, last, here = admission(formation), exit_rung(formation), rung_of_situation(situation)
    return starts is not None and last is not None and last <= here and max(starts.rungs) < here


def apprenticeship_section(formation: Formation) -> str | None:
    """The name of the section of the fiche that mentions apprenticeship, or None."""
    return _section(formation, _APPRENTICESHIP)


def school_section(formation: Formation) -> str | None:
    """The name of the section of the fiche that mentions learning at school, or None."""
    return _section(formation, _SCHOOL)


def names_series(formation: Formation, series: str) -> bool:
    """Whether the section "Accès" names the bac `series`, one of `profile.SERIES`."""
    said = {"générale": r"bac(calaureat)?s? general|bacheliers? generaux|general", "pro": r"bac(s|calaureats?)? pro"}
    text = folded(formation.value(SECTION_ACCESS) or "")
    return bool(series and re.search(rf"\b(?:{said.get(series, series)})", text))


def _section(formation: Formation, pattern: re.Pattern[str]) -> str | None:
    places = (SECTION_ACCESS, SECTION_DESCRIPTION)
    return next((name for name in places if says(formation.value(name) or "", pattern)), None)


@lru_cache(maxsize=4096)
def _stated(access: str) -> tuple[int, ...]:
    """The rungs that the text of a section "Accès" names, in ascending order."""
    text = folded(access)
    rungs = []
    if _AFTER_COLLEGE.search(text):
        rungs.append(NONE)
    if _AFTER_CAP.search(text):
        rungs.append(CAP)
    if _AFTER_BAC.search(text):
        rungs.append(BAC)
    for found in _YEARS_AFTER_BAC.finditer(text):
        rungs.append(int(found[1]) if found[1] else 2 if found[2] else 3)
    return tuple(sorted(set(rungs)))


def _inferred(last: int | None, years: int | None) -> int | None:
    if last is None or years is None:
        return None
    if last == CAP:
        return NONE if years > 1 else CAP
    if last == BAC:
        return NONE if years > 2 else CAP if years == 2 else BAC
    return max(BAC, last - years)
