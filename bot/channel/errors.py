"""Turns exceptions into error replies, each with a status, a code and a French sentence (docs/openapi.json)."""

from __future__ import annotations

import asyncio
import logging

from redis.exceptions import RedisError
from sanic import response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.exc import SQLAlchemyError

from bot.channel.limits import TooFast
from bot.channel.requests import BadRequest
from bot.channel.sessions import ChoiceUnknown, SessionExpired
from bot.stores.locks import LockUnavailable, TooManyTurns
from bot.stores.tracker import ConversationErased, StoreUnavailable, Unanswered
from bot.wording import Wording

logger = logging.getLogger(__name__)

# Temporary failures that are expected now and then.
_AWAY = (SQLAlchemyError, RedisError, StoreUnavailable, LockUnavailable, Unanswered, asyncio.TimeoutError)
# The header of replies to temporary failures.
RETRY = {"Retry-After": "1"}


class Errors:
    """Sanic's handler of all exceptions. The sentences are the responses `error_…` of domain.yml."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def __call__(self, request: Request, error: Exception) -> HTTPResponse:
        """Return the error reply for `error`, which a handler raised.

        An unexpected error is logged and gets status 503.
        """
        if isinstance(error, BadRequest):
            return self.reply(error.status, error.code)
        if isinstance(error, (SessionExpired, ConversationErased)):
            return self.reply(401, "session")
        if isinstance(error, ChoiceUnknown):
            return self.reply(404, "choice")
        if isinstance(error, TooFast):
            return self.reply(429, "too_fast", {"Retry-After": str(error.seconds)})
        if isinstance(error, TooManyTurns):
            return self.reply(429, "busy", RETRY)
        if isinstance(error, SanicException):
            status = error.status_code or 400
            code = {404: "not_found", 413: "too_large"}.get(status, "request")
            return self.reply(status if status < 500 else 503, code)
        if request.conn_info is None:  # it could not be read as HTTP
            return self.reply(400, "request")
        if isinstance(error, _AWAY):
            told = f": {error}" if isinstance(error, (StoreUnavailable, LockUnavailable)) else ""
            logger.warning("%s at %s: no reply%s", type(error).__name__, request.path, told)
        else:
            logger.error("%s at %s", type(error).__name__, request.path, exc_info=error)
        return self.reply(503, "down", RETRY)

    def reply(self, status: int, code: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        """Return an error reply with this status and code. The response `error_CODE` gives its sentence."""
        words = self._wording.word(f"error_{code}", {})
        return response.json({"error": {"code": code, "message": words}}, status=status, headers=headers)
