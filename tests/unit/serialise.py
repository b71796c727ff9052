"""Fiches written back as files, to see that parsing loses nothing."""

from __future__ import annotations

from bot.catalogue.fiche import SECTION_FACTS, Formation, Section
from bot.catalogue.job_fiche import JOB_FIELDS, SECTION_STUDY_LENGTH, JobFiche

_INDENT = 12


def serialise(formation: Formation) -> str:
    """`formation` as a fiche file; parsing it gives an equal formation."""
    blocks = [f"# {formation.title}"]
    facts = "\n".join(f"**{name}:** {value}".rstrip() for name, value in formation.fields)
    if SECTION_FACTS not in {section.name for section in formation.sections}:
        blocks.append(facts)
        facts = ""
    for section in formation.sections:
        if section.name:
            blocks.append(f"## {section.name}")
        if section.name == SECTION_FACTS:
            blocks.append(facts)
            facts = ""
        blocks.append(_indented(section.text))
    return "\n\n".join(block for block in blocks if block) + "\n"


def serialise_job(fiche: JobFiche) -> str:
    """`fiche` as a file; parsing it gives an equal fiche."""
    blocks = [f"# {fiche.title}"]
    for section in fiche.sections:
        if section.name in JOB_FIELDS:
            blocks.append(_field(section))
        else:
            marks = "###" if section.name == SECTION_STUDY_LENGTH else "##"
            blocks.append(f"{marks} {section.name}" if section.name else "")
            blocks.append(_indented(section.text))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _field(section: Section) -> str:
    before = "\n" if section.text.startswith("-") else " "
    return f"**{section.name}:**{before}{_indented(section.text)}".rstrip()


def _indented(text: str) -> str:
    """Clean Markdown as a section of a file, its first line not indented unless it opens a part; `clean` undoes it."""
    lines = [" " * _INDENT + line if line else "" for line in text.split("\n")]
    opens_a_part = (text.startswith("#") and not text.startswith("###")) or text.lstrip("- ").startswith("**")
    return "\n".join(lines) if opens_a_part else "\n".join(lines)[_INDENT:]
