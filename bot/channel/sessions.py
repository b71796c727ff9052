"""Issues and checks signed session tokens and choice ids, so that clients cannot forge a conversation or a payload."""

from __future__ import annotations

import hashlib
import secrets as random
import time
from collections.abc import Awaitable, Callable, Sequence

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from bot.channel.session_store import SESSION_SECONDS, SessionState, SessionStore

_SIGNER = {"digest_method": hashlib.sha256}


class SessionExpired(Exception):
    """Raised when a session token is forged, or its session has ended or was erased."""


class ChoiceUnknown(Exception):
    """Raised when a choice id is forged, or was offered in another conversation."""


class Sessions:
    """Issues and checks sessions.

    A session ends an hour after its last message, and at most `longest` seconds after its start. A token is a dated
    conversation id of 128 random bits, signed with HMAC-SHA256. The first of `secrets` signs; a signature by any of
    them is valid. Tokens are not stored.

    If `store` does not know a conversation (before its first message, or after a restart), `erased` is asked
    whether it was erased, and its session lasts an hour from its start. `clock` returns seconds since 1970.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        store: SessionStore,
        longest: float,
        erased: Callable[[str], Awaitable[bool]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secrets = [*reversed(secrets)]  # itsdangerous signs with the last one
        self._tokens = URLSafeTimedSerializer(self._secrets, salt="session", signer_kwargs=_SIGNER)
        self._store = store
        self._longest = longest
        self._erased = erased
        self._clock = clock

    def issue(self) -> tuple[str, str]:
        """Start a session and return (token, conversation id)."""
        conversation = random.token_hex(16)
        return str(self._tokens.dumps(conversation)), conversation

    async def conversation(self, token: str) -> str:
        """Return the conversation id of a session token; raises SessionExpired."""
        if not token.isascii():
            raise SessionExpired
        try:
            conversation, issued = self._tokens.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise SessionExpired from error
        age = self._clock() - issued.timestamp()
        state = await self._store.state(conversation)
        ended = age > SESSION_SECONDS and state is not SessionState.LIVE
        if ended or age > self._longest or state is SessionState.CLOSED:
            raise SessionExpired
        if state is SessionState.UNKNOWN and await self._erased(conversation):
            raise SessionExpired
        return str(conversation)

    def seal(self, conversation: str, payload: str) -> str:
        """Return the id of a choice for clients: its payload, signed so that it is valid only in this conversation."""
        return str(self._choices(conversation).dumps(payload))

    def unseal(self, conversation: str, choice: str) -> str:
        """Return the payload of a choice offered in this conversation; raises ChoiceUnknown."""
        if not choice.isascii():
            raise ChoiceUnknown
        try:
            return str(self._choices(conversation).loads(choice))
        except BadSignature as error:
            raise ChoiceUnknown from error

    def _choices(self, conversation: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secrets, salt=f"choice:{conversation}", signer_kwargs=_SIGNER)
