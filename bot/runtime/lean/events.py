"""Remembers the class of each type of event; Rasa searches all classes for each event that it reads."""

from __future__ import annotations

from rasa.shared.core.events import Event

_stock = Event.resolve_by_type
_classes: dict[str, type[Event]] = {}


def apply() -> None:
    """Make Rasa remember the classes that it found; unknown types are handled as before."""
    Event.resolve_by_type = staticmethod(_resolve)


def _resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found = _classes.get(type_name)
    if found is None:
        found = _stock(type_name, default)
        if found is not None and found.type_name == type_name:
            _classes[type_name] = found
    return found
