"""The role of each name in a message: asked about, where one comes from, what one wants to become, or excluded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import tomli

from bot.catalogue.normalize import expand_sms, fold, tokenize
from bot.understanding.reading import Fit, Lead, Name, Role

_TABLE = Path(__file__).with_name("roles.toml")
_JOINED = re.compile(r"\s*(,|et|ou|et/ou|&|\+|/)\s*(un |une |le |la |l'|du |des |les )?")


@lru_cache(maxsize=1)
def _before() -> Mapping[Role, re.Pattern[str]]:
    """What stands just before a name with a role."""
    table = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    fill = "|".join(table["fill"].split())
    return {
        role: re.compile(rf"\b(?:{'|'.join(table[role.value])})( ({fill}))*$") for role in (Role.ORIGIN, Role.EXCLUDED)
    }


def with_roles(text: str, names: Sequence[Name], compares: bool) -> list[Name]:
    """`names` with their roles, as the words before each tell; `compares` tells that all of them are compared."""
    if compares:
        return list(names)
    if not names:
        return []
    joined = [bool(_JOINED.fullmatch(fold(text[a.end : b.start]))) for a, b in pairwise(names)]
    roles: list[Role] = []
    for at, name in enumerate(names):
        again = at and joined[at - 1] and not _turns_away(roles[-1], text[names[at - 1].end : name.start])
        roles.append(roles[-1] if again else _role(text, name, names))
    alone = set(roles) == {Role.ORIGIN} and len(names) > 1
    return [
        replace(name, role=Role.SUBJECT if alone else role, joined=before or after)
        for name, role, before, after in zip(names, roles, [False, *joined], [*joined, False], strict=True)
    ]


def _turns_away(role: Role, between: str) -> bool:
    """Whether what follows a comma is asked instead of what is excluded ("pas le BP, le CAP")."""
    return role is Role.EXCLUDED and "," in between


def _role(text: str, name: Name, names: Sequence[Name]) -> Role:
    before = " ".join(expand_sms(token.text) for token in tokenize(text[: name.start]))
    if name.fit is Fit.STATUS:
        return Role.ORIGIN
    if _before()[Role.EXCLUDED].search(before) and len(names) > 1:
        return Role.EXCLUDED
    if _before()[Role.ORIGIN].search(before) and (len(names) > 1 or name.formations):
        return Role.ORIGIN
    if name.kind and name.lead is Lead.OWN and len(names) > 1:
        return Role.ORIGIN
    return Role.SUBJECT
