"""Rasa as the tests of its components, actions and stores run it: as JALON_RUNTIME says, changed before it is imported.

To be imported by the conftest.py of a folder whose tests import rasa. `JALON_RUNTIME=stock make test` is the whole
suite over Rasa as it is.
"""

from bot.runtime.changes import change_rasa
from bot.settings import load_settings

CHANGES = change_rasa(load_settings())
