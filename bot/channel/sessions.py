"""Session tokens and choices: issued and signed here, so that no client chooses a conversation or a payload."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from cachetools import TTLCache
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

SESSION_SECONDS = 3600
_MOST_SESSIONS = 200_000


class SessionExpired(Exception):
    """The token is forged, or its session ended."""


class ChoiceUnknown(Exception):
    """The choice was not offered in this conversation."""


class Sessions:
    """Issues and checks sessions of an hour after their last message.

    A token is a signed, dated conversation id of 128 random bits. What slides is kept in memory, so a session
    is at least as long as its token where another process or a restart knows nothing of it.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._secret = secret
        self._tokens = URLSafeTimedSerializer(secret, salt="session")
        self._seen: TTLCache[str, bool] = TTLCache(_MOST_SESSIONS, SESSION_SECONDS, timer=clock)

    def issue(self) -> str:
        """A new session's token."""
        return str(self._tokens.dumps(secrets.token_hex(16)))

    def conversation(self, token: str) -> str:
        """The conversation of a token, whose hour starts anew; raises SessionExpired."""
        if not token.isascii():
            raise SessionExpired
        try:
            conversation, issued = self._tokens.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise SessionExpired from error
        if time.time() - issued.timestamp() > SESSION_SECONDS and conversation not in self._seen:
            raise SessionExpired
        self._seen[conversation] = True
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
