"""Session tokens and the ids of choices: what is taken for genuine, and for how long."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.channel.session_store import SESSION_SECONDS, MemorySessions
from bot.channel.sessions import ChoiceUnknown, SessionExpired, Sessions

SECRET = "a secret of the tests, known to all of them"
DAY = 24 * 3600.0


class Clock:
    """Seconds past the present, for the tokens and for the store."""

    def __init__(self) -> None:
        import time

        self._start = time.time()
        self.passed = 0.0

    def wall(self) -> float:
        return self._start + self.passed

    def store(self) -> float:
        return self.passed


class Erased:
    """What the database tells of erased conversations, and how often it was asked."""

    def __init__(self) -> None:
        self.conversations: set[str] = set()
        self.asked = 0

    async def __call__(self, conversation: str) -> bool:
        self.asked += 1
        return conversation in self.conversations


@pytest.fixture
def erased() -> Erased:
    return Erased()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> MemorySessions:
    return MemorySessions(clock.store)


@pytest.fixture
def sessions(clock: Clock, store: MemorySessions, erased: Erased) -> Sessions:
    return Sessions([SECRET], store, DAY, erased, clock.wall)


async def lives(sessions: Sessions, token: str) -> bool:
    try:
        await sessions.conversation(token)
    except SessionExpired:
        return False
    return True


async def test_a_token_names_its_conversation(sessions: Sessions) -> None:
    token, conversation = sessions.issue()
    assert await sessions.conversation(token) == conversation
    assert len(conversation) == 32
    assert conversation.isascii()
    assert sessions.issue()[1] != conversation


async def test_a_session_without_a_message_lasts_an_hour(sessions: Sessions, clock: Clock) -> None:
    token, _ = sessions.issue()
    clock.passed = SESSION_SECONDS - 60
    assert await lives(sessions, token)
    clock.passed = SESSION_SECONDS + 60
    assert not await lives(sessions, token)


async def test_a_session_ends_an_hour_after_its_last_message(
    sessions: Sessions, store: MemorySessions, clock: Clock
) -> None:
    token, conversation = sessions.issue()
    for _ in range(10):
        clock.passed += SESSION_SECONDS - 60
        assert await lives(sessions, token)
        await store.touch(conversation)
    clock.passed += SESSION_SECONDS - 60
    assert await lives(sessions, token)
    clock.passed += 120
    assert not await lives(sessions, token)


async def test_a_session_ends_when_its_conversation_is_purged(
    sessions: Sessions, store: MemorySessions, clock: Clock
) -> None:
    token, conversation = sessions.issue()
    clock.passed = DAY + 60
    await store.touch(conversation)
    assert not await lives(sessions, token)


async def test_an_erased_session_has_ended(sessions: Sessions, store: MemorySessions, clock: Clock) -> None:
    token, conversation = sessions.issue()
    await store.touch(conversation)
    await store.close(conversation)
    await store.forget(conversation)
    for passed in (0, SESSION_SECONDS / 2, SESSION_SECONDS + 60):
        clock.passed = passed
        assert not await lives(sessions, token)


async def test_a_session_erased_before_a_restart_or_elsewhere_has_ended(
    sessions: Sessions, store: MemorySessions, erased: Erased
) -> None:
    """The memory of this server knows nothing of it: the database does, and is asked where the memory is blank."""
    token, conversation = sessions.issue()
    assert await lives(sessions, token)
    await store.touch(conversation)
    assert await lives(sessions, token)
    assert erased.asked == 1
    await store.forget(conversation)
    erased.conversations.add(conversation)
    assert not await lives(sessions, token)


async def test_a_secret_can_be_replaced_by_another(store: MemorySessions, erased: Erased) -> None:
    """The new one signs; what the old one signed is valid as long as it is listed beside it."""
    old, new = "o" * 32, "n" * 32
    before, during, after = (Sessions(listed, store, DAY, erased) for listed in ([old], [new, old], [new]))
    token, conversation = before.issue()
    choice = before.seal(conversation, "/choose{}")
    assert await lives(during, token)
    assert during.unseal(conversation, choice) == "/choose{}"
    assert not await lives(after, token)
    assert await lives(after, during.issue()[0])
    assert not await lives(before, during.issue()[0])


async def test_tokens_are_signed_with_sha256(sessions: Sessions) -> None:
    token, _ = sessions.issue()
    signer = {"digest_method": hashlib.sha256}
    assert URLSafeTimedSerializer(SECRET, salt="session", signer_kwargs=signer).loads(token)
    with pytest.raises(BadSignature):
        URLSafeTimedSerializer(SECRET, salt="session").loads(token)


@given(st.data())
async def test_a_changed_token_is_none(data: st.DataObject) -> None:
    sessions = Sessions([SECRET], MemorySessions(), DAY, Erased())
    token, _ = sessions.issue()
    start = data.draw(st.integers(0, len(token)))
    end = data.draw(st.integers(start, len(token)))
    forged = token[:start] + data.draw(st.text(max_size=20)) + token[end:]
    # The last character of a signature holds bits that no one reads.
    if forged[:-1] != token[:-1]:
        assert not await lives(sessions, forged)


async def test_a_token_of_another_secret_is_none(sessions: Sessions) -> None:
    other = Sessions([SECRET + "x"], MemorySessions(), DAY, Erased())
    assert not await lives(sessions, other.issue()[0])
    assert not await lives(sessions, str(URLSafeTimedSerializer(SECRET, salt="choice").dumps("x")))


async def test_a_choice_is_no_session_and_no_other_conversations(sessions: Sessions) -> None:
    choice = sessions.seal("c", '/choose{"choice": 1}')
    assert sessions.unseal("c", choice) == '/choose{"choice": 1}'
    assert not await lives(sessions, choice)
    for conversation, forged in (("d", choice), ("c", choice + "A"), ("c", ""), ("c", "é"), ("c", sessions.issue()[0])):
        with pytest.raises(ChoiceUnknown):
            sessions.unseal(conversation, forged)
