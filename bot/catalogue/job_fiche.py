"""The fiche of a job: what it holds, and where in it each question on a job is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from bot.catalogue.fiche import Facet, Section, texts_by_name
from bot.catalogue.markdown import items

FIELD_ID = "ID"
FIELD_NAMES = "Appellations"
FIELD_ROME = "Codes ROME"
FIELD_LEVEL = "Niveau d'accès minimum"
FIELD_STATUS = "Statuts possibles"

SECTION_OTHER_NAMES = "Autres appellations"
SECTION_PRESENTATION = "Présentation"
SECTION_SUMMARY = "En bref"
SECTION_STUDY_LENGTH = "Durée des études"
SECTION_WORK = "Nature du travail"
SECTION_SKILLS = "Compétences requises"
SECTION_CONDITIONS = "Conditions de travail"
SECTION_WORKING_LIFE = "Vie professionnelle"
SECTION_SALARY = "Salaire"
SECTION_LABOUR_MARKET = "Intégrer le marché du travail"
SECTION_ACCESS = "Accès au métier"
SECTION_FORMATIONS = "Formations recommandées"
SECTION_INTERESTS = "Centres d'intérêt"

# Written `**name:**`, then a value or a list; each ends the section that it stands after.
JOB_FIELDS = (FIELD_ID, FIELD_NAMES, FIELD_ROME, FIELD_LEVEL, FIELD_STATUS)
# Written as headings inside a section, indented like its text.
INNER_SECTIONS = (SECTION_STUDY_LENGTH, SECTION_SALARY, SECTION_LABOUR_MARKET)
JOB_SECTIONS = (
    SECTION_OTHER_NAMES,
    SECTION_PRESENTATION,
    SECTION_SUMMARY,
    SECTION_STUDY_LENGTH,
    SECTION_WORK,
    SECTION_SKILLS,
    SECTION_CONDITIONS,
    SECTION_WORKING_LIFE,
    SECTION_SALARY,
    SECTION_LABOUR_MARKET,
    SECTION_ACCESS,
    SECTION_FORMATIONS,
    SECTION_INTERESTS,
)

# Where each facet of a job is told: the first of these that the fiche has.
PLACES_OF_JOB_FACET = {
    Facet.JOB_DESCRIPTION: (SECTION_PRESENTATION, SECTION_SUMMARY, SECTION_WORK),
    Facet.JOB_SALARY: (SECTION_SALARY,),
    Facet.JOB_ACCESS: (SECTION_ACCESS, SECTION_STUDY_LENGTH),
    Facet.JOB_LEVEL: (FIELD_LEVEL,),
    Facet.JOB_SKILLS: (SECTION_SKILLS,),
    Facet.JOB_CONDITIONS: (SECTION_CONDITIONS, SECTION_LABOUR_MARKET),
    Facet.JOB_STATUS: (FIELD_STATUS,),
    Facet.JOB_INTERESTS: (SECTION_INTERESTS,),
}
JOB_FACETS = tuple(PLACES_OF_JOB_FACET)

_OTHER_NAME = re.compile(r"###\s+(?P<label>.+)")
_GENDER = re.compile(r"(?P<gender>f[ée]minin|masculin)\s*:\s*(?P<name>.+)", re.IGNORECASE)
_ID_OF_FORMATION = re.compile(r"\s*\(ID\s*:[^()]*\)$")


@dataclass(frozen=True)
class JobName:
    """One name of a job: its label to the letter, its feminine and its masculine as the fiche writes them."""

    label: str
    feminine: str
    masculine: str


@dataclass(frozen=True)
class JobFiche:
    """One job fiche; its title is the label of the job, to the letter.

    `sections` are its fields and its sections alike, in the order of the file: a field (`JOB_FIELDS`) is a section
    whose text is its value. Text written before all of them is a section without a name. `path` is relative to the
    folder of fiches.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    path: str = field(compare=False, default="")

    def value(self, name: str) -> str | None:
        """The text of the field or section `name`, or None where the fiche has none."""
        return self._texts.get(name)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return texts_by_name(self.sections)

    def place(self, facet: Facet) -> str | None:
        """The name of the section that tells `facet`, or None where the fiche is silent."""
        return next((name for name in PLACES_OF_JOB_FACET[facet] if self.value(name)), None)

    def has(self, facet: Facet) -> bool:
        """Whether the fiche tells `facet`."""
        return self.place(facet) is not None

    @cached_property
    def names(self) -> tuple[JobName, ...]:
        """The title with both its genders, then every other name that the fiche gives the job."""
        blocks = [(self.title, self.value(FIELD_NAMES) or "")]
        for line in (self.value(SECTION_OTHER_NAMES) or "").split("\n"):
            if found := _OTHER_NAME.fullmatch(line):
                blocks.append((found["label"].strip(), ""))
            elif len(blocks) > 1:
                blocks[-1] = (blocks[-1][0], f"{blocks[-1][1]}\n{line}")
        return tuple(_name(label, text) for label, text in blocks)

    @cached_property
    def formations(self) -> tuple[str, ...]:
        """The titles of the formations recommended, to the letter, whether or not they have a fiche here."""
        titles = (_ID_OF_FORMATION.sub("", item) for item in items(self.value(SECTION_FORMATIONS) or ""))
        return tuple(dict.fromkeys(titles))

    @property
    def level(self) -> str | None:
        """The least level of diploma that gives access to the job, in words ("bac + 2")."""
        return self.value(FIELD_LEVEL)

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """The statuses in which the job is done ("salarié", "artisan"…)."""
        return items(self.value(FIELD_STATUS) or "")

    @cached_property
    def interests(self) -> tuple[str, ...]:
        """The tastes that go with the job, of the catalogue's closed list ("j'aime bouger"…)."""
        return items(self.value(SECTION_INTERESTS) or "")


def _name(label: str, text: str) -> JobName:
    forms = {found["gender"][0].lower(): found["name"] for i in items(text) if (found := _GENDER.fullmatch(i))}
    return JobName(label, forms.get("f", label), forms.get("m", label))
