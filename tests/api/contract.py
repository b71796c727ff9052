"""docs/openapi.json, and what a reply has that breaks it."""

from __future__ import annotations

import json
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from bot.settings import ROOT


class Contract:
    """docs/openapi.json."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))

    def validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        """A validator of a schema that may refer to the components."""
        return Draft202012Validator({"components": self.document["components"], **schema})

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        """The node that a `$ref` stands for, or the node itself."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def broken_by(self, reply: httpx.Response) -> str | None:
        """What is wrong with a reply to a documented call, in words; None where nothing is."""
        request = reply.request
        call = self.document["paths"].get(request.url.path, {}).get(request.method.lower())
        if call is None:
            return None
        told = f"{request.method} {request.url.path} -> {reply.status_code}"
        documented = call["responses"].get(str(reply.status_code))
        if documented is None:
            return f"{told}: this status is not documented"
        for media_type, media in self.resolve(documented).get("content", {}).items():
            if reply.headers.get("content-type", "").partition(";")[0] != media_type:
                return f"{told}: {media_type} documented, got {reply.headers.get('content-type')}"
            if media_type == "application/json":
                for error in self.validator(media["schema"]).iter_errors(reply.json()):
                    return f"{told}: {error.json_path}: {error.message}"
        return None
