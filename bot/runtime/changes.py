"""Makes the changes to Rasa that the settings want: JALON_RUNTIME, JALON_RUNTIME_WITHOUT."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.metadata import version

from bot.settings import Change, Settings

logger = logging.getLogger(__name__)

# The only version that the changes were written for: each of them knows its inner workings.
RASA = "3.6.21"


def change_rasa(settings: Settings) -> tuple[Change, ...]:
    """Make the changes that the settings want, and return them; none, with a warning, in any other Rasa than RASA.

    To be called before anything imports rasa, for some changes are to what it imports.
    """
    wanted = settings.changes()
    found = version("rasa")
    if wanted and found != RASA:
        logger.warning("Rasa %s runs as it is: what JALON_RUNTIME=lean changes is known of %s alone", found, RASA)
        return ()
    for change in wanted:
        import_module(f"bot.runtime.lean.{change.value}").apply()
    return wanted
