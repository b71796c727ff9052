"""One fiche file: from its text to a `Formation`. Pure: nothing is read or written here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.catalogue.fiche import KNOWN_FIELDS, KNOWN_SECTIONS, SECTION_FACTS, SECTION_JOBS, Formation, Section
from bot.catalogue.markdown import clean, is_outer, items
from bot.catalogue.slug import slug

MAX_BYTES = 1_000_000

_TITLE = re.compile(r"#(?!#)\s*(?P<name>.*)", re.DOTALL)
_SECTION = re.compile(r"##(?!#)\s*(?P<name>.*)", re.DOTALL)
_FIELD = re.compile(r"(?:[-*+]\s+)?\*\*(?P<name>[^*:\s][^*]*?)\s*(?::\*\*|\*\*\s*:)(?P<value>.*)", re.DOTALL)

_KNOWN_SECTION_OF_SLUG = {slug(name): name for name in KNOWN_SECTIONS}
_KNOWN_FIELD_OF_SLUG = {slug(name): name for name in KNOWN_FIELDS}


class FicheError(Exception):
    """A file that is no fiche: where (`path`, and `line` from 1) and, in plain words, what to do about it."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


def check_size(size: int, path: str) -> None:
    """Refuse a file of more than `MAX_BYTES` bytes; raises FicheError."""
    if size > MAX_BYTES:
        raise FicheError(
            path, 1, f"the file is too large ({size:,} bytes, at most {MAX_BYTES:,}): a fiche is a short text"
        )


def decode(data: bytes, path: str) -> str:
    """The text of the file `path`: UTF-8, with or without BOM; raises FicheError."""
    check_size(len(data), path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FicheError(path, line, "the file is not UTF-8 text: save it again in UTF-8") from error


def parse_formation(text: str, path: str) -> Formation:
    """The formation that `text` describes; `path` is kept with it and named in errors.

    Titles, fields and labels of jobs are kept to the letter, sections as clean Markdown that is safe to show. Names of
    known sections and fields may differ in case, accents or apostrophes. Raises FicheError.
    """
    draft = _FormationDraft(path)
    title = draft.read(text)
    sections = draft.sections()
    return Formation(
        id=slug(title),
        title=title,
        fields=tuple(draft.fields),
        sections=sections,
        jobs=_jobs(sections),
        path=path,
    )


def read_field(line: str) -> tuple[str, str] | None:
    """The name and the value of a line `**name:** value`, or None."""
    found = _FIELD.fullmatch(line)
    return (found["name"].strip(), found["value"].strip()) if found else None


def read_heading(line: str) -> str | None:
    """The name in a line `## name`, or None."""
    found = _SECTION.fullmatch(line)
    return found["name"] if found else None


def known_name(name: str, of_slug: Mapping[str, str]) -> str:
    """`name` as the known one that differs from it in case, accents or apostrophes alone, else as it is."""
    return name if name in of_slug.values() else of_slug.get(slug(name), name)


@dataclass
class DraftPart:
    """A named part of a file that is being read, with its lines so far."""

    name: str
    lines: list[str] = field(default_factory=list)


class Draft:
    """What was read so far of one file; lines before the first section are a part without a name."""

    def __init__(self, path: str, known_sections: Mapping[str, str]) -> None:
        self.path = path
        self.title: str | None = None
        self.title_line = 0
        self.stray_line = 0
        self.parts = [DraftPart("")]
        self._known_sections = known_sections

    def read(self, text: str) -> str:
        """Read all lines of `text`; gives the title. Raises FicheError."""
        for number, line in enumerate(_lines(text, self.path), start=1):
            self._read_line(number, line)
        if self.title is None:
            raise FicheError(self.path, self.stray_line, 'no title: start the file with a line "# title"')
        return self.title

    def sections(self) -> tuple[Section, ...]:
        """The parts as sections, without the nameless one where it is empty."""
        sections = [Section(part.name, clean(part.lines, part.name == SECTION_JOBS)) for part in self.parts]
        return tuple(sections if sections[0].text else sections[1:])

    def read_other(self, content: str, line: str) -> None:
        """A line that is neither the title nor the heading of a section: `content` is it without outer spaces."""
        self.parts[-1].lines.append(line)

    def open(self, name: str) -> None:
        """Begin the part `name`."""
        self.parts.append(DraftPart(name))

    def _read_line(self, number: int, line: str) -> None:
        content = line.strip()
        outer = is_outer(line)
        if outer and (found := _TITLE.fullmatch(content)):
            self._read_title(number, found["name"])
        elif self.title is None:
            self.stray_line = self.stray_line or (number if content else 0)
        elif outer and (name := read_heading(content)) is not None:
            if not name:
                raise FicheError(self.path, number, 'a section without a name: write it after "## "')
            self.open(known_name(name, self._known_sections))
        else:
            self.read_other(content, line)

    def _read_title(self, number: int, title: str) -> None:
        if self.title is not None:
            message = f'a second title (the first is on line {self.title_line}): write sections as "## name"'
            raise FicheError(self.path, number, message)
        if self.stray_line:
            message = f'text before the title of line {number}: the first line must be "# title"'
            raise FicheError(self.path, self.stray_line, message)
        if not slug(title):
            message = 'the title holds no letter and no digit: write it after "# "'
            raise FicheError(self.path, number, message)
        self.title, self.title_line = title, number


class _FormationDraft(Draft):
    def __init__(self, path: str) -> None:
        super().__init__(path, _KNOWN_SECTION_OF_SLUG)
        self.fields: list[tuple[str, str]] = []

    def read_other(self, content: str, line: str) -> None:
        if self.parts[-1].name in ("", SECTION_FACTS) and (found := read_field(content)):
            self.fields.append((known_name(found[0], _KNOWN_FIELD_OF_SLUG), found[1]))
            line = ""
        super().read_other(content, line)


def _lines(text: str, path: str) -> list[str]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise FicheError(path, number, "the file is binary, not text: keep only .md and .txt texts here")
    if not any(line.strip() for line in lines):
        raise FicheError(path, 1, "the file is empty: write a fiche in it or remove it")
    return lines


def _jobs(sections: Sequence[Section]) -> tuple[str, ...]:
    return items("\n".join(section.text for section in sections if section.name == SECTION_JOBS))
