"""Names as they stand in addresses, keys and comparisons."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """`text` in lower-case ASCII letters, digits and single hyphens ("Œuvre d'art" is "oeuvre-d-art").

    The empty string where `text` holds no Latin letter and no digit.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _OTHER.sub("-", bare).strip("-")
