"""Whatever is raised, a client gets a status under 500 or a 503, a code and a sentence in French."""

from __future__ import annotations

import asyncio
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway
from sanic.exceptions import InvalidUsage, MethodNotSupported, NotFound, PayloadTooLarge, ServerError
from sqlalchemy.exc import OperationalError

from bot.channel.errors import Errors
from bot.channel.limits import TooFast
from bot.channel.requests import BadRequest
from bot.channel.sessions import ChoiceUnknown, SessionExpired
from bot.wording import Wording

MARKER = "zorglubidule"
READ: Any = SimpleNamespace(conn_info=object(), path="/chat/message")
UNREAD: Any = SimpleNamespace(conn_info=None, path="*")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadRequest(422, "text"), 422, "text"),
        (BadRequest(404, "message"), 404, "message"),
        (SessionExpired(), 401, "session"),
        (ChoiceUnknown(), 404, "choice"),
        (TooFast(7), 429, "too_fast"),
        (NotFound("no"), 404, "not_found"),
        (PayloadTooLarge("no"), 413, "too_large"),
        (MethodNotSupported("no", "PUT", ["GET"]), 405, "request"),
        (InvalidUsage("no"), 400, "request"),
        (ServerError("no"), 503, "request"),
        (OperationalError(MARKER, {"data": MARKER}, Exception(MARKER)), 503, "down"),
        (RedisAway(MARKER), 503, "down"),
        (asyncio.TimeoutError(), 503, "down"),
        (ValueError(MARKER), 503, "down"),
        (RecursionError(MARKER), 503, "down"),
        (MemoryError(MARKER), 503, "down"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_is_worded(
    error: Exception, status: int, code: str, wording: Wording, caplog: pytest.LogCaptureFixture
) -> None:
    reply = Errors(wording)(READ, error)
    assert reply.status == status
    body = json.loads(reply.body)["error"]
    assert body["code"] == code
    assert len(body["message"]) > 15
    assert MARKER not in caplog.messages.__str__()
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR] * (
        type(error) in (ValueError, RecursionError, MemoryError)
    )


def test_too_fast_tells_when_to_come_back(wording: Wording) -> None:
    assert Errors(wording)(READ, TooFast(7)).headers["Retry-After"] == "7"


def test_what_could_not_be_read_is_the_clients_fault(wording: Wording) -> None:
    assert Errors(wording)(UNREAD, ValueError("invalid literal")).status == 400
