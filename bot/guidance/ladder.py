"""The ladder of levels: how many years lie between a situation ("3e", "bac+2"…) and a level of diploma.

Sources: the national framework of qualifications (2019) for the levels, the usual length of the diplomas for the years.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.catalogue.fiche import Formation
from bot.catalogue.normalize import fold

# A rung is a level: no diploma, CAP, bac, or a positive number of years after the bac.
NONE, CAP, BAC = -2, -1, 0

_YEARS_TO_BAC = {"3e": 3, "cap": 2, "2de": 2, "1re": 1, "terminale": 0, "bac": 0}
_YEARS_TO_CAP = {"3e": 2, "cap": 0, "2de": 2, "1re": 2}
_CAP_AFTER_A_DIPLOMA = 1
_AFTER_BAC = re.compile(r"\bbac ?\+ ?(\d)")
_LEVELS = {3: CAP, 4: BAC, 5: 2, 6: 3, 7: 5, 8: 8}
_MONTHS_A_YEAR = 12


@lru_cache(maxsize=256)
def rung_of_job(level: str | None) -> int | None:
    """The rung of a job fiche's "Niveau d'accès minimum"; None if that names no level ("autre formation")."""
    folded = fold(level or "")
    if after := _AFTER_BAC.search(folded):
        return int(after[1])
    if "cap" in folded.split():
        return CAP
    if folded.startswith("bac"):
        return BAC
    return NONE if re.search(r"sans diplome|brevet|\b3e\b", folded) else None


def rung_of_situation(situation: str) -> int:
    """The rung of a situation: that of the diploma that one has, or will have at the end of the school year."""
    if after := _AFTER_BAC.search(situation):
        return int(after[1])
    return {"cap": CAP, "terminale": BAC, "bac": BAC}.get(situation, NONE)


def years_to(rung: int, situation: str) -> int:
    """The years from `situation` (3e if "") to `rung`, at least 0."""
    situation = situation or "3e"
    if rung == NONE:
        return 0
    if rung == CAP:
        return _YEARS_TO_CAP.get(situation, _CAP_AFTER_A_DIPLOMA)
    if situation in _YEARS_TO_BAC:
        return _YEARS_TO_BAC[situation] + rung
    return max(0, rung - rung_of_situation(situation))


def exit_rung(formation: Formation) -> int | None:
    """The rung that a formation leads to, by the level in its fiche, or None if there is none."""
    return _LEVELS.get(formation.level_number) if formation.level_number else None


def years_of(formation: Formation) -> int | None:
    """The duration of a formation in years, rounded up, or None if its fiche has none."""
    months = formation.duration_months
    return None if months is None else -int(-months // _MONTHS_A_YEAR)
