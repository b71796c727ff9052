"""The web API and the chat page: a Rasa channel that serves everything under /chat (docs/openapi.json)."""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import async_timeout
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Restarted
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channel import metrics
from bot.channel.database import connect, in_thread
from bot.channel.draining import Draining
from bot.channel.entrance import ServerSetup
from bot.channel.erasure import Eraser
from bot.channel.errors import Errors
from bot.channel.feedback import save_feedback
from bot.channel.health import Health
from bot.channel.limits import RateLimits
from bot.channel.pages import add_pages
from bot.channel.replies import CHANNEL, Body, Replies
from bot.channel.requests import (
    BadRequest,
    FeedbackRequest,
    MessageRequest,
    SessionOnlyRequest,
    SessionRequest,
    parse,
)
from bot.channel.session_store import SESSION_SECONDS, session_store
from bot.channel.sessions import Sessions
from bot.review.questions import Questions
from bot.settings import ROOT, Settings, load_settings, patient
from bot.stores.removal import was_erased
from bot.wording import Wording

# How long a client waits for a reply. The turn continues after that, and a retry with the same key gets its reply.
ANSWER_SECONDS = 3.5

Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


class WebChannel(InputChannel):
    """The Rasa input channel named in credentials.yml. It connects the sessions, limits, stores and routes."""

    def __init__(self, settings: Settings) -> None:
        signing = settings.signing_secrets()
        self._settings = settings
        self._store = session_store(settings.redis_url)
        self._database = connect(settings.tracker_url)
        longest = settings.keep_conversations_hours * 3600
        self._sessions = Sessions(
            signing, self._store, longest, functools.partial(in_thread, was_erased, self._database)
        )
        self._limits = RateLimits(settings.rate_session, settings.rate_address, signing[0], settings.redis_url)
        self._questions = Questions(self._database)
        self._eraser = Eraser(self._database, self._store, self._questions)
        self._wording = Wording(Domain.load(str(ROOT / "domain.yml")).responses)

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """Return the channel, configured from environment variables; `credentials` are not used."""
        return cls(load_settings())

    def url_prefix(self) -> str:
        """Return the path under which Rasa mounts the blueprint."""
        return "/chat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes under /chat, / and /health. `on_new_message` runs one turn of Rasa."""
        health = Health(self._database, self._store)
        draining = Draining(self._eraser.under_way, self._eraser.compaction.finish)
        routes = ServerSetup("chat", self._settings, Errors(self._wording), health, draining, self._limits)
        replies = Replies(self._sessions, self._store, self._questions, self._database, on_new_message)
        self._questions.start()
        add_pages(routes, self._settings)

        @routes.post("/session")
        @_in_time
        async def session(request: Request) -> HTTPResponse:
            parse(SessionRequest, _json(request))
            token, conversation = self._sessions.issue()
            greeting = self._greeting(replies, conversation)
            return response.json({"session": token, "expires_in": SESSION_SECONDS, "messages": greeting}, status=201)

        @routes.post("/message")
        @_in_time
        async def message(request: Request) -> HTTPResponse:
            asked: MessageRequest = parse(MessageRequest, _json(request))
            conversation = await self._sessions.conversation(asked.session)
            await self._limits.count("session", conversation)
            return response.json(await self._eraser.run(conversation, replies.reply(asked, conversation)))

        @routes.post("/restart")
        @_in_time
        async def restart(request: Request) -> HTTPResponse:
            asked: SessionOnlyRequest = parse(SessionOnlyRequest, _json(request))
            conversation = await self._sessions.conversation(asked.session)
            await self._limits.count("session", conversation)
            await self._eraser.run(conversation, _restart(request.app.ctx.agent, conversation))
            return response.json({"messages": self._greeting(replies, conversation)})

        @routes.post("/feedback")
        @_in_time
        async def feedback(request: Request) -> HTTPResponse:
            asked: FeedbackRequest = parse(FeedbackRequest, _json(request))
            conversation = await self._sessions.conversation(asked.session)
            await self._limits.count("feedback", conversation)
            await self._eraser.run(conversation, self._rate(replies, asked, conversation))
            return response.empty()

        @routes.delete("/session", ignore_body=False)
        @_in_time
        async def erase(request: Request) -> HTTPResponse:
            asked: SessionOnlyRequest = parse(SessionOnlyRequest, _json(request))
            await self._eraser.erase(await self._sessions.conversation(asked.session))
            return response.empty()

        return routes

    async def _rate(self, replies: Replies, asked: FeedbackRequest, conversation: str) -> None:
        exchange = await replies.exchange(conversation, asked.message)
        await in_thread(save_feedback, self._database, conversation, asked.message, asked.useful)
        if not asked.useful:
            self._questions.rated(conversation, exchange.question, exchange.outcome, exchange.facets, asked.reason)
        metrics.FEEDBACK.labels(str(asked.useful).lower()).inc()

    def _greeting(self, replies: Replies, conversation: str) -> list[Body]:
        greeting = {"text": self._wording.word("greeting", {})}
        return [replies.public(greeting, conversation, secrets.token_urlsafe(9))]


def _in_time(handler: Handler) -> Handler:
    """Return `handler` with a time limit: it raises asyncio.TimeoutError after ANSWER_SECONDS."""

    @functools.wraps(handler)
    async def limited(request: Request) -> HTTPResponse:
        # wait_for would add a task, and Sanic would then close a connection whose client has closed one side.
        async with async_timeout.timeout(patient(ANSWER_SECONDS)):
            return await handler(request)

    return limited


async def _restart(agent: Agent, conversation: str) -> None:
    """Make Rasa forget what was said so far. Does nothing if the conversation has no message yet."""
    async with agent.lock_store.lock(conversation):
        tracker = await agent.tracker_store.retrieve(conversation)
        if tracker is not None:
            tracker.update(Restarted())
            await agent.tracker_store.save(tracker)


def _json(request: Request) -> Any:
    """Return the decoded JSON body.

    Raises BadRequest 415 if the content type is not JSON, and 400 if the body is not JSON in UTF-8.
    """
    if request.content_type.lower().partition(";")[0].strip() != "application/json":
        raise BadRequest(415, "content_type")
    try:
        return json.loads(request.body.decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "json") from error
