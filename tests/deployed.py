"""What tests of deploy/ share: schemas in which each field that is not named is an error; what settings are known."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.settings import ROOT, Settings

Node = dict[str, Any]

DEPLOY = ROOT / "deploy"
MANIFESTS = DEPLOY / "kubernetes"
DOCUMENTED = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
SECRETS = set(re.findall(r"^(\w+)=$", (DEPLOY / "secrets.env.example").read_text(encoding="utf-8"), re.MULTILINE))
PORT = 5005
VALUE = "0123456789abcdef" * 4
STANDARD = {"JALON_SECRET", "DATABASE_PASSWORD", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
# An image of an exact version, or by digest.
EXACT = r"^[\w./-]+(:\d+\.\d+[\w.-]*|(:[\w.-]+)?@sha256:[0-9a-f]{64})$"
OURS = "jalon"

TEXT: Node = {"type": "string"}
COUNT: Node = {"type": "integer", "minimum": 0}
TEXTS: Node = {"type": "array", "items": TEXT, "minItems": 1}
QUANTITY: Node = {"type": "string", "pattern": r"^\d+(m|Mi|Gi)?$"}


def fields(required: str = "", **properties: Node) -> Node:
    """The schema of an object with these fields and no other."""
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


def listed(item: Node) -> Node:
    return {"type": "array", "items": item, "minItems": 1}


def mapped(value: Node) -> Node:
    return {"type": "object", "additionalProperties": value, "minProperties": 1}


def plain(given: dict[str, str]) -> dict[str, Any]:
    """The variables as Settings takes them, lists apart by commas."""
    lists = {"JALON_TRUSTED_PROXIES", "JALON_ORIGINS"}
    return {name: [v for v in text.split(",") if v] if name in lists else text for name, text in given.items()}


def assert_known(names: Any) -> None:
    """No variable of ours is misspelt: a setting of that name exists."""
    known = {f"JALON_{name.upper()}" for name in Settings.__fields__}
    assert {name for name in names if name.startswith("JALON_")} <= known
