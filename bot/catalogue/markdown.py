"""The lines of one section of a fiche as clean Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Onisep indents by 12 spaces every line of a section but its first.
_INDENT = 12
# As in Markdown, a line indented by 4 or more is never a title nor the heading of a section.
_TEXT_INDENT = 4
# A line indented so much deeper than the mark of an item goes on with the item.
_DEEPER = 2

_HEADING = re.compile(r"#{1,6}(?=\s|$)")
_BULLET = re.compile(r"[-*+](?=\s|$)(?P<text>.*)", re.DOTALL)
_NUMBERED = re.compile(r"(?P<marker>\d{1,2}[.)])(?=\s|$)(?P<text>.*)", re.DOTALL)
_ITEM_OF_TEXT = re.compile(r"^ *(?:-|\d{1,2}[.)])\s+(?P<text>\S.*)$", re.DOTALL)
_SPACES = re.compile(r"[ \t]+")

_BREAK = re.compile(r"<\s*(?:br\s*/?|/?\s*p)\s*>", re.IGNORECASE)
_ADDRESS = r"\s*(?:https?://|mailto:)"
# A backslash escape, which stays; a link to anywhere but the web or a mailbox, with its label; and what would open, in
# Markdown: HTML or a link in angle brackets, an image, such a link whose label is not plain, an address for a label.
_UNSAFE = re.compile(
    rf"""(?P<escape>\\[!-/:-@\[-`{{-~])
    | !?\[(?P<label>[^\[\]\\<!]*)\]\((?!{_ADDRESS})\s*[^()\s]*(?:\([^()\s]*\)[^()\s]*)*\s*(?:"[^"]*"\s*)?\)
    | (?P<opening> <(?=[A-Za-z/!?]) | !(?=\[) | \](?=\((?!{_ADDRESS})) | \](?=:) )""",
    re.IGNORECASE | re.VERBOSE,
)


def clean(lines: Iterable[str], to_the_letter: bool = False) -> str:
    """`lines` as Markdown: one line a heading, paragraph or item.

    Unless `to_the_letter`, runs of spaces are one, breaks and paragraphs of HTML are those of Markdown, and what is not
    safe for all who show Markdown is taken out (`safe`).
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
    """`text` as Markdown without HTML, images, or links that lead elsewhere than to http, https and mailto.

    Of such a link the label is kept, the rest is shown to the letter. What is safe already stays as it is.
    """
    while (defused := _UNSAFE.sub(_defused, text)) != text:  # a label may make another link with what stood before it
        text = defused
    return text


def _defused(found: re.Match[str]) -> str:
    if found["escape"]:
        return found["escape"]
    return f"\\{found['opening']}" if found["opening"] else found["label"]


def items(text: str) -> tuple[str, ...]:
    """The items of the lists in clean Markdown, each once."""
    lines = text.split("\n")
    return tuple(dict.fromkeys(found["text"] for line in lines if (found := _ITEM_OF_TEXT.match(line))))


def is_outer(line: str) -> bool:
    """Whether a line is indented so little that it may open a part of the fiche."""
    return _indentation(line) < _TEXT_INDENT


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

    def text(self, made: Callable[[str], str] = str) -> str:
        """All blocks, each as `made` makes it."""
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
        # "17. " at the start of a line within a paragraph is a number, not an item
        return self.apart or bool(self.marks) or self.blocks[-1].kind != "paragraph"


def _item(content: str, may_be_numbered: bool) -> str | None:
    """`content` as an item of a list, or None where it is none."""
    if found := _BULLET.fullmatch(content):
        return f"- {found['text'].strip()}".rstrip()
    if may_be_numbered and (found := _NUMBERED.fullmatch(content)):
        return f"{found['marker']} {found['text'].strip()}".rstrip()
    return None
