"""Converts the lines of a section of a fiche to clean Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Onisep indents all lines of a section by 12 spaces, except the first one.
_INDENT = 12
# As in Markdown, a line indented by 4 or more spaces is neither a title nor the heading of a section.
_TEXT_INDENT = 4
# A line indented by so many more spaces than the mark of an item continues that item.
_DEEPER = 2

_HEADING = re.compile(r"#{1,6}(?=\s|$)")
_BULLET = re.compile(r"[-*+](?=\s|$)(?P<text>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<marker>\d{1,2}[.)])(?=\s|$)(?P<text>.*)", re.DOTALL)
_ITEM_OF_TEXT = re.compile(r"^ *(?:-|\d{1,2}[.)])\s+(?P<text>\S.*)$", re.DOTALL)
_SPACES = re.compile(r"[ \t]+")

_BREAK = re.compile(r"<\s*(?:br\s*/?|/?\s*p)\s*>", re.IGNORECASE)
_ADDRESS = r"\s*(?:https?://|mailto:)"
# Three kinds of match: a backslash escape, which stays; a link with a plain label to anything but http(s) or mailto, of
# which the label stays; and characters to escape, which begin HTML, an image or a link of another form in Markdown.
_UNSAFE = re.compile(
    rf"""(?P<escape>\\[!-/:-@\[-`{{-~])
    | !?\[(?P<label>[^\[\]\\<!]*)\]\((?!{_ADDRESS})\s*[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\s*(?:"[^"]*"\s*)?\)
    | (?P<opening> <(?=[A-Za-z/!?]) | !(?=\[) | \](?=\((?!{_ADDRESS})) | \](?=:) )""",
    re.IGNORECASE | re.VERBOSE,
)


def clean(lines: Iterable[str], to_the_letter: bool = False) -> str:
    """Return `lines` as Markdown, with one line per heading, paragraph or item.

    Unless `to_the_letter` is true, runs of spaces become one space, <br> and <p> become Markdown, and unsafe parts
    are removed (see `safe`).
    """
    markdown = _Markdown()
    for line in lines:
        indent = _indentation(line)
        indent -= _INDENT if indent >= _INDENT else 0
        if to_the_letter:
            markdown.read(line.strip(), indent)
            continue
        first, *others = _BREAK.split(_SPACES.sub(" ", line))
        markdown.read(first.strip(), indent)
        for other in others:
            markdown.read("", indent)
            markdown.read(other.strip(), indent + _DEEPER)
    return markdown.text() if to_the_letter else markdown.text(safe)


def safe(text: str) -> str:
    """Return `text` as Markdown without HTML, images, and links to anything but http, https and mailto.

    Only the label of such a link is kept. HTML and images are escaped, so that readers see them as plain text. A
    text that is already safe is returned unchanged.
    """
    while (defused := _UNSAFE.sub(_defused, text)) != text:  # the rest may form another link with the text before it
        text = defused
    return text


def _defused(found: re.Match[str]) -> str:
    if found["escape"]:
        return found["escape"]
    return f"\\{found['opening']}" if found["opening"] else found["label"]


def items(text: str) -> tuple[str, ...]:
    """Return the items of all lists in clean Markdown, without duplicates."""
    lines = text.split("\n")
    return tuple(dict.fromkeys(found["text"] for line in lines if (found := _ITEM_OF_TEXT.match(line))))


def is_outer(line: str) -> bool:
    """Return whether a line has an indentation so small that it may begin a part of the fiche."""
    return _indentation(line) < _TEXT_INDENT


def _indentation(line: str) -> int:
    expanded = line.expandtabs(_TEXT_INDENT)
    return len(expanded) - len(expanded.lstrip(" "))


@dataclass
class _Block:
    text: str
    kind: str  # "heading", "item" or "paragraph"


class _Markdown:
    """Collects lines into clean Markdown: one line per heading, paragraph or item.

    There is an empty line between all of these but items. An item continues after empty lines if the next line is
    indented more than its mark, because Onisep writes the mark on one line and the text on the next.
    """

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.marks: list[int] = []  # the indentation of each open item, outermost first
        self.apart = True  # whether the line read last was empty

    def read(self, content: str, indent: int) -> None:
        """Add a line, given as its text without indentation, and its indentation in spaces."""
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

    def text(self, made: Callable[[str], str] = str) -> str:
        """Return all headings, paragraphs and items, each passed through `made`."""
        text = ""
        for before, block in zip([None, *self.blocks], self.blocks, strict=False):
            if before is not None:
                text += "\n" if before.kind == block.kind == "item" else "\n\n"
            text += made(block.text)
        return text

    def _open(self, content: str, kind: str) -> None:
        self.marks.clear()
        self.blocks.append(_Block(content, kind))

    def _open_item(self, item: str, indent: int) -> None:
        while self.marks and indent < self.marks[-1] + _DEEPER:
            self.marks.pop()
        self.blocks.append(_Block("  " * len(self.marks) + item, "item"))
        self.marks.append(indent)

    def _goes_on(self, indent: int) -> bool:
        if self.marks:
            return not self.apart or indent >= self.marks[0] + _DEEPER
        return not self.apart and self.blocks[-1].kind == "paragraph"

    def _may_be_numbered(self) -> bool:
        # "17. " at the start of a line within a paragraph is a number, not the mark of an item.
        return self.apart or bool(self.marks) or self.blocks[-1].kind != "paragraph"


def _item(content: str, may_be_numbered: bool) -> str | None:
    """Return `content` as a list item, or None if it is not one."""
    if found := _BULLET.fullmatch(content):
        return f"- {found['text'].strip()}".rstrip()
    if may_be_numbered and (found := _NUMBERED.fullmatch(content)):
        return f"{found['marker']} {found['text'].strip()}".rstrip()
    return None
