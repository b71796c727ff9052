"""The reply to a message, found again by the message's id."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from sqlalchemy import func, select

from bot.channel.database import connect
from bot.stores import tables
from bot.stores.tracker import ConversationChanged, SqlTrackerStore
from bot.stores.turns import find_turn

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
    found = find_turn(connect(url), "c", "two")
    assert found is not None
    assert found.text == "durée ?"
    assert [message["text"] for message in found.replies] == ["b", "\0\ud800 c"]
    assert all(message["buttons"] == BUTTONS and message["custom"] == ANSWER for message in found.replies)


async def test_there_is_none(store: SqlTrackerStore, url: str) -> None:
    await turn(store, "c", "one", "a")
    engine = connect(url)
    assert find_turn(engine, "c", "two") is None
    assert find_turn(engine, "d", "one") is None


async def test_no_message_is_stored_twice(store: SqlTrackerStore, url: str) -> None:
    await turn(store, "c", "one", "a")
    with pytest.raises(ConversationChanged):
        await turn(store, "c", "one", "b")
    await turn(store, "d", "one", "c")
    for _ in range(2):
        await turn(store, "c", None, "d")
    found = find_turn(connect(url), "c", "one")
    assert found is not None
    assert [message["text"] for message in found.replies] == ["a"]


async def test_a_long_answer_is_stored_once_and_compressed(store: SqlTrackerStore, url: str) -> None:
    """Hundreds of formations, in the words of the reply, its values, its answer: read again, all of it is there."""
    titles = [f"BTS numéro {number} é\ud800" for number in range(600)]
    custom = {"answer": {"outcome": "answered", "fiches": [{"id": title, "title": title} for title in titles]}}
    tracker = await store.get_or_create_tracker("c", append_action_listen=False)
    metadata = {"utter_action": "search", "values": {"titles": titles}, "choices": titles}
    tracker.update(UserUttered("tous les bts", {"name": "ask"}, message_id="one"))
    tracker.update(BotUttered("600 formations", {"buttons": BUTTONS, "custom": custom}, metadata))
    await store.save(tracker)
    found = find_turn(connect(url), "c", "one")
    assert found is not None
    assert found.replies[0]["custom"] == custom
    full = await store.retrieve_full_tracker("c")
    assert full.events[-1].data["custom"] == custom
    assert full.events[-1].metadata == {"utter_action": "search"}
    with connect(url).connect() as connection:
        stored = connection.execute(select(func.sum(func.length(tables.event.c.data)))).scalar()
    assert stored < len(json.dumps(custom)) / 5
