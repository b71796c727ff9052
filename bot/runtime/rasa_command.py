"""The command `rasa` with the changes to it that the settings select: python -m bot.runtime.rasa_command train …"""

from __future__ import annotations

from bot.runtime.changes import change_rasa
from bot.settings import load_settings


def main() -> None:
    """Apply the changes, then run Rasa's command line."""
    change_rasa(load_settings())
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
