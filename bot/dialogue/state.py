"""What a conversation remembers, what is known, and what every kind of turn needs of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from typing import Any
from urllib.parse import quote_plus

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Catalogue, Facet, Formation, Outcome
from bot.catalogue.resolver import Resolver
from bot.guidance.interview import Interview
from bot.reading import Reading

REMEMBERED = 4


_FALLBACKS_BEFORE_WAY_OUT = 2


@dataclass(frozen=True)
class State:
    """What a conversation remembers between messages; ids and labels only, JSON both ways.

    `formations` the last answer was about; `discussed` the last ones in the order they came; `listed` the last list
    shown, in the order displayed, of which `shown` were told; `waiting` the facets of a question that lacks its
    formation, among `candidates` where a choice was asked, or its job, among `job_candidates`. `jobs` is the job
    spoken of, of whose long sections `page` pages were told; `formal` once someone said "vous"; `guidance` what
    was said of oneself; `distress` what was told of it, and by whom, until something else is asked.
    """

    facets: tuple[str, ...] = ()
    formations: tuple[str, ...] = ()
    discussed: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    job_candidates: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    situation: str = ""
    distress: str = ""
    misses: int = 0
    shown: int = 0
    page: int = 0
    formal: bool = False
    guidance: Interview = Interview()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> State:
        """The state in `data`; anything malformed is forgotten."""
        if not isinstance(data, dict):
            return cls()
        values: dict[str, Any] = {}
        for field in fields(cls):
            value = data.get(field.name)
            if field.name in ("misses", "shown", "page"):
                values[field.name] = max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0
            elif field.name == "formal":
                values["formal"] = value is True
            elif field.name == "guidance":
                values["guidance"] = Interview.from_json(value)
            elif field.name in ("situation", "distress"):
                values[field.name] = value if isinstance(value, str) else ""
            elif isinstance(value, (list, tuple)):
                values[field.name] = tuple(item for item in value if isinstance(item, str))
        return cls(**values)


@dataclass(frozen=True)
class Knowledge:
    """The catalogue of the moment and the resolver built over it."""

    catalogue: Catalogue
    resolver: Resolver
    search_url: str = "https://www.onisep.fr/recherche?context=formation&text={query}"

    def search_link(self, words: str) -> str:
        """The address of the official search with `words` filled in."""
        return self.search_url.format(query=quote_plus(words))

    def formations(self, ids: Sequence[str]) -> list[Formation]:
        """The formations of `ids` that there still are."""
        return [self.catalogue.formations[i] for i in ids if i in self.catalogue.formations]


Turn = tuple[list[Reply], State]


def remember(discussed: tuple[str, ...], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple([*(i for i in discussed if i not in ids), *ids][-REMEMBERED:])


def to_facets(values: Sequence[str]) -> tuple[Facet, ...]:
    known = {facet.value: facet for facet in Facet}
    return tuple(known[v] for v in values if v in known)


def to_values(facets: Iterable[Facet]) -> tuple[str, ...]:
    return tuple(f.value for f in facets)


def examples(knowledge: Knowledge, facets: Sequence[Facet] = (), among: Sequence[Formation] = ()) -> tuple[Choice, ...]:
    """Two or three questions that work on this catalogue, for someone who does not know what to type."""
    wanted = (Facet.ACCESS, Facet.JOBS) if not among or not facets else facets
    full = (f for f in among or knowledge.catalogue.formations.values() if all(f.has(facet) for facet in wanted))
    some = list(islice(full, 3))
    asked = [facets] * 3 if facets else [(Facet.JOBS,), (Facet.ACCESS,), (Facet.DURATION,)]
    return tuple(
        Choice(
            f"choice_{each[0].value}_of" if not facets else "choice_title",
            {"title": f.title},
            Ask(tuple(each), (f.id,)),
        )
        for f, each in zip(some, asked, strict=False)
    )


def not_understood(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """Never the same sentence twice, and a way out after two."""
    lost = state.misses >= _FALLBACKS_BEFORE_WAY_OUT
    reply = Reply(
        "way_out" if lost else "not_understood",
        Outcome.OUT_OF_SCOPE,
        {"variant": state.misses},
        choices=examples(knowledge),
    )
    return [reply], replace(state, misses=state.misses + 1)
