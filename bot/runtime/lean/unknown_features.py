"""Remembers whether the domain is empty; Rasa creates an empty domain for each message to find out."""

from __future__ import annotations

from rasa.shared.core.domain import Domain

_stock = Domain.is_empty
_ANSWER = "_jalon_is_empty"


def apply() -> None:
    """Make `Domain.is_empty` store its answer in the domain, which does not change once it is loaded."""
    Domain.is_empty = _is_empty


def _is_empty(self: Domain) -> bool:
    if _ANSWER not in self.__dict__:
        self.__dict__[_ANSWER] = _stock(self)
    return bool(self.__dict__[_ANSWER])
