"""The store of conversations, over SQLite and over PostgreSQL."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from sqlalchemy import create_engine

from bot.stores.removal import erase, erase_old, forget_erased, remove_traces, was_erased
from bot.stores.tracker import (
    SESSION_SECONDS,
    SESSION_TURNS,
    ConversationChanged,
    ConversationErased,
    SqlTrackerStore,
    StoredTracker,
    StoreUnavailable,
    Unanswered,
)

DOMAIN = Domain.from_dict(
    {
        "intents": ["ask"],
        "actions": ["action_answer"],
        "slots": {"dialogue_state": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
    }
)


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[SqlTrackerStore]:
    store = SqlTrackerStore(url, DOMAIN, clock)
    yield store
    store.close()


def turn(text: str, state: Any = None) -> list[Event]:
    """The events of one message and its reply."""
    return [
        UserUttered(text, {"name": "ask", "confidence": 1.0}),
        ActionExecuted("action_answer"),
        BotUttered(f"réponse à {text}"),
        SlotSet("dialogue_state", state or {"said": [text]}),
        ActionExecuted("action_listen"),
    ]


async def say(store: SqlTrackerStore, conversation: str, text: str, state: Any = None) -> StoredTracker:
    """One whole turn, as Rasa makes it: read or create, append events, save."""
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    if not tracker.applied_events():
        tracker.update(ActionExecuted("action_session_start"))
        tracker.update(SessionStarted(timestamp=store._clock()))
        tracker.update(ActionExecuted("action_listen"))
    for event in turn(text, state):
        tracker.update(event)
    await store.save(tracker)
    return tracker


async def said(store: SqlTrackerStore, conversation: str) -> list[str]:
    """All that the user said in a conversation, in the order stored."""
    tracker = await store.retrieve_full_tracker(conversation)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


async def test_a_conversation_that_is_not_there(store: SqlTrackerStore) -> None:
    assert await store.retrieve("nobody") is None
    assert await store.retrieve_full_tracker("nobody") is None
    assert not await store.exists("nobody")
    assert list(await store.keys()) == []


async def test_a_turn_reads_the_slots_and_listens(store: SqlTrackerStore) -> None:
    for number in range(3):
        await say(store, "a", f"message {number}", {"misses": number})
    tracker = await store.retrieve("a")
    assert tracker.get_slot("dialogue_state") == {"misses": 2}
    assert tracker.latest_action_name == "action_listen"
    assert not tracker.unstored()
    assert not [event for event in tracker.events if isinstance(event, UserUttered)]
    assert await said(store, "a") == ["message 0", "message 1", "message 2"]
    assert await store.exists("a")
    assert list(await store.keys()) == ["a"]


async def test_what_a_turn_reads_does_not_grow(store: SqlTrackerStore) -> None:
    lengths = []
    for number in range(30):
        tracker = await say(store, "a", f"message {number}")
        lengths.append(len(tracker.events))
    assert len(set(lengths[1:])) == 1
    assert lengths[-1] < 15


async def test_conversations_are_apart(store: SqlTrackerStore) -> None:
    await asyncio.gather(*(say(store, f"c{number}", f"message {number}") for number in range(20)))
    assert sorted(await store.keys()) == sorted(f"c{number}" for number in range(20))
    assert await said(store, "c7") == ["message 7"]


async def test_a_slot_that_no_event_of_the_last_turn_sets(store: SqlTrackerStore) -> None:
    await say(store, "a", "first", {"misses": 1})
    tracker = await store.retrieve("a")
    for event in turn("second"):
        if not isinstance(event, SlotSet):
            tracker.update(event)
    await store.save(tracker)
    assert (await store.retrieve("a")).get_slot("dialogue_state") == {"misses": 1}


async def test_restart_forgets_the_slots(store: SqlTrackerStore) -> None:
    await say(store, "a", "first", {"misses": 1})
    tracker = await store.retrieve("a")
    tracker.update(Restarted())
    await store.save(tracker)
    tracker = await store.retrieve("a")
    assert tracker.get_slot("dialogue_state") is None
    assert not [event for event in tracker.applied_events() if isinstance(event, UserUttered)]
    await say(store, "a", "second")
    assert await said(store, "a") == ["first", "second"]


async def test_a_session_ends_after_its_turns_and_keeps_the_context(store: SqlTrackerStore) -> None:
    for number in range(SESSION_TURNS + 1):
        await say(store, "a", f"message {number}", {"misses": number})
    full = await store.retrieve_full_tracker("a")
    starts = [i for i, event in enumerate(full.events) if isinstance(event, SessionStarted)]
    before = [event for event in list(full.events)[: starts[1]] if isinstance(event, UserUttered)]
    assert (len(starts), len(before)) == (2, SESSION_TURNS)
    assert full.get_slot("dialogue_state") == {"misses": SESSION_TURNS}


async def test_a_session_ends_after_its_time_and_keeps_the_context(store: SqlTrackerStore, clock: Clock) -> None:
    await say(store, "a", "first", {"misses": 1})
    clock.now += SESSION_SECONDS - 1
    assert not any(isinstance(event, SessionStarted) for event in (await say(store, "a", "second")).unstored())
    clock.now += 2
    tracker = await store.retrieve("a")
    assert tracker.get_slot("dialogue_state") == {"said": ["second"]}
    assert [event.type_name for event in tracker.events] == ["action", "session_started", "slot", "action"]
    await say(store, "a", "third")
    assert await said(store, "a") == ["first", "second", "third"]
    full = await store.retrieve_full_tracker("a")
    assert sum(isinstance(event, SessionStarted) for event in full.events) == 2


async def test_a_slot_is_stored_once(store: SqlTrackerStore) -> None:
    """As it is after the last turn, in the conversation's row; that it was set is no event of its own."""
    for number in range(5):
        await say(store, "a", f"message {number}", {"misses": number})
    full = await store.retrieve_full_tracker("a")
    slots = [event for event in full.events if isinstance(event, SlotSet)]
    assert [slot.value for slot in slots] == [{"misses": 4}]
    with store._engine.connect() as connection:
        kinds = connection.exec_driver_sql("SELECT DISTINCT type_name FROM event").scalars().all()
    assert "slot" not in kinds


