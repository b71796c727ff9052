"""The conversation: what was understood and what was said before -> replies and what to remember. Pure."""

from bot.dialogue.decide import decide
from bot.dialogue.state import Knowledge, State, Turn

__all__ = ["Knowledge", "State", "Turn", "decide"]
