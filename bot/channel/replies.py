"""Replies to messages: made by Rasa, given again for a key that was used before, worded as the contract says."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from sqlalchemy.engine import Engine

from bot.catalogue.fiche import Outcome
from bot.channel import metrics
from bot.channel.database import in_thread
from bot.channel.requests import BadRequest, MessageRequest
from bot.channel.session_store import SessionStore
from bot.channel.sessions import Sessions
from bot.review.questions import Questions
from bot.review.store import Reason
from bot.stores.turns import reply_to

logger = logging.getLogger(__name__)

CHANNEL = "chat"
# The longest that a turn takes, all its parts at their limits.
TURN_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 0.05
# Put before typed text: Rasa then never takes a leading slash for a payload of its own.
_WORD_JOINER = "\u2060"

Body = dict[str, Any]
Turn = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Exchange:
    """One message of a reply: the question typed, "" for a choice or beside distress; how it ended, what was asked."""

    question: str
    outcome: str
    facets: tuple[str, ...]


class Collector(OutputChannel):
    """Collects the messages of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Rasa's name of this channel."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep the message as the generator of responses made it."""
        self.messages.append(message)


class Replies:
    """Makes replies, and knows for an hour after the last one what it gave.

    The key of a message is its id in the conversation in the database: a server that ended between the end of a turn
    and its reply leaves the one who asks again with the same key its reply, and not a second turn.
    """

    def __init__(
        self, sessions: Sessions, store: SessionStore, questions: Questions, database: Engine, turn: Turn
    ) -> None:
        self._sessions = sessions
        self._store = store
        self._questions = questions
        self._database = database
        self._turn = turn

    async def reply(self, asked: MessageRequest, conversation: str) -> Body:
        """The reply to a message, the same one for the same key; raises BadRequest, ChoiceUnknown."""
        if asked.key is None:
            return await self._made(asked, conversation)
        name = f"reply:{asked.key}"
        for _ in range(int(TURN_SECONDS / _LOOK_AGAIN_SECONDS)):
            if await self._store.claim(conversation, name):
                try:
                    kept = await self._store.note(conversation, name)
                    return json.loads(kept) if kept else await self._made(asked, conversation, name)
                finally:
                    await self._store.release(conversation, name)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        raise BadRequest(503, "down")

    async def exchange(self, conversation: str, message: str) -> Exchange:
        """What the message with this id replied to, and how; raises BadRequest where the conversation has none."""
        kept = await self._store.note(conversation, f"message:{message}")
        if kept is None:
            raise BadRequest(404, "message")
        fields = json.loads(kept)
        return Exchange(fields["question"], fields["outcome"], tuple(fields["facets"]))

    async def _made(self, asked: MessageRequest, conversation: str, name: str | None = None) -> Body:
        """A new reply, kept under `name`, and each of its messages under its id; what it leaves open is for review."""
        stored = await in_thread(reply_to, self._database, conversation, asked.key) if asked.key else []
        said = stored or await self._said(asked, conversation)
        messages = [self.public(message, conversation) for message in said]
        if not messages:
            raise BadRequest(503, "down")
        notes = {}
        # Who told of distress is kept nowhere, whatever was asked beside it.
        distress = any(message["answer"]["outcome"] == Outcome.DISTRESS.value for message in messages)
        question = "" if distress else asked.text or ""
        for message, made in zip(messages, said, strict=True):
            exchange = Exchange(question, message["answer"]["outcome"], tuple(message["answer"]["facets"]))
            notes[f"message:{message['id']}"] = json.dumps(asdict(exchange))
            if made["custom"].get("review"):
                reason = Reason(made["custom"]["review"])
                self._questions.unanswered(conversation, exchange.question, reason, exchange.facets)
            metrics.REPLIES.labels(exchange.outcome).inc()
        reply = {"messages": messages}
        await self._store.keep(conversation, {**notes, name: json.dumps(reply)} if name else notes)
        return reply

    async def _said(self, asked: MessageRequest, conversation: str) -> list[dict[str, Any]]:
        """What Rasa says; raises BadRequest where it takes too long, ChoiceUnknown."""
        if asked.choice is not None:
            text = self._sessions.unseal(conversation, asked.choice)
        else:
            typed = asked.text or ""
            text = _WORD_JOINER + typed if typed.startswith("/") else typed
        collector = Collector()
        message = UserMessage(text, collector, conversation, input_channel=CHANNEL, message_id=asked.key)
        turn = self._turn(message)
        try:
            await asyncio.wait_for(turn, TURN_SECONDS)
        except asyncio.TimeoutError as error:
            raise BadRequest(503, "down") from error
        return [message for message in collector.messages if message.get("text")]

    def public(self, message: dict[str, Any], conversation: str) -> Body:
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
