"""Skips the schema check of results of our own actions, for which Rasa reads the schema each time (40 ms)."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import RemoteAction

from bot.runtime.in_process_actions import InProcessActions

_stock = RemoteAction._validate_action_result


def apply() -> None:
    """Make Rasa check only results that come from an action server."""
    RemoteAction._validate_action_result = _validate


def _validate(self: RemoteAction, result: dict[str, Any]) -> bool:
    return isinstance(self.action_endpoint, InProcessActions) or _stock(self, result)
