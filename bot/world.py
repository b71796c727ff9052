"""What is known at one moment: the catalogue and the resolver of its names, as the dialogue and the answers ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from bot.catalogue.fiche import Catalogue, Facet, Formation
from bot.catalogue.ref import Ref
from bot.catalogue.resolver import Resolver


@dataclass(frozen=True)
class World:
    """The catalogue of the moment, the resolver built over it, and the address of the official search."""

    catalogue: Catalogue
    resolver: Resolver
    search_url: str = "https://www.onisep.fr/recherche?context=formation&text={query}"

    def search_link(self, words: str) -> str:
        """The address of the official search with `words` filled in."""
        return self.search_url.format(query=quote_plus(words))

    def holds(self, ref: Ref) -> bool:
        """Whether the catalogue still has what `ref` points at."""
        return ref.id in (self.catalogue.jobs if ref.is_job else self.catalogue.formations)

    def formations(self, ids: Sequence[str]) -> list[Formation]:
        """The formations of `ids` that there still are."""
        return [self.catalogue.formations[i] for i in ids if i in self.catalogue.formations]

    def title(self, ref: Ref) -> str:
        """The title of a formation, or the label of a job."""
        return ref.id if ref.is_job else self.catalogue.formations[ref.id].title

    def has_fiche(self, label: str) -> bool:
        """Whether a job has a fiche of its own."""
        return label in self.catalogue.job_fiches

    def tells(self, ref: Ref, facet: Facet) -> bool:
        """Whether the fiche of a formation or a job tells a facet."""
        fiche = (self.catalogue.job_fiches if ref.is_job else self.catalogue.formations).get(ref.id)
        return fiche is not None and fiche.has(facet)

    def names_of_job(self, label: str) -> tuple[str, ...]:
        """The label of a job, and every other name that its fiche gives it."""
        fiche = self.catalogue.job_fiches.get(label)
        return (label, *(name.label for name in fiche.names)) if fiche else (label,)

    def rung(self, ref: Ref) -> int | None:
        """The French qualification level (3 to 8) of a formation, None for a job or where the fiche does not say."""
        return None if ref.is_job else self.catalogue.formations[ref.id].level_number

    def is_kind(self, ref: Ref, kind: str) -> bool:
        """Whether a formation is of the type `kind`; a job never is."""
        return not ref.is_job and self.resolver.is_kind(ref.id, kind)
