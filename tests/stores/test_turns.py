"""The reply to a message, found again by the message's id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from bot.channel.database import connect
from bot.stores.tracker import ConversationChanged, SqlTrackerStore
from bot.stores.turns import reply_to

ANSWER = {"answer": {"outcome": "answered"}}
BUTTONS = [{"title": "Oui", "payload": "/choose{}"}]


@pytest.fixture
def store(url: str) -> Iterator[SqlTrackerStore]:
    store = SqlTrackerStore(url, Domain.empty())
    yield store
    store.close()


async def turn(store: SqlTrackerStore, conversation: str, message_id: str | None, *replies: str) -> None:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    events: list[Event] = [UserUttered("durée ?", {"name": "ask"}, message_id=message_id)]
    events += [BotUttered(text, {"buttons": BUTTONS, "custom": ANSWER}) for text in replies]
    for event in [*events, ActionExecuted("action_listen")]:
        tracker.update(event)
    await store.save(tracker)


async def test_the_reply_of_a_turn_in_the_middle(store: SqlTrackerStore, url: str) -> None:
    await turn(store, "c", "one", "a")
    await turn(store, "c", "two", "b", "\0\ud800 c")
    await turn(store, "c", None, "d")
    found = reply_to(connect(url), "c", "two")
    assert [message["text"] for message in found] == ["b", "\0\ud800 c"]
    assert all(message["buttons"] == BUTTONS and message["custom"] == ANSWER for message in found)


async def test_there_is_none(store: SqlTrackerStore, url: str) -> None:
    await turn(store, "c", "one", "a")
    engine = connect(url)
    assert reply_to(engine, "c", "two") == []
    assert reply_to(engine, "d", "one") == []


async def test_no_message_is_stored_twice(store: SqlTrackerStore, url: str) -> None:
    await turn(store, "c", "one", "a")
    with pytest.raises(ConversationChanged):
        await turn(store, "c", "one", "b")
    await turn(store, "d", "one", "c")
    for _ in range(2):
        await turn(store, "c", None, "d")
    assert [message["text"] for message in reply_to(connect(url), "c", "one")] == ["a"]
