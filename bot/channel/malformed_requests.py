"""Refuses malformed request heads that Sanic 21.12, the version pinned by Rasa, handles wrongly.

With `Content-Length: -5` Sanic loops forever and blocks the whole server. An invalid chunked body or an invalid address
ends the connection with an uncaught error. If there are two lengths, a proxy in front may use the other one. Sanic
ignores a header whose name is not a token ("Content-Length : 5") and then reads the body as a second request.
"""

from __future__ import annotations

import re

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.http import Http

_FIRST_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.[01]")
# The name must be a token (RFC 9110, 5.6.2), and the value must have no control characters. A line must not begin with
# a space, because it would then continue the line before it.
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)")


def is_well_formed(head: bytes) -> bool:
    """Return whether every HTTP program would read this request head in the same way.

    `head` is the head without its final empty line. It must have a valid address, headers in the form that HTTP
    requires, exactly one Host (optional in HTTP/1.0), at most one Content-Length in digits, and no
    Transfer-Encoding.
    """
    first, *lines = head.split(b"\r\n")
    headers = [_HEADER.fullmatch(line) for line in lines]
    if not _FIRST_LINE.fullmatch(first) or None in headers:
        return False
    names = [header[1].lower() for header in headers if header]
    lengths = [header[2].strip(b" \t") for header in headers if header and header[1].lower() == b"content-length"]
    hosts = names.count(b"host")
    return (
        (hosts == 1 or (hosts == 0 and first.endswith(b"1.0")))
        and b"transfer-encoding" not in names
        and len(lengths) <= 1
        and all(length.isdigit() for length in lengths)
    )


def refuse_malformed_requests(app: Sanic) -> None:
    """Make `app` answer a malformed request with status 400 before Sanic uses its head."""

    @app.signal("http.lifecycle.read_head")
    async def look(head: bytes) -> None:
        if not is_well_formed(head):
            raise InvalidUsage("Bad Request")

    Http.create_empty_request = _create_empty_request


_original = Http.create_empty_request


def _create_empty_request(http: Http) -> None:
    """Create Sanic's placeholder for an unreadable request, without its address, which may be unreadable too."""
    http.url = None
    _original(http)
