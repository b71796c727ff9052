"""How an event of a conversation is written into its row, and read from it. No Rasa in here."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

# The part of a bot's message that is for machines is compressed from this many characters of JSON on: a list of
# hundreds of formations takes 100 kB otherwise.
PACKED_FROM = 4096
_PACKED = "packed"
# What the bot's words were made of stands in its metadata; the words themselves, and what is offered, stand beside it.
_SAID_TWICE = ("values", "choices")


def pack(event: dict[str, Any]) -> str:
    """An event (`Event.as_dict()`) as the JSON that is stored, without what it says twice; all in ASCII."""
    if event.get("event") == "bot":
        metadata = {name: value for name, value in (event.get("metadata") or {}).items() if name not in _SAID_TWICE}
        data = event.get("data") or {}
        event = {**event, "metadata": metadata, "data": {**data, "custom": _packed(data.get("custom"))}}
    return json.dumps(event)


def unpack(stored: str) -> dict[str, Any]:
    """The event that `pack` wrote."""
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
