"""One file about a job: told from a formation's by its content, read into a `JobFiche`. Pure."""

from __future__ import annotations

from bot.catalogue.fiche import KNOWN_FIELDS, KNOWN_SECTIONS
from bot.catalogue.job_fiche import INNER_SECTIONS, JOB_FIELDS, JOB_SECTIONS, JobFiche
from bot.catalogue.markdown import is_outer
from bot.catalogue.parser import Draft, known_name, read_field, read_heading
from bot.catalogue.slug import slug

# No slug holds a colon: the id of a job is never that of a formation.
_ID_PREFIX = "metier:"

_SECTION_OF_SLUG = {slug(name): name for name in JOB_SECTIONS}
_INNER_SECTION_OF_SLUG = {slug(name): name for name in INNER_SECTIONS}
_FIELD_OF_SLUG = {slug(name): name for name in JOB_FIELDS}
_OF_A_FORMATION = {slug(name) for name in (*KNOWN_FIELDS, *KNOWN_SECTIONS)}
_OF_A_JOB = {*_SECTION_OF_SLUG, *_FIELD_OF_SLUG}


def describes_job(text: str) -> bool:
    """Whether `text` is a job fiche: it names more fields and sections of job fiches than of formation fiches."""
    jobs = formations = 0
    for line in text.splitlines():
        content = line.strip()
        if is_outer(line) and (content.startswith("##") or "**" in content):
            field = read_field(content)
            name = slug(field[0] if field else read_heading(content) or "")
            jobs += name in _OF_A_JOB
            formations += name in _OF_A_FORMATION
    return jobs > formations


def parse_job(text: str, path: str) -> JobFiche:
    """The job fiche that `text` is; `path` is kept with it and named in errors.

    The title, labels and names of formations are kept to the letter, sections as clean Markdown. Names of known
    sections and fields may differ in case, accents or apostrophes. Raises FicheError.
    """
    draft = _JobDraft(path)
    title = draft.read(text)
    return JobFiche(_ID_PREFIX + slug(title), title, draft.sections(), path)


class _JobDraft(Draft):
    def __init__(self, path: str) -> None:
        super().__init__(path, _SECTION_OF_SLUG)

    def open(self, name: str) -> None:
        """Begin the part `name`, but take an unknown heading that opens a section for a line of its text."""
        last = self.parts[-1]
        if name not in JOB_SECTIONS and name not in JOB_FIELDS and last.name in JOB_SECTIONS and not last.lines:
            last.lines.append(f"## {name}")
        else:
            super().open(name)

    def read_other(self, content: str, line: str) -> None:
        if not content and not self.parts[-1].lines:
            return
        name = known_name(content.lstrip("#").strip(), _INNER_SECTION_OF_SLUG)
        if content.startswith("##") and name in INNER_SECTIONS:
            self.open(name)
            return
        field = read_field(content) if is_outer(line) else None
        if field and (known := known_name(field[0], _FIELD_OF_SLUG)) in JOB_FIELDS:
            self.open(known)
            line = field[1]
        super().read_other(content, line)
