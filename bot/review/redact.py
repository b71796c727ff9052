"""Removes personal data from a message before it is stored for review."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.review.identifiers import find_identifiers
from bot.review.names import find_names, load_model

Span = tuple[int, int, str]

# "k e v i n", "k.e.v.i.n": four letters at least, of three a sigle is made.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._-]){3,}[^\W\d_](?![^\W_])")
_REDACTED = re.compile(r"<[A-Z_]+>")


def redact(text: str) -> str:
    """`text` with each piece of personal data replaced by a label: `<EMAIL>`, `<PHONE>`, `<NAME>`…

    Invisible characters, which could hide a piece, are removed, and white space is made single spaces. A redacted text
    is returned unchanged. The first call loads spaCy's model, which takes seconds: never call this in the event loop.
    """
    text = plain(text)
    pieces, at = [], 0
    for start, end, label in personal_spans(text):
        pieces += [text[at:start], f"<{label}>"]
        at = end
    return "".join([*pieces, text[at:]])


def prepare() -> None:
    """Load everything that `redact` needs, with spaCy's model, so that its first call is as quick as later ones."""
    load_model()
    redact("je suis Machine Truc")


def personal_spans(text: str) -> list[Span]:
    """The places of personal data in a text that `plain` returned: (start, end, label), in order, not overlapping."""
    identifiers = _apart(find_identifiers(_REDACTED.sub(lambda found: "," * len(found[0]), text)))
    found = find_names(_REDACTED.sub(lambda found: "0" * len(found[0]), text))
    names = (name for name in found if not any(name[0] < end and start < name[1] for start, end, _ in identifiers))
    return sorted([*identifiers, *_apart((start, end, "NAME") for start, end in names)])


def plain(text: str) -> str:
    """`text` in Unicode form NFC, without control and format characters, single-spaced, spaced letters joined."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(" " if unicodedata.category(c) == "Cc" else c for c in composed)
    words = " ".join("".join(c for c in shown if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")).split())
    return _SPACED.sub(lambda found: "".join(c for c in found[0] if c.isalpha()), words)


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; overlapping ones are merged, under the label of the longest."""
    apart: list[Span] = []
    for start, end, label in sorted(spans):
        if apart and start < apart[-1][1]:
            first, past, other = apart[-1]
            apart[-1] = (first, max(end, past), label if end - start > past - first else other)
        else:
            apart.append((start, end, label))
    return apart
