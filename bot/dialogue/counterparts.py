"""The same question, of a formation and of a job."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.fiche import Facet
from bot.catalogue.job_fiche import JOB_FACETS

OF_A_JOB = {
    Facet.DESCRIPTION: Facet.JOB_DESCRIPTION,
    Facet.ACCESS: Facet.JOB_ACCESS,
    Facet.LEVEL: Facet.JOB_LEVEL,
    Facet.EXPECTATIONS: Facet.JOB_SKILLS,
    Facet.DURATION: Facet.JOB_ACCESS,
}
OF_A_FORMATION = {job: formation for formation, job in OF_A_JOB.items() if formation is not Facet.DURATION}


def job_facets(facets: Sequence[Facet]) -> tuple[Facet, ...]:
    """Those of `facets` that are asked of a job."""
    return tuple(f for f in facets if f in JOB_FACETS)


def asked_of_jobs(facets: Sequence[Facet]) -> tuple[Facet, ...]:
    """What `facets` ask where jobs are spoken of."""
    return job_facets(tuple(dict.fromkeys(OF_A_JOB.get(f, f) for f in facets)))
