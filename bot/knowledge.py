"""The catalogue of the moment with its resolver, shared by the NLU component and the actions of one process."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

from bot.catalogue.fiche import Catalogue
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.resolver import Resolver
from bot.dialogue import Knowledge
from bot.settings import load_settings

CHECK_SECONDS = 1.0


class LiveKnowledge:
    """Knowledge that follows the store: a thread looks at it, so that no message ever waits for the database."""

    def __init__(self, url: str, search_url: str) -> None:
        self._search_url = search_url
        self._live = LiveCatalogue(url)
        self._lock = threading.Lock()
        self._knowledge: Knowledge | None = None

    def current(self) -> Knowledge:
        """The knowledge as of a moment ago; raises StoreEmpty or StoreUnreadable where no catalogue was ever read."""
        known = self._knowledge
        if known is not None:
            return known
        with self._lock:
            if self._knowledge is None:
                self._knowledge = self._over(self._live.current())
                threading.Thread(target=self._follow, name="catalogue", daemon=True).start()
            return self._knowledge

    def _follow(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            catalogue = self._live.refresh()
            if self._knowledge is None or catalogue is not self._knowledge.catalogue:
                self._knowledge = self._over(catalogue)

    def _over(self, catalogue: Catalogue) -> Knowledge:
        resolver = Resolver(
            catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases, catalogue.job_fiches
        )
        return Knowledge(catalogue, resolver, self._search_url)


@lru_cache(maxsize=4)
def _live(url: str, search_url: str) -> LiveKnowledge:
    return LiveKnowledge(url, search_url)


def current_knowledge() -> Knowledge:
    """The knowledge of the store that the settings name."""
    settings = load_settings()
    return _live(settings.database_url, settings.search_url).current()
