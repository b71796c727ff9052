"""One fiche file: from its text to a `Formation`, and back. Pure: nothing is read or written here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.catalogue.fiche import KNOWN_FIELDS, KNOWN_SECTIONS, SECTION_FACTS, SECTION_JOBS, Formation, Section
from bot.catalogue.slug import slug

MAX_BYTES = 1_000_000

# Onisep indents by 12 spaces every line of a section but its first.
_INDENT = 12
# As in Markdown, a line indented by 4 or more is never a title nor the heading of a section.
_TEXT_INDENT = 4

_TITLE = re.compile(r"#(?!#)\s*(?P<name>.*)", re.DOTALL)
_SECTION = re.compile(r"##(?!#)\s*(?P<name>.*)", re.DOTALL)
_HEADING = re.compile(r"#{1,6}(?=\s|$)")
_FIELD = re.compile(r"(?:[-*+]\s+)?\*\*(?P<name>[^*:\s][^*]*?)\s*(?::\*\*|\*\*\s*:)(?P<value>.*)", re.DOTALL)
_BULLET = re.compile(r"[-*+](?=\s|$)(?P<text>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<marker>\d{1,2}[.)])(?=\s|$)(?P<text>.*)", re.DOTALL)
_ITEM_OF_TEXT = re.compile(r"^ *(?:-|\d{1,2}[.)])\s+(?P<text>\S.*)$", re.DOTALL)
_SPACES = re.compile(r"[ \t]+")

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

    Titles, fields and labels of jobs are kept to the letter, sections as clean Markdown. Names of known
    sections and fields may differ in case, accents or apostrophes. Raises FicheError.
    """
    draft = _Draft(path)
    for number, line in enumerate(_lines(text, path), start=1):
        draft.read(number, line)
    return draft.formation()


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


def _lines(text: str, path: str) -> list[str]:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise FicheError(path, number, "the file is binary, not text: keep only .md and .txt texts here")
    if not any(line.strip() for line in lines):
        raise FicheError(path, 1, "the file is empty: write a fiche in it or remove it")
    return lines


@dataclass
class _DraftSection:
    name: str
    lines: list[str] = field(default_factory=list)

    def section(self) -> Section:
        markdown = _Markdown()
        for line in self.lines:
            indent = _indentation(line)
            content = line if self.name == SECTION_JOBS else _SPACES.sub(" ", line)
            markdown.read(content.strip(), indent - _INDENT if indent >= _INDENT else indent)
        return Section(self.name, markdown.text())


class _Draft:
    """What was read so far of one file; lines before the first section are a section without a name."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.title: str | None = None
        self.title_line = 0
        self.stray_line = 0
        self.fields: list[tuple[str, str]] = []
        self.sections = [_DraftSection("")]

    def read(self, number: int, line: str) -> None:
        content = line.strip()
        outer = _indentation(line) < _TEXT_INDENT
        if outer and (found := _TITLE.fullmatch(content)):
            self._read_title(number, found["name"])
        elif self.title is None:
            self.stray_line = self.stray_line or (number if content else 0)
        elif outer and (found := _SECTION.fullmatch(content)):
            self._read_section(number, found["name"])
        elif self.sections[-1].name in ("", SECTION_FACTS) and (found := _FIELD.fullmatch(content)):
            self.fields.append((_known(found["name"].strip(), _KNOWN_FIELD_OF_SLUG), found["value"].strip()))
            self.sections[-1].lines.append("")
        else:
            self.sections[-1].lines.append(line)

    def formation(self) -> Formation:
        if self.title is None:
            raise FicheError(self.path, self.stray_line, 'no title: start the file with a line "# title"')
        sections = [draft.section() for draft in self.sections]
        if not sections[0].text:
            del sections[0]
        return Formation(
            id=slug(self.title),
            title=self.title,
            fields=tuple(self.fields),
            sections=tuple(sections),
            jobs=_jobs(sections),
            path=self.path,
        )

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

    def _read_section(self, number: int, name: str) -> None:
        if not name:
            raise FicheError(self.path, number, 'a section without a name: write it after "## "')
        self.sections.append(_DraftSection(_known(name, _KNOWN_SECTION_OF_SLUG)))


def _known(name: str, names: dict[str, str]) -> str:
    return name if name in names.values() else names.get(slug(name), name)


def _jobs(sections: Iterable[Section]) -> tuple[str, ...]:
    lines = (line for section in sections if section.name == SECTION_JOBS for line in section.text.split("\n"))
    return tuple(dict.fromkeys(found["text"] for line in lines if (found := _ITEM_OF_TEXT.match(line))))


def _indentation(line: str) -> int:
    expanded = line.expandtabs(_TEXT_INDENT)
    return len(expanded) - len(expanded.lstrip(" "))


def _indented(text: str) -> str:
    lines = [" " * _INDENT + line if line else "" for line in text.split("\n")]
    looks_like_heading = text.startswith("#") and not text.startswith("###")
    return "\n".join(lines) if looks_like_heading else "\n".join(lines)[_INDENT:]


@dataclass
class _Block:
    text: str
    kind: str  # "heading", "item" or "paragraph"


class _Markdown:
    """Lines as clean Markdown: one line a heading, paragraph or item, empty lines between all but items.

    An item goes on over empty lines, on lines indented deeper than its mark: Onisep writes the mark alone
    on its line, its text on the next.
    """

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.marks: list[int] = []  # the indentation of each open item, outermost first
        self.apart = True  # whether the line read last was empty

    def read(self, content: str, indent: int) -> None:
        """One line: its clean text, and how deep it was indented."""
        if not content:
            self.apart = True
            return
        if _HEADING.match(content):
            self._open(content, "heading")
        elif (item := _item(content, self._may_be_numbered())) is not None:
            self._open_item(item, indent)
        elif self._goes_on(indent):
            self.blocks[-1].text += f" {content}"
        else:
            self._open(content, "paragraph")
        self.apart = False

    def text(self) -> str:
        text = ""
        for before, block in zip([None, *self.blocks], self.blocks, strict=False):
            if before is not None:
                text += "\n" if before.kind == block.kind == "item" else "\n\n"
            text += block.text
        return text

    def _open(self, content: str, kind: str) -> None:
        self.marks.clear()
        self.blocks.append(_Block(content, kind))

    def _open_item(self, item: str, indent: int) -> None:
        while self.marks and indent < self.marks[-1] + 2:
            self.marks.pop()
        self.blocks.append(_Block("  " * len(self.marks) + item, "item"))
        self.marks.append(indent)

    def _goes_on(self, indent: int) -> bool:
        if self.marks:
            return not self.apart or indent >= self.marks[0] + 2
        return not self.apart and self.blocks[-1].kind == "paragraph"

    def _may_be_numbered(self) -> bool:
        # "17. " at the start of a line within a paragraph is a number, not an item
        return self.apart or bool(self.marks) or self.blocks[-1].kind != "paragraph"


def _item(content: str, may_be_numbered: bool) -> str | None:
    """`content` as an item of a list, or None where it is none."""
    if found := _BULLET.fullmatch(content):
        return f"- {found['text'].strip()}".rstrip()
    if may_be_numbered and (found := _NUMBERED.fullmatch(content)):
        return f"{found['marker']} {found['text'].strip()}".rstrip()
    return None
