"""The web API and the page: a Rasa channel that serves everything under /chat. Contract: docs/openapi.json."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cachetools import TTLCache
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import Restarted
from sanic import Blueprint, Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channel.requests import (
    MAX_BODY,
    BadRequest,
    MessageRequest,
    RestartRequest,
    SessionRequest,
    parse,
)
from bot.channel.sessions import SESSION_SECONDS, ChoiceUnknown, SessionExpired, Sessions
from bot.knowledge import current_knowledge
from bot.settings import Settings, load_settings

logger = logging.getLogger(__name__)

WIDGET = Path(__file__).resolve().parent.parent / "widget"
ANSWER_SECONDS = 20.0
_KEPT_REPLIES = 50_000
# Put before typed text: Rasa then never takes a leading slash for a payload of its own.
_WORD_JOINER = "\u2060"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

Body = dict[str, Any]


class Collector(OutputChannel):
    """Collects the messages of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Rasa's name of this channel."""
        return "chat"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the message as the generator of responses made it."""
        self.messages.append(message)


class WebChannel(InputChannel):
    """The channel named in credentials.yml."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sessions = Sessions(settings.signing_secret())
        self._replies: TTLCache[tuple[str, str], asyncio.Future[Body]] = TTLCache(_KEPT_REPLIES, SESSION_SECONDS)

    @classmethod
    def name(cls) -> str:
        """Rasa's name of this channel."""
        return "chat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """The channel as the environment configures it."""
        return cls(load_settings())

    def url_prefix(self) -> str:
        """Where Rasa mounts the blueprint."""
        return "/chat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes under /chat, and two beside it: / and /health."""
        routes = _Routes("chat")
        for file in sorted(WIDGET.iterdir()):
            routes.static(f"/{file.name}", str(file), name=f"widget_{file.stem}")

        @routes.get("/")
        async def page(request: Request) -> HTTPResponse:
            return await response.file(WIDGET / "index.html")

        @routes.post("/session")
        async def session(request: Request) -> HTTPResponse:
            parse(SessionRequest, _json(request))
            token = self._sessions.issue()
            greeting = self._greeting(request.app.ctx.agent, self._sessions.conversation(token))
            return response.json({"session": token, "expires_in": SESSION_SECONDS, "messages": greeting}, status=201)

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            asked: MessageRequest = parse(MessageRequest, _json(request))
            conversation = self._sessions.conversation(asked.session)
            return response.json(await self._once(asked, conversation, on_new_message))

        @routes.post("/restart")
        async def restart(request: Request) -> HTTPResponse:
            asked: RestartRequest = parse(RestartRequest, _json(request))
            conversation = self._sessions.conversation(asked.session)
            agent: Agent = request.app.ctx.agent
            async with agent.lock_store.lock(conversation):
                tracker = await agent.tracker_store.get_or_create_tracker(conversation)
                tracker.update(Restarted())
                await agent.tracker_store.save(tracker)
            return response.json({"messages": self._greeting(agent, conversation)})

        routes.ctx.settings = self._settings
        return routes

    async def _once(
        self, asked: MessageRequest, conversation: str, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> Body:
        """The reply to a message; the same one, not processed again, for a key already used in the session."""
        if asked.key is None:
            return await self._reply(asked, conversation, on_new_message)
        place = (conversation, asked.key)
        kept = self._replies.get(place)
        if kept is None:
            kept = asyncio.ensure_future(self._reply(asked, conversation, on_new_message))
            self._replies[place] = kept
            kept.add_done_callback(lambda done: self._forget_failure(place, done))
        return await asyncio.shield(kept)

    def _forget_failure(self, place: tuple[str, str], done: asyncio.Future[Body]) -> None:
        """A key whose message got no reply may be used again."""
        if done.cancelled() or done.exception() is not None:
            self._replies.pop(place, None)

    async def _reply(
        self, asked: MessageRequest, conversation: str, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> Body:
        if asked.choice is not None:
            text = self._sessions.unseal(conversation, asked.choice)
        else:
            typed = asked.text or ""
            text = _WORD_JOINER + typed if typed.startswith("/") else typed
        collector = Collector()
        turn = on_new_message(UserMessage(text, collector, conversation, input_channel=self.name()))
        try:
            await asyncio.wait_for(turn, ANSWER_SECONDS)
        except asyncio.TimeoutError as error:
            raise BadRequest(503, "down") from error
        messages = [self._public(m, conversation) for m in collector.messages if m.get("text")]
        if not messages:
            raise BadRequest(503, "down")
        return {"messages": messages}

    def _public(self, message: dict[str, Any], conversation: str) -> Body:
        """A message as the contract words it."""
        public = {
            "id": secrets.token_urlsafe(9),
            "text": message["text"],
            "choices": [
                {"id": self._sessions.seal(conversation, button["payload"]), "title": button["title"]}
                for button in message.get("buttons") or []
            ],
        }
        custom = message.get("custom") or {}
        if "answer" in custom:
            public["answer"] = custom["answer"]
        return public

    def _greeting(self, agent: Agent, conversation: str) -> list[Body]:
        text = agent.processor.nlg.word("greeting", {})
        return [self._public({"text": text}, conversation)]


class _Routes(Blueprint):
    """A blueprint that also brings what lies outside its own prefix, and the headers and errors of all."""

    def register(self, app: Sanic, options: dict[str, Any]) -> Any:
        """Register with the server, and take over / from Rasa."""
        ancestors = " ".join(["'self'", *self.ctx.settings.origins])
        headers = {name: value.format(ancestors=ancestors) for name, value in _HEADERS.items()}
        app.config.REQUEST_MAX_SIZE = MAX_BODY
        app.config.FALLBACK_ERROR_FORMAT = "json"

        @app.on_request
        async def entrance(request: Request) -> HTTPResponse | None:
            if request.path in ("/", "/chat"):
                return response.redirect("/chat/")
            if request.path == "/health":
                return _health(request)
            if not _allowed(request, self.ctx.settings.origins):
                return _error(request, 403, "origin")
            if request.method == "OPTIONS":
                return response.empty()
            return None

        @app.on_response
        async def dress(request: Request, reply: HTTPResponse) -> None:
            reply.headers.update(headers)
            origin = request.headers.get("origin")
            if origin in self.ctx.settings.origins:
                reply.headers["Access-Control-Allow-Origin"] = origin
                reply.headers["Access-Control-Allow-Headers"] = "Content-Type"
                reply.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
                reply.headers["Access-Control-Expose-Headers"] = "Retry-After"
                reply.headers["Vary"] = "Origin"

        app.error_handler.add(Exception, _unforeseen)
        return super().register(app, options)


def _json(request: Request) -> Any:
    """The JSON body; raises BadRequest 415 for another content type, 400 for what is not JSON."""
    if request.content_type.lower().partition(";")[0].strip() != "application/json":
        raise BadRequest(415, "content_type")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "json") from error


def _allowed(request: Request, origins: tuple[str, ...]) -> bool:
    origin = request.headers.get("origin")
    return origin is None or origin in origins or origin.partition("://")[2] == request.headers.get("host")


def _health(request: Request) -> HTTPResponse:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    ready = agent is not None and agent.is_ready() and bool(current_knowledge().catalogue.formations)
    return response.json({"status": "ok" if ready else "starting"}, status=200 if ready else 503)


def _unforeseen(request: Request, error: Exception) -> HTTPResponse:
    """Any error as the contract words it; what we did not foresee is logged without the message's text."""
    if isinstance(error, BadRequest):
        return _error(request, error.status, error.code)
    if isinstance(error, SessionExpired):
        return _error(request, 401, "session")
    if isinstance(error, ChoiceUnknown):
        return _error(request, 404, "choice")
    if isinstance(error, SanicException):
        status = error.status_code or 400
        return _error(
            request, status if status < 500 else 503, {404: "not_found", 413: "too_large"}.get(status, "request")
        )
    logger.error("%s at %s", type(error).__name__, request.path, exc_info=error)
    return _error(request, 503, "down")


def _error(request: Request, status: int, code: str) -> HTTPResponse:
    words = request.app.ctx.agent.processor.nlg.word(f"error_{code}", {})
    return response.json({"error": {"code": code, "message": words}}, status=status)
