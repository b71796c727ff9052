"""The vocabulary of Jalon: what a fiche holds, what can be asked of it, how a reply ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogue.job_fiche import JobFiche


class Facet(str, Enum):
    """What can be asked; the values are the public names of the web API."""

    ACCESS = "acces"
    DURATION = "duree"
    JOBS = "metiers"
    FURTHER_STUDY = "poursuite"
    DESCRIPTION = "description"
    LEVEL = "niveau"
    TYPE = "type"
    CODE = "code"
    SIGLE = "sigle"
    LINK = "lien"
    EXPECTATIONS = "attendus"
    FORMATIONS_FOR_JOB = "formations_pour_metier"
    SEARCH = "recherche"
    COMPARISON = "comparaison"
    GUIDANCE = "guidage"
    PATH = "parcours"
    JOB_DESCRIPTION = "metier_description"
    JOB_SALARY = "metier_salaire"
    JOB_ACCESS = "metier_acces"
    JOB_LEVEL = "metier_niveau"
    JOB_SKILLS = "metier_competences"
    JOB_CONDITIONS = "metier_conditions"
    JOB_STATUS = "metier_statut"
    JOB_INTERESTS = "metier_interets"


class Outcome(str, Enum):
    """How a reply ends; the values are the public names of the web API."""

    ANSWERED = "answered"
    NOT_IN_FICHE = "not_in_fiche"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"
    OUT_OF_SCOPE = "out_of_scope"
    DISTRESS = "distress"
    SMALLTALK = "smalltalk"
    HELP = "help"


FIELD_CODE = "Code scolarité"
FIELD_SIGLE = "Sigle"
FIELD_DURATION = "Durée"
FIELD_LEVEL = "Niveau de certification"
FIELD_TYPE = "Type"
FIELD_LINK = "Lien"

SECTION_FACTS = "Informations générales"
SECTION_DESCRIPTION = "Description"
SECTION_ACCESS = "Accès"
SECTION_FURTHER_STUDY = "Poursuite d'études"
SECTION_EXPECTATIONS = "Attendus"
SECTION_JOBS = "Métiers associés"

KNOWN_FIELDS = (FIELD_CODE, FIELD_SIGLE, FIELD_DURATION, FIELD_LEVEL, FIELD_TYPE, FIELD_LINK)
KNOWN_SECTIONS = (
    SECTION_FACTS,
    SECTION_DESCRIPTION,
    SECTION_ACCESS,
    SECTION_FURTHER_STUDY,
    SECTION_EXPECTATIONS,
    SECTION_JOBS,
)

# Where the fact behind each facet stands in a fiche: the name of a field or of a section.
PLACE_OF_FACET = {
    Facet.ACCESS: SECTION_ACCESS,
    Facet.DURATION: FIELD_DURATION,
    Facet.JOBS: SECTION_JOBS,
    Facet.FURTHER_STUDY: SECTION_FURTHER_STUDY,
    Facet.DESCRIPTION: SECTION_DESCRIPTION,
    Facet.LEVEL: FIELD_LEVEL,
    Facet.TYPE: FIELD_TYPE,
    Facet.CODE: FIELD_CODE,
    Facet.SIGLE: FIELD_SIGLE,
    Facet.LINK: FIELD_LINK,
    Facet.EXPECTATIONS: SECTION_EXPECTATIONS,
}

_LINK = re.compile(r"\[[^\]]*\]\((?P<url>[^)\s]+)\)|(?P<bare>https?://\S+)")
# What would end an address, or begin something else, in Markdown or HTML.
_IN_ADDRESSES = {ord(character): f"%{ord(character):02X}" for character in "()<>[]\"'\\`|*"}
_DURATION_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(an|ans|année|années|mois|semaine|semaines)\b", re.IGNORECASE)
_LEVEL = re.compile(r"\bniveau\s*(\d)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """A `##` section of a fiche: its name, and its text as Markdown, paragraphs one empty line apart."""

    name: str
    text: str


def texts_by_name(sections: Iterable[Section]) -> dict[str, str]:
    """The text of each section that has one; a name that stands twice gives both texts."""
    texts: dict[str, str] = {}
    for section in sections:
        texts[section.name] = "\n\n".join(filter(None, (texts.get(section.name), section.text)))
    return {name: text for name, text in texts.items() if text}


@dataclass(frozen=True)
class Formation:
    """One formation fiche, every field and section in the order of its file.

    `id` is a slug of the title; `fields` are (name, value) pairs to the letter; `path` is relative
    to the folder of fiches. `jobs` are the labels of "Métiers associés", to the letter. `sections` hold
    "Informations générales" in its place (its text is what is written there beside the fields, mostly
    nothing), and text written before any section as a section without a name.
    """

    id: str
    title: str
    fields: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    jobs: tuple[str, ...]
    path: str = field(compare=False, default="")

    def value(self, name: str) -> str | None:
        """The text of the field or section called `name`, or None where the fiche has none.

        A name that stands twice in the fiche gives both texts.
        """
        return self._places.get(name)

    @cached_property
    def _places(self) -> dict[str, str]:
        places = texts_by_name(self.sections)
        fields: dict[str, str] = {}
        for name, value in self.fields:
            fields[name] = " ; ".join(filter(None, (fields.get(name), value)))
        return places | {name: value for name, value in fields.items() if value}

    def has(self, facet: Facet) -> bool:
        """Whether the fiche holds the fact behind `facet`."""
        return self.link is not None if facet is Facet.LINK else bool(self.value(PLACE_OF_FACET[facet]))

    @property
    def code(self) -> str | None:
        return self.value(FIELD_CODE)

    @property
    def sigle(self) -> str | None:
        return self.value(FIELD_SIGLE)

    @property
    def duration(self) -> str | None:
        return self.value(FIELD_DURATION)

    @property
    def level(self) -> str | None:
        return self.value(FIELD_LEVEL)

    @property
    def type(self) -> str | None:
        return self.value(FIELD_TYPE)

    @cached_property
    def link(self) -> str | None:
        """The http(s) address of the field Lien, fit to stand in a Markdown link, or None."""
        found = _LINK.search(self.value(FIELD_LINK) or "")
        url = (found["url"] or found["bare"]) if found else None
        return url.translate(_IN_ADDRESSES) if url and url.startswith(("http://", "https://")) else None

    @cached_property
    def duration_months(self) -> float | None:
        """The first duration that the field states, in months ("2 ans" is 24), or None."""
        found = _DURATION_PART.search(self.duration or "")
        if not found:
            return None
        number = float(found[1].replace(",", "."))
        unit = found[2].lower()
        return number * 12 if unit.startswith("an") else number if unit == "mois" else number / 4.345

    @cached_property
    def level_number(self) -> int | None:
        """The number of the French qualification level (3 to 8), or None."""
        found = _LEVEL.search(self.level or "")
        return int(found[1]) if found else None


@dataclass(frozen=True)
class Job:
    """A job as the fiches name it: its label to the letter, both genders, the ids of the formations that list it.

    One that no formation lists is known by its own fiche (`Catalogue.job_fiches`); most have both.
    """

    label: str
    masculine: str
    feminine: str
    formations: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where the fiches come from, as `source.toml` beside them says: shown with every answer.

    `licence_address` is where the licence stands, "" where that is not told.
    """

    name: str
    date: str
    licence: str
    address: str
    licence_address: str = ""


