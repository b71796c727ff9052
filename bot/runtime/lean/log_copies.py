"""Avoids deep copies for debug log entries, which Rasa makes although the logger drops the entries."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import TypeVar

from rasa.core import processor
from rasa.core.policies import rule_policy

T = TypeVar("T")
# In these modules of Rasa 3.6.21 `copy.deepcopy` is used in calls of structlogger.debug only.
_MODULES: tuple[ModuleType, ...] = (processor, rule_policy)


def apply() -> None:
    """Replace `copy.deepcopy` in these modules by a function that returns its argument."""
    for module in _MODULES:
        vars(module)["copy"] = SimpleNamespace(deepcopy=_itself)


def _itself(value: T) -> T:
    return value
