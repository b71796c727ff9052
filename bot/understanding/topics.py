"""What can be asked of a fiche, whether of a formation or of a job, and the public facet that it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from bot.catalogue.fiche import Facet


class Topic(str, Enum):
    """What a message asks of a formation or a job."""

    ACCESS = "access"
    DURATION = "duration"
    JOBS = "jobs"
    FURTHER_STUDY = "further_study"
    DESCRIPTION = "description"
    LEVEL = "level"
    TYPE = "type"
    CODE = "code"
    SIGLE = "sigle"
    LINK = "link"
    EXPECTATIONS = "expectations"
    SALARY = "salary"
    CONDITIONS = "conditions"
    STATUS = "status"
    INTERESTS = "interests"
    FORMATIONS = "formations"


OF_FORMATION = {
    Topic.ACCESS: Facet.ACCESS,
    Topic.DURATION: Facet.DURATION,
    Topic.JOBS: Facet.JOBS,
    Topic.FURTHER_STUDY: Facet.FURTHER_STUDY,
    Topic.DESCRIPTION: Facet.DESCRIPTION,
    Topic.LEVEL: Facet.LEVEL,
    Topic.TYPE: Facet.TYPE,
    Topic.CODE: Facet.CODE,
    Topic.SIGLE: Facet.SIGLE,
    Topic.LINK: Facet.LINK,
    Topic.EXPECTATIONS: Facet.EXPECTATIONS,
}
OF_JOB = {
    Topic.ACCESS: Facet.JOB_ACCESS,
    Topic.DURATION: Facet.JOB_ACCESS,
    Topic.TYPE: Facet.JOB_ACCESS,
    Topic.DESCRIPTION: Facet.JOB_DESCRIPTION,
    Topic.LEVEL: Facet.JOB_LEVEL,
    Topic.EXPECTATIONS: Facet.JOB_SKILLS,
    Topic.SALARY: Facet.JOB_SALARY,
    Topic.CONDITIONS: Facet.JOB_CONDITIONS,
    Topic.STATUS: Facet.JOB_STATUS,
    Topic.INTERESTS: Facet.JOB_INTERESTS,
    Topic.FORMATIONS: Facet.FORMATIONS_FOR_JOB,
}
JOB_ONLY = frozenset({Topic.SALARY, Topic.CONDITIONS, Topic.STATUS, Topic.INTERESTS, Topic.FORMATIONS})
FORMATION_ONLY = frozenset({Topic.JOBS, Topic.FURTHER_STUDY, Topic.CODE, Topic.SIGLE, Topic.LINK})

_TOPIC_OF_FACET = {facet: topic for topic, facet in OF_FORMATION.items()} | {
    Facet.JOB_ACCESS: Topic.ACCESS,
    Facet.JOB_DESCRIPTION: Topic.DESCRIPTION,
    Facet.JOB_LEVEL: Topic.LEVEL,
    Facet.JOB_SKILLS: Topic.EXPECTATIONS,
    Facet.JOB_SALARY: Topic.SALARY,
    Facet.JOB_CONDITIONS: Topic.CONDITIONS,
    Facet.JOB_STATUS: Topic.STATUS,
    Facet.JOB_INTERESTS: Topic.INTERESTS,
    Facet.FORMATIONS_FOR_JOB: Topic.FORMATIONS,
}


def topics_of(facets: Iterable[Facet]) -> tuple[Topic, ...]:
    """The topics that facets stand for, each once; a facet that is asked of no fiche (a search) stands for none."""
    return tuple(dict.fromkeys(_TOPIC_OF_FACET[facet] for facet in facets if facet in _TOPIC_OF_FACET))


def facets_of(topics: Iterable[Topic], of_job: bool) -> tuple[Facet, ...]:
    """The public facets of topics asked of a job, or of a formation; a topic that it has not is left out."""
    table = OF_JOB if of_job else OF_FORMATION
    return tuple(dict.fromkeys(table[topic] for topic in topics if topic in table))