@dataclass(frozen=True)
class Catalogue:
    """All the fiches at one moment: formations by id, jobs and their fiches by label, in alphabetical order.

    Every label of `job_fiches` is one of `jobs`. `aliases` are other names, each with the id of its formation.
    `version` changes whenever anything in the catalogue does.
    """

    formations: Mapping[str, Formation]
    jobs: Mapping[str, Job]
    source: Source | None
    version: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    job_fiches: Mapping[str, JobFiche] = field(default_factory=dict)

    @cached_property
    def ids_by_title(self) -> Mapping[str, str]:
        """The id of each formation by its title: job fiches name formations so."""
        return {formation.title: formation.id for formation in self.formations.values()}

    def formations_leading_to(self, label: str) -> list[Formation]:
        """The formations that lead to a job: those its fiche recommends, then those whose fiche lists it."""
        fiche, job = self.job_fiches.get(label), self.jobs.get(label)
        recommended = [self.ids_by_title.get(title, "") for title in fiche.formations] if fiche else []
        ids = dict.fromkeys([*recommended, *(job.formations if job else ())])
        return [self.formations[i] for i in ids if i in self.formations]

    def formations_listing(self, labels: Sequence[str]) -> list[Formation]:
        """The formations whose fiche lists one of the jobs."""
        jobs = [self.jobs[label] for label in labels if label in self.jobs]
        ids = dict.fromkeys(i for job in jobs for i in job.formations)
        return [self.formations[i] for i in ids if i in self.formations]
