"""Session tokens and choices: issued and signed here, so that no client chooses a conversation or a payload."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from bot.channel.session_store import SESSION_SECONDS, SessionStore, Standing


class SessionExpired(Exception):
    """The token is forged, or its session ended or was erased."""


class ChoiceUnknown(Exception):
    """The choice was not offered in this conversation."""


class Sessions:
    """Issues and checks sessions, which end an hour after their last message and `longest` seconds after their start.

    A token is a signed, dated conversation id of 128 random bits: nothing is stored for it. Where the store knows
    nothing of a conversation (before its first message, after a restart), its session lasts as long as its token.
    """

    def __init__(
        self, secret: str, store: SessionStore, longest: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._secret = secret
        self._tokens = URLSafeTimedSerializer(secret, salt="session")
        self._store = store
        self._longest = longest
        self._clock = clock

    def issue(self) -> tuple[str, str]:
        """A new session: its token and its conversation."""
        conversation = secrets.token_hex(16)
        return str(self._tokens.dumps(conversation)), conversation

    async def conversation(self, token: str) -> str:
        """The conversation of a token; raises SessionExpired."""
        if not token.isascii():
            raise SessionExpired
        try:
            conversation, issued = self._tokens.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise SessionExpired from error
        age = self._clock() - issued.timestamp()
        standing = await self._store.standing(conversation)
        ended = age > SESSION_SECONDS and standing is not Standing.LIVE
        if ended or age > self._longest or standing is Standing.CLOSED:
            raise SessionExpired
        return str(conversation)

    def seal(self, conversation: str, payload: str) -> str:
        """The opaque id of a choice: its payload, signed for this conversation alone."""
        return str(self._choices(conversation).dumps(payload))

    def unseal(self, conversation: str, choice: str) -> str:
        """The payload of a choice offered in this conversation; raises ChoiceUnknown."""
        if not choice.isascii():
            raise ChoiceUnknown
        try:
            return str(self._choices(conversation).loads(choice))
        except BadSignature as error:
            raise ChoiceUnknown from error

    def _choices(self, conversation: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret, salt=f"choice:{conversation}")
