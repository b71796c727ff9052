"""The world of the moment, shared by the NLU component and the action of one process; it follows the store."""

from __future__ import annotations

import threading
import time
from functools import lru_cache

from bot.catalogue.fiche import Catalogue
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.resolver import Resolver
from bot.settings import load_settings
from bot.world import World

CHECK_SECONDS = 1.0


class LiveWorld:
    """A world that follows the store: a thread looks at it, so that no message ever waits for the database."""

    def __init__(self, url: str, search_url: str) -> None:
        self._search_url = search_url
        self._live = LiveCatalogue(url)
        self._lock = threading.Lock()
        self._world: World | None = None

    def current(self) -> World:
        """The world as of a moment ago; raises StoreEmpty or StoreUnreadable where no catalogue was ever read."""
        known = self._world
        if known is not None:
            return known
        with self._lock:
            if self._world is None:
                self._world = self._over(self._live.current())
                threading.Thread(target=self._follow, name="catalogue", daemon=True).start()
            return self._world

    def _follow(self) -> None:
        while True:
            time.sleep(CHECK_SECONDS)
            catalogue = self._live.refresh()
            if self._world is None or catalogue is not self._world.catalogue:
                self._world = self._over(catalogue)

    def _over(self, catalogue: Catalogue) -> World:
        resolver = Resolver(
            catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases, catalogue.job_fiches
        )
        return World(catalogue, resolver, self._search_url)


@lru_cache(maxsize=4)
def _live(url: str, search_url: str) -> LiveWorld:
    return LiveWorld(url, search_url)


def current_world() -> World:
    """The world of the store that the settings name."""
    settings = load_settings()
    return _live(settings.database_url, settings.search_url).current()
