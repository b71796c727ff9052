"""Checks whether the server could answer a message now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from redis.exceptions import RedisError
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue.live import StoreUnreadable
from bot.catalogue.store import StoreEmpty
from bot.channel import database
from bot.channel.database import in_thread
from bot.channel.session_store import SessionStore
from bot.knowledge import current_world

if TYPE_CHECKING:
    from rasa.core.agent import Agent


class Health:
    """Checks everything that a reply needs: the model, the catalogue, the conversations and the sessions."""

    def __init__(self, engine: Engine, store: SessionStore) -> None:
        self._engine = engine
        self._store = store

    async def reply(self, request: Request) -> HTTPResponse:
        """Return the reply to `GET /health`: 200 if all checks pass, otherwise 503.

        The object `checks` in its body has the result of each check.
        """
        checks = dict(
            zip(
                ("model", "catalogue", "conversations", "sessions"),
                await asyncio.gather(
                    self._model(getattr(request.app.ctx, "agent", None)),
                    self._catalogue(),
                    self._conversations(),
                    self._sessions(),
                ),
                strict=True,
            )
        )
        well = all(checks.values())
        body: dict[str, Any] = {"status": "ok" if well else "unavailable", "checks": checks}
        return response.json(body, status=200 if well else 503)

    async def _model(self, agent: Agent | None) -> bool:
        return agent is not None and agent.is_ready()

    async def _catalogue(self) -> bool:
        try:
            return bool((await in_thread(current_world)).catalogue.formations)
        except (StoreEmpty, StoreUnreadable, asyncio.TimeoutError):
            return False

    async def _conversations(self) -> bool:
        try:
            await in_thread(database.check, self._engine)
        except (SQLAlchemyError, asyncio.TimeoutError):
            return False
        return True

    async def _sessions(self) -> bool:
        try:
            await self._store.check()
        except RedisError:
            return False
        return True
