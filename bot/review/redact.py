"""Removes personal data from a message before it is stored for review."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.review.identifiers import find_identifiers
from bot.review.names import find_names, load_model

Span = tuple[int, int, str]

# Letters typed one by one, such as "k e v i n" or "k.e.v.i.n". At least four, because three may be a sigle.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._-]){3,}[^\W\d_](?![^\W_])")
_REDACTED = re.compile(r"<[A-Z_]+>")


def redact(text: str) -> str:
    """Return `text` with each piece of personal data replaced by a label: `<EMAIL>`, `<PHONE>`, `<NAME>`…

    Invisible characters, which could hide personal data, are removed, and runs of white space become one space. A
    text that is already redacted is returned unchanged. The first call loads spaCy's model, which takes seconds, so
    this must never be called in the event loop.
    """
    text = plain(text)
    pieces, at = [], 0
    for start, end, label in personal_spans(text):
        pieces += [text[at:start], f"<{label}>"]
        at = end
    return "".join([*pieces, text[at:]])


def prepare() -> None:
    """Load everything that `redact` needs, including spaCy's model, so that its first call is as fast as later ones."""
    load_model()
    redact("je suis Machine Truc")


def personal_spans(text: str) -> list[Span]:
    """Return the personal data in a text that `plain` returned: (start, end, label), in order, not overlapping."""
    identifiers = _apart(find_identifiers(_REDACTED.sub(lambda found: "," * len(found[0]), text)))
    found = find_names(_REDACTED.sub(lambda found: "0" * len(found[0]), text))
    names = (name for name in found if not any(name[0] < end and start < name[1] for start, end, _ in identifiers))
    return sorted([*identifiers, *_apart((start, end, "NAME") for start, end in names)])


def plain(text: str) -> str:
    """Return `text` in Unicode form NFC, without control and format characters, single-spaced.

    Letters that were typed with spaces between them are joined.
    """
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(" " if unicodedata.category(c) == "Cc" else c for c in composed)
    words = " ".join("".join(c for c in shown if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")).split())
    return _SPACED.sub(lambda found: "".join(c for c in found[0] if c.isalpha()), words)


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order. Overlapping ones are merged, with the label of the longest."""
    apart: list[Span] = []
    for start, end, label in sorted(spans):
        if apart and start < apart[-1][1]:
            first, past, other = apart[-1]
            apart[-1] = (first, max(end, past), label if end - start > past - first else other)
        else:
            apart.append((start, end, label))
    return apart
