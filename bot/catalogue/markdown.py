"""The lines of one section of a fiche as clean Markdown, and Markdown indented again as Onisep does. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Onisep indents by 12 spaces every line of a section but its first.
_INDENT = 12
# As in Markdown, a line indented by 4 or more is never a title nor the heading of a section.
_TEXT_INDENT = 4

_HEADING = re.compile(r"#{1,6}(?=\s|$)")
_BULLET = re.compile(r"[-*+](?=\s|$)(?P<text>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<marker>\d{1,2}[.)])(?=\s|$)(?P<text>.*)", re.DOTALL)
_ITEM_OF_TEXT = re.compile(r"^ *(?:-|\d{1,2}[.)])\s+(?P<text>\S.*)$", re.DOTALL)
_SPACES = re.compile(r"[ \t]+")


def clean(lines: Iterable[str], keep_spaces: bool = False) -> str:
    """`lines` as Markdown: one line a heading, paragraph or item; runs of spaces are one unless `keep_spaces`."""
    markdown = _Markdown()
    for line in lines:
        indent = _indentation(line)
        content = line if keep_spaces else _SPACES.sub(" ", line)
        markdown.read(content.strip(), indent - _INDENT if indent >= _INDENT else indent)
    return markdown.text()


def items(text: str) -> tuple[str, ...]:
    """The items of the lists in clean Markdown, each once."""
    lines = text.split("\n")
    return tuple(dict.fromkeys(found["text"] for line in lines if (found := _ITEM_OF_TEXT.match(line))))


def is_outer(line: str) -> bool:
    """Whether a line is indented so little that it may open a part of the fiche."""
    return _indentation(line) < _TEXT_INDENT


def indented(text: str) -> str:
    """Clean Markdown as a section of a file, its first line not indented unless it opens a part; `clean` undoes it."""
    lines = [" " * _INDENT + line if line else "" for line in text.split("\n")]
    opens_a_part = (text.startswith("#") and not text.startswith("###")) or text.lstrip("- ").startswith("**")
    return "\n".join(lines) if opens_a_part else "\n".join(lines)[_INDENT:]


def _indentation(line: str) -> int:
    expanded = line.expandtabs(_TEXT_INDENT)
    return len(expanded) - len(expanded.lstrip(" "))


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
