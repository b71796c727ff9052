"""The class of a stored event is looked up by its type: Rasa goes through all classes of events for each event."""

from __future__ import annotations

from rasa.shared.core.events import Event

_stock = Event.resolve_by_type
_classes: dict[str, type[Event]] = {}


def apply() -> None:
    """Remember the classes found; a type that no class has is Rasa's to refuse, or to give its default."""
    Event.resolve_by_type = staticmethod(_resolve)


def _resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    found = _classes.get(type_name)
    if found is None:
        found = _stock(type_name, default)
        if found is not None and found.type_name == type_name:
            _classes[type_name] = found
    return found
