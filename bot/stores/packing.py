"""Converts the events of a conversation to and from the JSON text in which they are stored. Does not import Rasa."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

# The `custom` data of a message of the bot are compressed if their JSON has at least this many characters. A list of
# hundreds of formations would otherwise take 100 kB.
PACKED_FROM = 4096
_PACKED = "packed"
# Keys of the metadata of a message of the bot that are not stored, because the text and the buttons made from them are
# stored.
_SAID_TWICE = ("values", "choices")


def pack(event: dict[str, Any]) -> str:
    """Return an event (`Event.as_dict()`) as a JSON text in ASCII.

    The metadata of a message of the bot lose what can be found elsewhere in the event. Its `custom` data are
    compressed if they are long.
    """
    if event.get("event") == "bot":
        metadata = {name: value for name, value in (event.get("metadata") or {}).items() if name not in _SAID_TWICE}
        data = event.get("data") or {}
        event = {**event, "metadata": metadata, "data": {**data, "custom": _packed(data.get("custom"))}}
    return json.dumps(event)


def unpack(stored: str) -> dict[str, Any]:
    """Return the event that `pack` converted, decompressed."""
    event: dict[str, Any] = json.loads(stored)
    custom = (event.get("data") or {}).get("custom")
    if isinstance(custom, dict) and custom.keys() == {_PACKED}:
        event["data"]["custom"] = json.loads(zlib.decompress(base64.b64decode(custom[_PACKED])))
    return event


def _packed(custom: Any) -> Any:
    text = json.dumps(custom)
    if len(text) < PACKED_FROM:
        return custom
    return {_PACKED: base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")}
