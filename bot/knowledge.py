"""The catalogue of the moment with its resolver, shared by the NLU component and the actions of one process."""

from __future__ import annotations

import threading
from functools import lru_cache

from bot.catalogue.live import LiveCatalogue
from bot.catalogue.resolver import Resolver
from bot.dialogue import Knowledge
from bot.settings import load_settings


class LiveKnowledge:
    """Knowledge that follows the store: the resolver is built anew when the catalogue changed."""

    def __init__(self, url: str, search_url: str) -> None:
        self._search_url = search_url
        self._live = LiveCatalogue(url)
        self._lock = threading.Lock()
        self._knowledge: Knowledge | None = None

    def current(self) -> Knowledge:
        """The knowledge as of now; raises StoreEmpty or StoreUnreadable where no catalogue was ever read."""
        catalogue = self._live.current()
        known = self._knowledge
        if known is not None and known.catalogue is catalogue:
            return known
        with self._lock:
            if self._knowledge is None or self._knowledge.catalogue is not catalogue:
                resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases)
                self._knowledge = Knowledge(catalogue, resolver, self._search_url)
            return self._knowledge


@lru_cache(maxsize=4)
def _live(url: str, search_url: str) -> LiveKnowledge:
    return LiveKnowledge(url, search_url)


def current_knowledge() -> Knowledge:
    """The knowledge of the store that the settings name."""
    settings = load_settings()
    return _live(settings.database_url, settings.search_url).current()
