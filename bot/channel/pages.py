"""Serves the files under /chat: the chat page, the privacy page, and the widget at fixed and versioned addresses."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import StrictUndefined, Template
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channel.bundle import join_modules
from bot.settings import ROOT, Settings

logger = logging.getLogger(__name__)

WIDGET = Path(__file__).resolve().parent.parent / "widget"
# Holds every widget served so far, so that a page that pins an older one still works after an update.
VERSIONS = ROOT / "build" / "jalon" / "widgets"
_ALWAYS_ASK = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"
_HTML = "text/html; charset=utf-8"
_FILES = {
    "/": ("index.html", _HTML),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
_JAVASCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Asset:
    """A file to serve: its bytes, its content type and its Cache-Control header."""

    body: bytes
    content_type: str
    cache: str = _ALWAYS_ASK

    @cached_property
    def digest(self) -> bytes:
        """The SHA-384 hash of the body."""
        return hashlib.sha384(self.body).digest()

    @cached_property
    def integrity(self) -> str:
        """The value of an HTML `integrity` attribute for this file."""
        return "sha384-" + base64.b64encode(self.digest).decode("ascii")

    @cached_property
    def version(self) -> str:
        """The version in the address of the file: the first 80 bits of the digest, in hexadecimal."""
        return self.digest[:10].hex()

    @cached_property
    def _zipped(self) -> bytes:
        return gzip.compress(self.body, mtime=0)

    def reply(self, request: Request) -> HTTPResponse:
        """Return the reply to a GET or HEAD request. It has status 304 if the browser already has this version."""
        headers = {"Cache-Control": self.cache, "ETag": f'"{self.version}"', "Vary": "Origin, Accept-Encoding"}
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return HTTPResponse(status=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return HTTPResponse(self.body, headers=headers, content_type=self.content_type)
        headers["Content-Encoding"] = "gzip"
        return HTTPResponse(self._zipped, headers=headers, content_type=self.content_type)


def add_pages(routes: Blueprint, settings: Settings) -> None:
    """Add the routes of all pages to `routes`.

    Reads the files of the widget, and saves the current widget in VERSIONS.
    """
    for uri, (name, content_type) in _FILES.items():
        _add(routes, uri, Asset((WIDGET / name).read_bytes(), content_type))
    _add(routes, "/privacy", Asset(privacy_page(settings).encode(), _HTML))
    text = join_modules(WIDGET / "widget.js").encode()
    current = Asset(text, _JAVASCRIPT)
    told = {"path": f"v/{current.version}/widget.js", "integrity": current.integrity}
    _add(routes, "/widget.js", current)
    _add(routes, "/version.json", Asset(json.dumps(told).encode(), "application/json"))
    for pinned in pinned_versions(Asset(text, _JAVASCRIPT, _FOR_EVER), VERSIONS):
        _add(routes, f"/v/{pinned.version}/widget.js", pinned)


def _add(routes: Blueprint, uri: str, asset: Asset) -> None:
    async def handler(request: Request) -> HTTPResponse:
        return asset.reply(request)

    routes.add_route(handler, uri, methods=("GET", "HEAD"), name=re.sub(r"\W", "_", f"page{uri}"))


def privacy_page(settings: Settings) -> str:
    """Return the HTML of the privacy page.

    It states how long this server keeps data, who is responsible for it, and whom to contact.
    """
    page = (WIDGET / "privacy.html").read_text(encoding="utf-8")
    return Template(page, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True).render(
        hours=settings.keep_conversations_hours,
        days=settings.keep_questions_days,
        controller=settings.controller,
        dpo=settings.dpo,
    )


def pinned_versions(current: Asset, folder: Path) -> Iterator[Asset]:
    """Yield the `current` widget and all earlier ones in `folder`, and save `current` there, one file per version.

    If it cannot be saved, a warning is logged.
    """
    yield current
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(current.body)
        os.replace(draft, folder / f"{current.version}.js")
    except OSError as error:
        logger.warning("Pages that name this widget by its hash will lose it at the next update: %s", error)
    for path in folder.glob("*.js"):
        kept = Asset(path.read_bytes(), _JAVASCRIPT, _FOR_EVER)
        if kept.version == path.stem != current.version:
            yield kept
