"""What a pupil said about themselves: where they stand, what they like and refuse, how long they would study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

# The class or diploma one is in or has, in ascending order.
SITUATIONS = ("3e", "cap", "2de", "1re", "terminale", "bac", "bac+1", "bac+2", "bac+3", "bac+4", "bac+5")
IN_LYCEE_OR_AFTER = SITUATIONS[3:]
SERIES = ("générale", "stmg", "st2s", "sti2d", "stl", "stav", "std2a", "sthr", "pro")
_MOST_YEARS = 15


@dataclass(frozen=True)
class Profile:
    """What is known of a pupil; a profile is false if nothing is.

    `situation` is one of SITUATIONS or "". `series` is the bac that they have or prepare, one of SERIES or "".
    `interests` are what they like: labels of the catalogue, to the letter. `avoided` are what they refuse: such labels,
    or keys of `bot.guidance.ranking.DISLIKES`. `years` is how long they would study from now on, None for no limit.
    `child` tells that a parent writes about their child.
    """

    situation: str = ""
    series: str = ""
    interests: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    years: int | None = None
    apprenticeship: bool = False
    child: bool = False

    def updated_by(self, said: Profile) -> Profile:
        """This profile, updated by what was said later. A taste now liked is no longer refused, and the reverse."""
        liked = [i for i in self.interests if i not in said.avoided]
        refused = [i for i in self.avoided if i not in said.interests]
        situation = said.situation or self.situation
        keeps_series = situation in IN_LYCEE_OR_AFTER or not said.situation
        return replace(
            self,
            situation=situation,
            series=said.series or (self.series if keeps_series else ""),
            interests=tuple(dict.fromkeys([*liked, *said.interests])),
            avoided=tuple(dict.fromkeys([*refused, *said.avoided])),
            years=self.years if said.years is None else said.years,
            apprenticeship=self.apprenticeship or said.apprenticeship,
            child=self.child or said.child,
        )

    def __bool__(self) -> bool:
        return self != Profile(child=self.child)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> Profile:
        """The profile from decoded JSON; malformed parts are replaced by their defaults."""
        if not isinstance(data, dict):
            return cls()
        years = data.get("years")
        return cls(
            situation=data["situation"] if data.get("situation") in SITUATIONS else "",
            series=data["series"] if data.get("series") in SERIES else "",
            interests=strings(data.get("interests")),
            avoided=strings(data.get("avoided")),
            years=years if type(years) is int and 0 <= years <= _MOST_YEARS else None,
            apprenticeship=data.get("apprenticeship") is True,
            child=data.get("child") is True,
        )


def strings(data: Any) -> tuple[str, ...]:
    """The strings in the list `data`; empty if it is not a list."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        return ()
    return tuple(item for item in data if isinstance(item, str))
