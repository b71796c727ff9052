"""Frozen dataclasses to JSON values and back, so that a slot or an HTTP request can carry them.

Whatever is malformed becomes the default of its field: a stored value of an older version never stops a conversation.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class _Malformed(Exception):
    """Raised when a value is not of the type of its field."""


def encode(value: Any) -> Any:
    """The JSON value of a dataclass, without the fields that are at their default."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: encode(getattr(value, name))
            for name, _, default in _fields(type(value))
            if default is MISSING or getattr(value, name) != default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    return value


def decode(cls: type[T], data: Any) -> T:
    """The dataclass `cls` in a JSON value. Raises TypeError if a field without a default is missing or malformed."""
    values: dict[str, Any] = {}
    given = data if isinstance(data, Mapping) else {}
    for name, hint, _ in _fields(cls):  # type: ignore[arg-type]
        if name in given:
            try:
                values[name] = _decoded(hint, given[name])
            except _Malformed:
                continue
    return cls(**values)


@lru_cache(maxsize=64)
def _fields(cls: type) -> tuple[tuple[str, Any, Any], ...]:
    """The name, the type and the default of each field of a dataclass."""
    hints = get_type_hints(cls)
    return tuple((f.name, hints[f.name], f.default) for f in fields(cls))


def _decoded(hint: Any, value: Any) -> Any:
    origin, of = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return None if value is None else _decoded(next(arg for arg in of if arg is not type(None)), value)
    if origin is frozenset:
        return frozenset(_items(of[0], value))
    if origin is tuple:
        if of[-1] is Ellipsis:
            return tuple(_items(of[0], value))
        return _exactly(of, value)
    if isinstance(hint, type) and issubclass(hint, tuple):  # a NamedTuple
        return hint(*_exactly(tuple(get_type_hints(hint).values()), value))
    if is_dataclass(hint):
        return _whole(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError as error:
            raise _Malformed from error
    return _plain(hint, value)


def _plain(hint: Any, value: Any) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise _Malformed
    return value


def _whole(hint: Any, value: Any) -> Any:
    """A dataclass inside another; one that checks its own values has a `from_json`."""
    if not isinstance(value, Mapping):
        raise _Malformed
    try:
        return hint.from_json(value) if hasattr(hint, "from_json") else decode(hint, value)
    except TypeError as error:
        raise _Malformed from error


def _items(hint: Any, value: Any) -> list[Any]:
    """The items of a list that are of the type; the others are left out."""
    if not isinstance(value, list):
        raise _Malformed
    found = []
    for item in value:
        try:
            found.append(_decoded(hint, item))
        except _Malformed:
            continue
    return found


def _exactly(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) != len(hints):
        raise _Malformed
    return tuple(_decoded(hint, item) for hint, item in zip(hints, value, strict=True))
