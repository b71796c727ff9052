"""A formation or a job, whichever: the one way in which the conversation points at a fiche."""

from __future__ import annotations

from typing import NamedTuple


class Ref(NamedTuple):
    """Points at one fiche: `kind` is "formation" (then `id` is the id of a formation) or "job" (then a label)."""

    kind: str
    id: str

    @property
    def is_job(self) -> bool:
        return self.kind == JOB


FORMATION = "formation"
JOB = "job"


def formation_ref(id_: str) -> Ref:
    """The reference of the formation with this id."""
    return Ref(FORMATION, id_)


def job_ref(label: str) -> Ref:
    """The reference of the job with this label."""
    return Ref(JOB, label)
