"""Both genders of a job, from the inclusive label that Onisep gives it ("technicien/ne photo").

Rules, not a dictionary: what follows the slash is the end of the feminine word, and replaces the end of
the masculine word with which it goes. Words without a slash are left as they are: Onisep, too, leaves
some adjectives in one form ("enquêteur/trice privé").
"""

from __future__ import annotations

import re

# Written ending of the feminine -> (end of the masculine word, what takes its place), the first that fits.
_FEMININE_ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "e": (("er", "ère"), ("", "e")),
    "ée": (("é", "ée"),),
    "ne": (("ain", "aine"), ("in", "ine"), ("n", "nne")),
    "enne": (("en", "enne"),),
    "ienne": (("ien", "ienne"),),
    "onne": (("on", "onne"),),
    "le": (("l", "lle"),),
    "elle": (("el", "elle"),),
    "fe": (("f", "ffe"),),
    "te": (("t", "tte"),),
    "ète": (("et", "ète"),),
    "se": (("eur", "euse"), ("eux", "euse")),
    "euse": (("eur", "euse"), ("eux", "euse"), ("er", "euse"), ("eu", "euse")),
    "rice": (("eur", "rice"),),
    "trice": (("teur", "trice"), ("ter", "trice")),
    "drice": (("deur", "drice"),),
    "eresse": (("eur", "eresse"),),
    "ère": (("er", "ère"),),
    "ière": (("ier", "ière"),),
    "ve": (("f", "ve"),),
    "ive": (("if", "ive"),),
    "esse": (("e", "esse"), ("", "esse")),
    "sse": (("e", "esse"),),
    "woman": (("man", "woman"),),
}

# Labels whose two forms no rule gives.
_IRREGULAR = {
    "barman (barmaid)": ("barman", "barmaid"),
    "hôtesse de l'air (steward)": ("steward", "hôtesse de l'air"),
    "femme / valet de chambre": ("valet de chambre", "femme de chambre"),
    "sage-femme": ("sage-femme", "sage-femme"),
}

# Slips of the source: a masculine word that lost its last letter before the slash.
_MASCULINE_SLIPS = {"modeleu": "modeleur"}

# End of a first word that can only be feminine -> its masculine.
_FEMININE_ONLY = (("ienne", "ien"), ("trice", "teur"), ("euse", "eur"), ("ière", "ier"))

_WORD = r"[^\W\d_]"
_INCLUSIVE = re.compile(rf"(?P<masculine>{_WORD}+)(?:[/·](?P<slashed>{_WORD}+)|\((?P<enclosed>{_WORD}+)\))")
_FIRST_WORD = re.compile(rf"{_WORD}+")


def inflect(label: str) -> tuple[str, str]:
    """The masculine and the feminine of an inclusive job label, equal where the label has one form.

    "ajusteur/euse-monteur/euse" gives ("ajusteur-monteur", "ajusteuse-monteuse"). A label that is only
    feminine ("technicienne de maintenance") gives its masculine where the ending leaves no doubt. Runs of
    spaces become one space.
    """
    label = " ".join(label.split())
    if label in _IRREGULAR:
        return _IRREGULAR[label]
    masculine = _INCLUSIVE.sub(lambda found: _forms(found)[0], label)
    feminine = _INCLUSIVE.sub(lambda found: _forms(found)[1], label)
    return (_masculine_of(label), label) if masculine == feminine == label else (masculine, feminine)


def _forms(found: re.Match[str]) -> tuple[str, str]:
    """Both forms of one word; the text as it stands where the slash has nothing to do with gender."""
    written = found["masculine"]
    for end, replacement in _FEMININE_ENDINGS.get(found["slashed"] or found["enclosed"], ()):
        if written.endswith(end):
            feminine = written.removesuffix(end) + replacement
            return _MASCULINE_SLIPS.get(written, written), feminine
    return found[0], found[0]


def _masculine_of(label: str) -> str:
    word = _FIRST_WORD.match(label)
    for feminine, masculine in _FEMININE_ONLY:
        if word and word[0].endswith(feminine):
            return word[0].removesuffix(feminine) + masculine + label[word.end() :]
    return label
