"""Finds what a message asks fiches for by their texts ("un métier dehors avec des animaux")."""

from __future__ import annotations

import re

from bot.catalogue.filters import read_wish
from bot.catalogue.index import read_types
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.text_search import alternatives
from bot.understanding.reading import Theme

_JOBS = r"(?:metiers?|boulots?|jobs?|tafs?|professions?|(?<!du )travail)"
_FORMATIONS = r"(?:formations?|etudes|diplomes?|ecoles?|cursus|filieres?)"
_KIND = "formation"  # what a type ("bac pro") is read as
_ANY = "|".join(
    "un une des de d du quel quelle quels quelles les quoi cherche veux voudrais meilleur meilleure".split()
)
_WHERE = "|".join("on,l on,tu,ca,je,il,y,les,nous".split(","))
_THEME = "|".join("pour dans avec qui autour sur sous lie lies liee liees".split())
# "quel bac pro pour travailler avec les enfants", "métier où on soigne", "les plantes comme métier"
_ASKED = re.compile(
    rf"(?:^|\b(?:{_ANY}) )(?:\w+ )?(?:(?P<jobs>{_JOBS})|{_FORMATIONS})(?: \w+){{0,3}}? (?:{_THEME}|ou (?:{_WHERE})) "
    rf"|\bcomme (?:(?P<jobs_last>{_JOBS})|{_FORMATIONS})$"
)
_ABOUT_ONE = re.compile(r"\b(?:ce|cet|cette|ces|mon|ma|mes|ton|ta|son|sa|y)\b")
_TO_BECOME = frozenset(["devenir", "etre"])


def read_theme(text: str, kind: str | None) -> Theme | None:
    """The theme that the words of a message ask fiches for, `kind` being the type it names, or None."""
    tokens = tokenize(text)
    words = [token.text for token in tokens]
    for first, past, _ in reversed(read_types(tokens)):
        if not GAP_WORDS.issuperset(words[first:past]):  # "de" is short for a type, too
            words[first:past] = [_KIND]
    asked = _ASKED.search(" ".join(words))
    looked_for = tuple(alternatives(text))
    if not asked or not looked_for or _ABOUT_ONE.search(fold(text)):
        return None
    if len(looked_for) == 1 and _TO_BECOME.intersection(words):
        return None  # one word after "devenir" names a job
    typed = {token.text: text[token.start : token.end].lower() for token in tokens}
    said = tuple(typed[alike[0]] for alike in looked_for)
    jobs = bool(asked["jobs"] or asked["jobs_last"])
    return Theme(jobs, looked_for, said, read_wish(text, kind), asked.start() == 0)