async def test_nothing_begins_in_a_conversation_that_was_erased(store: SqlTrackerStore, clock: Clock) -> None:
    """Until its session would have ended: whatever another server, or this one after a restart, knows of it."""
    await say(store, "a", "first")
    tracker = await store.retrieve("a")
    erase(store._engine, ["a"], until=time.time() + 60)
    with pytest.raises(ConversationErased):
        await say(store, "a", "second")
    for event in turn("third"):
        tracker.update(event)
    with pytest.raises(ConversationChanged):
        await store.save(tracker)
    assert not await store.exists("a")
    await say(store, "b", "first")
    erase(store._engine, ["b"], until=time.time() - 1)
    await say(store, "b", "second")
    assert was_erased(store._engine, "a")
    assert not was_erased(store._engine, "b")
    forget_erased(store._engine, time.time() + 61)
    assert not was_erased(store._engine, "a")


async def test_two_turns_from_one_state_are_not_both_kept(store: SqlTrackerStore, url: str) -> None:
    await say(store, "a", "first")
    one, other = await store.retrieve("a"), await store.retrieve("a")
    for tracker, text in ((one, "one"), (other, "other")):
        for event in turn(text):
            tracker.update(event)
    await store.save(one)
    with pytest.raises(ConversationChanged):
        await store.save(other)
    assert await said(store, "a") == ["first", "one"]


async def test_two_first_turns_are_not_both_kept(store: SqlTrackerStore) -> None:
    one, other = [await store.get_or_create_tracker("a", append_action_listen=False) for _ in range(2)]
    for tracker in (one, other):
        for event in turn("hello"):
            tracker.update(event)
    await store.save(one)
    with pytest.raises(ConversationChanged):
        await store.save(other)
    assert await said(store, "a") == ["hello"]


async def test_a_message_without_a_reply_is_not_kept(store: SqlTrackerStore) -> None:
    await say(store, "a", "first")
    tracker = await store.retrieve("a")
    for event in turn("second"):
        if not isinstance(event, BotUttered):
            tracker.update(event)
    with pytest.raises(Unanswered):
        await store.save(tracker)
    assert await said(store, "a") == ["first"]


async def test_saving_twice_keeps_once(store: SqlTrackerStore) -> None:
    tracker = await say(store, "a", "first")
    await store.save(tracker)
    for event in turn("second"):
        tracker.update(event)
    await store.save(tracker)
    assert await said(store, "a") == ["first", "second"]


@pytest.mark.parametrize("text", ["l'été\0", "\ud83d", "👩‍🎓", "'; DROP TABLE event; --", "x" * 20_000], ids=ascii)
async def test_any_text_is_kept_as_it_is(text: str, store: SqlTrackerStore) -> None:
    await say(store, "a", text, {"said": [text]})
    assert await said(store, "a") == [text]
    assert (await store.retrieve("a")).get_slot("dialogue_state") == {"said": [text]}


