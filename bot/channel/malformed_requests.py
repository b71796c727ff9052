"""Refuses heads of requests that Sanic 21.12, the version that Rasa pins, does not survive or reads in two ways.

`Content-Length: -5` makes it loop for ever, and with it the whole server; a body in bad chunks, or an address that is
none, ends the connection with an uncaught error; a body with two lengths may be read otherwise by a proxy in front.
"""

from __future__ import annotations

import re

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.http import Http

_FIRST_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.[01]")
_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:[ \t]*([^\r\n]*)")
_ENCODING = re.compile(rb"(?im)^transfer-encoding[ \t]*:")


def is_well_formed(head: bytes) -> bool:
    """Whether the head of a request (without its empty line) has an address, and a body of a plain length at most."""
    first, _, rest = head.partition(b"\r\n")
    lengths = _LENGTH.findall(rest)
    plain = len(lengths) <= 1 and all(length.strip().isdigit() for length in lengths)
    return bool(_FIRST_LINE.fullmatch(first)) and plain and not _ENCODING.search(rest)


def refuse_malformed_requests(app: Sanic) -> None:
    """Answer such a request with an error, before Sanic acts on its head."""

    @app.signal("http.lifecycle.read_head")
    async def look(head: bytes) -> None:
        if not is_well_formed(head):
            raise InvalidUsage("Bad Request")

    Http.create_empty_request = _create_empty_request


_original = Http.create_empty_request


def _create_empty_request(http: Http) -> None:
    """Sanic's stand-in for a request that it could not read, without the address, which may be unreadable too."""
    http.url = None
    _original(http)
