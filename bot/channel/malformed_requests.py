"""Refuses requests with heads that Sanic 21.12, the version that Rasa pins, handles badly.

`Content-Length: -5` makes the whole server loop for ever. A chunked body with bad chunks, or an invalid address, ends
the connection with an uncaught error. A request with two lengths could be read differently by a proxy in front.
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
    """Whether the head of a request (without the empty line at its end) is one that Sanic handles well.

    Its first line must be valid, it may have one Content-Length of digits, and no Transfer-Encoding.
    """
    first, _, rest = head.partition(b"\r\n")
    lengths = _LENGTH.findall(rest)
    plain = len(lengths) <= 1 and all(length.strip().isdigit() for length in lengths)
    return bool(_FIRST_LINE.fullmatch(first)) and plain and not _ENCODING.search(rest)


def refuse_malformed_requests(app: Sanic) -> None:
    """Make `app` answer a request that is not well formed with 400, before Sanic acts on its head."""

    @app.signal("http.lifecycle.read_head")
    async def look(head: bytes) -> None:
        if not is_well_formed(head):
            raise InvalidUsage("Bad Request")

    Http.create_empty_request = _create_empty_request


_original = Http.create_empty_request


def _create_empty_request(http: Http) -> None:
    """Create Sanic's placeholder for an unreadable request, without the address, which may be unreadable too."""
    http.url = None
    _original(http)
