"""Runs the command line of Rasa in any environment of Jalon: python -m bot.runtime.rasa_command train …"""

from __future__ import annotations

from bot.runtime.environment import prepare


def main() -> None:
    """Make Rasa importable, then run its command line."""
    prepare()
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
