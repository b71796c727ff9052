"""Issues and checks signed session tokens and choice ids, so that no client can pick a conversation or a payload."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from bot.channel.session_store import SESSION_SECONDS, SessionStore, Standing


class SessionExpired(Exception):
    """The session token is forged, or its session has ended or was erased."""


class ChoiceUnknown(Exception):
    """The choice id is forged, or was offered in another conversation."""


class Sessions:
    """Issues and checks sessions. A session ends an hour after its last message, or `longest` seconds after its start.

    A token is a random conversation id of 128 bits with a date and a signature; nothing is stored when one is issued.
    If the store knows nothing of a conversation (before its first message, or after a restart of a single server), its
    session ends an hour after the token was issued.
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
        """Start a session: (token, conversation id)."""
        conversation = secrets.token_hex(16)
        return str(self._tokens.dumps(conversation)), conversation

    async def conversation(self, token: str) -> str:
        """The conversation id of a session token; raises SessionExpired."""
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
        """The id of a choice for clients: its payload, signed so that it is valid in this conversation only."""
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
