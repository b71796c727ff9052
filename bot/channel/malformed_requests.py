"""Refuses heads of requests that Sanic 21.12, the version that Rasa pins, does not survive or reads in two ways.

`Content-Length: -5` makes it loop for ever, and with it the whole server; a body in bad chunks, or an address that is
none, ends the connection with an uncaught error; a body with two lengths may be read otherwise by a proxy in front. A
header whose name is no token ("Content-Length : 5") it ignores, and then reads the body as a second request.
"""

from __future__ import annotations

import re

from sanic import Sanic
from sanic.exceptions import InvalidUsage
from sanic.http import Http

_FIRST_LINE = re.compile(rb"[A-Z]+ [!-~]+ HTTP/1\.[01]")
# A name that is a token (RFC 9110, 5.6.2), and a value without control characters. No line begins with a space: that
# would go on with the one before it.
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)")


def is_well_formed(head: bytes) -> bool:
    """Whether the head of a request (without its empty line) is one that everybody reads in the same way.

    It has an address, headers of the form that HTTP gives them, one Host (HTTP/1.0 may have none), and a body of a
    plain length at most.
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
