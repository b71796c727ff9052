"""What is logged is not copied: Rasa copies it deeply, and then the logger drops the entry."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import TypeVar

from rasa.core import processor
from rasa.core.policies import rule_policy

T = TypeVar("T")
# In these modules of 3.6.21 `copy.deepcopy` stands in calls of structlogger.debug and nowhere else.
_MODULES: tuple[ModuleType, ...] = (processor, rule_policy)


def apply() -> None:
    """Put a `copy` without copying into the modules."""
    for module in _MODULES:
        vars(module)["copy"] = SimpleNamespace(deepcopy=_itself)


def _itself(value: T) -> T:
    return value
