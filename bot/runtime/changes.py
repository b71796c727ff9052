"""Applies the changes to Rasa that JALON_RUNTIME and JALON_RUNTIME_WITHOUT select."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.metadata import version

from bot.settings import Change, Settings

logger = logging.getLogger(__name__)

# The only version that the changes were written for: they depend on its internals.
RASA = "3.6.21"


def change_rasa(settings: Settings) -> tuple[Change, ...]:
    """Apply the changes that `settings` select, and return them.

    With any other version of Rasa than RASA, nothing is changed and a warning is logged. Call it before anything
    imports rasa, because some changes are to what rasa imports.
    """
    wanted = settings.changes()
    found = version("rasa")
    if wanted and found != RASA:
        logger.warning("Rasa %s runs as it is: what JALON_RUNTIME=lean changes is known of %s alone", found, RASA)
        return ()
    for change in wanted:
        import_module(f"bot.runtime.lean.{change.value}").apply()
    return wanted
