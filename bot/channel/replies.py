"""Makes the replies to messages with Rasa, in the form of docs/openapi.json.

A message that is sent again with the same key gets the same reply.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
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
from bot.settings import patient
from bot.stores.turns import find_turn

CHANNEL = "chat"
# The longest duration of a turn, when each of its parts takes as long as it may.
TURN_SECONDS = 8.0
_LOOK_AGAIN_SECONDS = 0.05
# A multiple of three, so that base 64 needs no padding.
_TURN_BYTES = 12
# Put before typed text that begins with a slash, which Rasa would take for a payload.
_WORD_JOINER = "\u2060"

Body = dict[str, Any]
Turn = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Exchange:
    """The question that a message of the bot replied to, with the outcome of the reply and the facets asked.

    `question` is the typed text. It is "" if the user tapped a choice, or if the reply is to distress.
    """

    question: str
    outcome: str
    facets: tuple[str, ...]


class Collector(OutputChannel):
    """A Rasa output channel that collects the messages of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return CHANNEL

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Add to `messages` a message as the response generator made it."""
        self.messages.append(message)


class Replies:
    """Makes replies, and finds earlier replies in the database.

    Each turn is stored under an id, which is derived from the key of its message, or random if there is no key. The
    ids of the reply messages are derived from it. A message sent again with the same key therefore gets the stored
    reply, from any server, and makes no second turn.
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
        """Return the reply to a message. If its key was used before, return the stored reply.

        Raises ChoiceUnknown for an invalid choice, and BadRequest with status 422 if the key was used for
        another message, or 503 if there is no reply in time.
        """
        text = self._heard(asked, conversation)
        if asked.key is None:
            return await self._made(asked, conversation, text, secrets.token_urlsafe(_TURN_BYTES))
        turn = _turn_of_key(conversation, asked.key)
        for _ in range(int(patient(TURN_SECONDS) / _LOOK_AGAIN_SECONDS)):
            if await self._store.claim(conversation, turn):
                try:
                    stored = await in_thread(find_turn, self._database, conversation, turn)
                    if stored is None or not stored.replies:
                        return await self._made(asked, conversation, text, turn)
                    if stored.text != text:
                        raise BadRequest(422, "fields")
                    await self._store.touch(conversation)
                    return self._public_all(stored.replies, conversation, turn)
                finally:
                    await self._store.release(conversation, turn)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        raise BadRequest(503, "down")

    async def exchange(self, conversation: str, message: str) -> Exchange:
        """Return what the message of the bot with this id replied to.

        Raises BadRequest 404 if there is no such message.
        """
        turn, _, place = message.rpartition(".")
        stored = await in_thread(find_turn, self._database, conversation, turn) if turn else None
        replies = _with_text(stored.replies) if stored else []
        if stored is None or place not in map(str, range(len(replies))):
            raise BadRequest(404, "message")
        answer = replies[int(place)]["custom"]["answer"]
        # Stored text that begins with a slash is a choice: typed text has a word joiner before the slash.
        unnamed = stored.text.startswith("/") or _to_distress(replies)
        question = "" if unnamed else stored.text.removeprefix(_WORD_JOINER)
        return Exchange(question, answer["outcome"], tuple(answer["facets"]))

    async def _made(self, asked: MessageRequest, conversation: str, text: str, turn: str) -> Body:
        """Make a new reply, and record the question for review if it was not answered; raises BadRequest 503."""
        said = _with_text(await self._said(text, conversation, turn))
        if not said:
            raise BadRequest(503, "down")
        # The text of a message that speaks of distress is never recorded, even if it also asks something else.
        question = "" if _to_distress(said) else asked.text or ""
        for message in said:
            answer, review = message["custom"]["answer"], message["custom"].get("review")
            if review:
                self._questions.unanswered(conversation, question, Reason(review), tuple(answer["facets"]))
            metrics.REPLIES.labels(answer["outcome"]).inc()
        await self._store.touch(conversation)
        return self._public_all(said, conversation, turn)

    def _heard(self, asked: MessageRequest, conversation: str) -> str:
        """Return the message as Rasa receives it: the typed text or the payload of a choice; raises ChoiceUnknown."""
        if asked.choice is not None:
            return self._sessions.unseal(conversation, asked.choice)
        typed = asked.text or ""
        return _WORD_JOINER + typed if typed.startswith("/") else typed

    async def _said(self, text: str, conversation: str, turn: str) -> list[Body]:
        """Run the turn and return the messages of Rasa; raises BadRequest 503 if this takes too long."""
        collector = Collector()
        message = UserMessage(text, collector, conversation, input_channel=CHANNEL, message_id=turn)
        try:
            await asyncio.wait_for(self._turn(message), patient(TURN_SECONDS))
        except asyncio.TimeoutError as error:
            raise BadRequest(503, "down") from error
        return collector.messages

    def _public_all(self, said: list[Body], conversation: str, turn: str) -> Body:
        """Return the body of a reply with all messages that have a text."""
        told = _with_text(said)
        return {"messages": [self.public(one, conversation, f"{turn}.{place}") for place, one in enumerate(told)]}

    def public(self, message: Body, conversation: str, id_: str) -> Body:
        """Return a message of Rasa in the form of docs/openapi.json: id, text, signed choices, and `answer` if any."""
        public = {
            "id": id_,
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


def _turn_of_key(conversation: str, key: str) -> str:
    """Return the database id of the turn whose message was sent with this key."""
    digest = hashlib.blake2b(f"{conversation}\n{key}".encode(), digest_size=_TURN_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")


def _to_distress(said: Iterable[Body]) -> bool:
    return any(message["custom"]["answer"]["outcome"] == Outcome.DISTRESS.value for message in said)


def _with_text(said: Iterable[Body]) -> list[Body]:
    return [message for message in said if message.get("text")]