@pytest.mark.parametrize("conversation", ["\ud83d", "nul\0", "é" * 300, "'; DROP TABLE event; --"], ids=ascii)
async def test_any_conversation_id_leaves_the_process_alive(conversation: str, store: SqlTrackerStore) -> None:
    """Stock Rasa ends the process on the first two."""
    try:
        await say(store, conversation, "hello")
    except (ValueError, StoreUnavailable):
        assert not conversation.isprintable()
    await say(store, "a", "still here")
    assert await said(store, "a") == ["still here"]


async def test_deletion_of_one_conversation(store: SqlTrackerStore) -> None:
    await say(store, "a", "mine")
    await say(store, "b", "yours")
    erase(store._engine, ["a", "nobody"])
    assert await store.retrieve("a") is None
    assert await said(store, "b") == ["yours"]


async def test_a_turn_does_not_bring_back_what_was_erased_meanwhile(store: SqlTrackerStore) -> None:
    await say(store, "a", "first")
    tracker = await store.retrieve("a")
    for event in turn("second"):
        tracker.update(event)
    erase(store._engine, ["a"])
    with pytest.raises(ConversationChanged):
        await store.save(tracker)
    assert not await store.exists("a")


async def test_deleted_bytes_are_gone_from_the_files_of_sqlite(tmp_path: Path) -> None:
    store = SqlTrackerStore(f"sqlite:///{tmp_path}/c.db", DOMAIN)
    for number in range(20):
        await say(store, "kept", f"KEPT {number} " + "y" * 3000)
        await say(store, "gone", f"ERASE-ME {number} " + "x" * 3000)
    assert b"ERASE-ME" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    erase(store._engine, ["gone"])
    remove_traces(store._engine)
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"ERASE-ME" not in left
    assert b"xxxxxxxx" not in left
    assert b"KEPT 19" in left
    assert len(await said(store, "kept")) == 20
    store.close()


async def test_nothing_stays_of_conversations_erased_among_others(tmp_path: Path) -> None:
    """SQLite's secure_delete alone leaves copies behind where it moved rows within its pages."""
    store = SqlTrackerStore(f"sqlite:///{tmp_path}/c.db", DOMAIN)
    chance = random.Random(3)
    talking = list(range(20))
    for number in range(250):
        spoken = chance.choice(talking)
        words = f"MARK{spoken}E " + "x" * chance.choice((80, 300, 900, 2500, 6000))
        await say(store, f"c{spoken}", words, {"said": [f"MARK{spoken}E " + "w" * chance.choice((50, 300, 900))]})
        if number % 10 == 9:
            erased = talking.pop(chance.randrange(len(talking)))
            erase(store._engine, [f"c{erased}"])
            remove_traces(store._engine)
            assert b"MARK%dE" % erased not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
            talking.append(20 + number)
    store.close()


async def test_what_began_too_long_ago_is_erased(store: SqlTrackerStore, clock: Clock) -> None:
    for number in range(230):
        await say(store, f"old {number}", "hello")
    clock.now += 100
    await say(store, "old 3", "again")
    await say(store, "new", "hello")
    assert sum(map(len, erase_old(store._engine, clock.now - 50))) == 230
    assert list(await store.keys()) == ["new"]
    assert sum(map(len, erase_old(store._engine, clock.now - 50))) == 0


async def test_servers_that_start_together_make_the_tables_once(url: str) -> None:
    stores = [SqlTrackerStore(url, DOMAIN) for _ in range(6)]
    await asyncio.gather(*(say(store, f"c{number}", "hello") for number, store in enumerate(stores)))
    assert len(list(await stores[0].keys())) == 6
    for store in stores:
        store.close()


async def test_a_user_who_may_not_make_tables(postgresql: Any) -> None:
    url = postgresql.new_database("narrow")
    maker = SqlTrackerStore(url, DOMAIN)
    await say(maker, "a", "hello")
    maker.close()
    with create_engine(url).begin() as connection:
        connection.execute("CREATE ROLE narrow LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        connection.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON conversation, event TO narrow")
        connection.execute("GRANT USAGE ON SEQUENCE event_id_seq TO narrow")
    store = SqlTrackerStore(url.replace("postgres@", "narrow@"), DOMAIN)
    await say(store, "a", "again")
    assert await said(store, "a") == ["hello", "again"]
    store.close()
