"""What in a correction is not asked: "non pas les métiers, la durée", "nan je parlais des études"."""

from __future__ import annotations

import re

# Finds what is not asked: "non pas les métiers, la durée", "la durée, pas les métiers".
_NOT_ASKED = re.compile(
    r"(?:^|(?<=[,;.!?]))\W{0,9}(?:(?:mais|non|nan|ah|euh) )*pas (?:les |la |le |l['’ ]|des )\w+(?=\W*[,;.!?]|\W+mais\b)"
    r"|(?<!n)(?<!n[e'’])[, ]+(?:et )?pas (?:les |la |le |l['’ ])\w+\W*$",
    re.IGNORECASE,
)
# Finds the words before a question that corrects the last one: "nan je parlais des études".
_I_MEANT = re.compile(
    r"^\W*(?:(?:non|nan|mais|ah|euh|bah|enfin|pardon)\W+)*j(?:e|['’])? ?(?:te |t['’]|vous )?"
    r"(?:parlais|parle|voulais (?:dire|savoir|parler)|demandais|demande|ai demand[ée])\b",
    re.IGNORECASE,
)


def without_refused(text: str) -> str:
    """Return `text` without the parts that say what is not asked."""
    return _NOT_ASKED.sub(" ", text)


def without_opening(text: str) -> str:
    """Return `text` without the words before a question that corrects the last one."""
    return _I_MEANT.sub("", text)
