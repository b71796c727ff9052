"""Replies: one turn of Rasa a key, what is kept for review, and what becomes of a turn that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.channel import replies as module
from bot.channel.database import connect
from bot.channel.replies import Exchange, Replies
from bot.channel.requests import BadRequest, MessageRequest
from bot.channel.session_store import MemorySessions
from bot.channel.sessions import ChoiceUnknown, Sessions
from bot.review.questions import Questions
from bot.review.store import Kept, QuestionStore, Reason
from bot.stores.tracker import SqlTrackerStore


class Rasa:
    """Answers each message with what it was asked to answer, stores the turn, and remembers what it was handed."""

    def __init__(self, url: str) -> None:
        self._store = SqlTrackerStore(url, Domain.empty())
        self.heard: list[str] = []
        self.outcomes = ["answered"]
        self.during: Callable[[], Any] = lambda: None

    async def __call__(self, message: UserMessage) -> None:
        self.heard.append(message.text)
        await asyncio.sleep(0)
        self.during()
        tracker = await self._store.get_or_create_tracker(message.sender_id, append_action_listen=False)
        tracker.update(UserUttered(message.text, {"name": "ask"}, message_id=message.message_id))
        for outcome in self.outcomes:
            answer = {"outcome": outcome, "facets": ["duree"], "fiches": [], "jobs": [], "sources": []}
            review = outcome if outcome == "not_in_fiche" else None
            button = {"title": "Oui", "payload": "/choose{}"}
            said = {
                "text": f"réponse {len(self.heard)}",
                "custom": {"answer": answer, "review": review},
                "buttons": [button],
            }
            await message.output_channel.send_response(message.sender_id, said)
            tracker.update(BotUttered(said["text"], {"buttons": said["buttons"], "custom": said["custom"]}))
        if self.outcomes:
            await self._store.save(tracker)


@pytest.fixture
def rasa(tmp_path: Path) -> Rasa:
    return Rasa(f"sqlite:///{tmp_path}/turns.db")


@pytest.fixture
def store() -> MemorySessions:
    return MemorySessions()


@pytest.fixture
def questions(tmp_path: Path) -> Questions:
    return Questions(connect(f"sqlite:///{tmp_path}/conversations.db"))


@pytest.fixture
def replies(rasa: Rasa, store: MemorySessions, questions: Questions, tmp_path: Path) -> Replies:
    database = connect(f"sqlite:///{tmp_path}/turns.db")
    return Replies(Sessions(["s" * 32], store, 3600, never), store, questions, database, rasa)


async def never(conversation: str) -> bool:
    """No conversation was erased."""
    return False


def kept(questions: Questions, tmp_path: Path) -> list[Kept]:
    """What is kept for review."""
    questions.close()
    return [row.kept for row in QuestionStore(connect(f"sqlite:///{tmp_path}/conversations.db")).rows()]


def asked(**fields: str) -> MessageRequest:
    return MessageRequest(session="token", **fields)


async def test_what_is_left_open_is_kept_for_review(
    rasa: Rasa, replies: Replies, questions: Questions, tmp_path: Path
) -> None:
    rasa.outcomes = ["answered", "not_in_fiche"]
    reply = await replies.reply(asked(text="durée et attendus ?"), "c")
    for outcome, message in zip(rasa.outcomes, reply["messages"], strict=True):
        assert await replies.exchange("c", message["id"]) == Exchange("durée et attendus ?", outcome, ("duree",))
    assert kept(questions, tmp_path) == [Kept("durée et attendus ?", Reason.NOT_IN_FICHE, ("duree",))]


async def test_nothing_is_kept_of_a_question_beside_distress(
    rasa: Rasa, replies: Replies, questions: Questions, tmp_path: Path
) -> None:
    """Its other part may be rated not useful: that keeps no word either."""
    rasa.outcomes = ["distress", "answered"]
    reply = await replies.reply(asked(text="je veux mourir, durée ?"), "c")
    for message in reply["messages"]:
        exchange = await replies.exchange("c", message["id"])
        assert exchange.question == ""
        questions.rated("c", exchange.question, exchange.outcome, exchange.facets, "rien")
    assert kept(questions, tmp_path) == []


async def test_a_choice_is_no_question(replies: Replies, rasa: Rasa, questions: Questions, tmp_path: Path) -> None:
    choice = (await replies.reply(asked(text="durée ?"), "c"))["messages"][0]["choices"][0]["id"]
    rasa.outcomes = ["not_in_fiche"]
    await replies.reply(asked(choice=choice), "c")
    assert rasa.heard == ["durée ?", "/choose{}"]
    assert kept(questions, tmp_path) == []


async def test_a_review_that_is_away_costs_no_reply(
    rasa: Rasa, replies: Replies, questions: Questions, tmp_path: Path
) -> None:
    (tmp_path / "conversations.db").mkdir()
    rasa.outcomes = ["not_in_fiche"]
    assert (await replies.reply(asked(text="durée ?"), "c"))["messages"]
    questions.close()


async def test_a_message_of_another_conversation_is_unknown(replies: Replies) -> None:
    message = (await replies.reply(asked(text="durée ?"), "c"))["messages"][0]["id"]
    turn = message.rpartition(".")[0]
    others = (
        "",
        "x",
        "0",
        ".",
        ".0",
        "x.0",
        turn,
        *(f"{turn}.{place}" for place in ("", "1", "00", "-1", "x", "\u0660")),
    )
    for conversation, id_ in (("d", message), *(("c", other) for other in others)):
        with pytest.raises(BadRequest, match="message"):
            await replies.exchange(conversation, id_)


async def test_one_key_is_one_turn(replies: Replies, rasa: Rasa) -> None:
    """At the same time and afterwards; another key, or another conversation, is another turn."""
    first, second = await asyncio.gather(*(replies.reply(asked(text="durée ?", key="k"), "c") for _ in range(2)))
    assert first == second == await replies.reply(asked(text="durée ?", key="k"), "c")
    assert len(rasa.heard) == 1
    assert first != await replies.reply(asked(text="durée ?", key="l"), "c")
    assert first != await replies.reply(asked(text="durée ?", key="k"), "d")
    assert first != await replies.reply(asked(text="durée ?"), "c")


async def test_a_key_stands_for_one_message(replies: Replies, rasa: Rasa) -> None:
    """Not for another text, nor for a choice: whoever mixes them up is told so, and not what was said before."""
    choice = (await replies.reply(asked(text="durée ?", key="k"), "c"))["messages"][0]["choices"][0]["id"]
    for other in ({"text": "durée"}, {"choice": choice}):
        with pytest.raises(BadRequest) as refused:
            await replies.reply(asked(**other, key="k"), "c")
        assert (refused.value.status, refused.value.code) == (422, "fields")
    assert await replies.reply(asked(choice=choice, key="l"), "c") == await replies.reply(
        asked(choice=choice, key="l"), "c"
    )
    assert len(rasa.heard) == 2


async def test_a_rating_of_the_reply_to_a_choice_has_no_question(replies: Replies) -> None:
    choice = (await replies.reply(asked(text="/durée"), "c"))["messages"][0]
    assert await replies.exchange("c", choice["id"]) == Exchange("/durée", "answered", ("duree",))
    reply = await replies.reply(asked(choice=choice["choices"][0]["id"]), "c")
    assert await replies.exchange("c", reply["messages"][0]["id"]) == Exchange("", "answered", ("duree",))


async def test_nothing_of_a_reply_is_kept_in_memory(replies: Replies, store: MemorySessions) -> None:
    """A reply may be long, and anyone may have thousands of them: what is kept of each is a few bytes."""
    for number in range(20):
        await replies.reply(asked(text=f"durée ? {number}", key=f"k{number}"), "c")
    assert {name: len(kept) for name, kept in vars(store).items()} == {"_live": 1, "_closed": 0, "_claims": 0}


async def test_a_key_whose_turn_failed_can_be_used_again(replies: Replies, rasa: Rasa) -> None:
    def fail() -> None:
        raise LookupError

    rasa.during = fail
    with pytest.raises(LookupError):
        await replies.reply(asked(text="durée ?", key="k"), "c")
    with pytest.raises(ChoiceUnknown):
        await replies.reply(asked(choice="x", key="k"), "c")
    rasa.during = lambda: None
    assert (await replies.reply(asked(text="durée ?", key="k"), "c"))["messages"]


async def test_silence_is_a_refusal(replies: Replies, rasa: Rasa, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rasa says nothing, or takes too long."""
    rasa.outcomes = []
    with pytest.raises(BadRequest) as refused:
        await replies.reply(asked(text="durée ?"), "c")
    assert (refused.value.status, refused.value.code) == (503, "down")
    rasa.outcomes = ["answered"]
    monkeypatch.setattr(module, "TURN_SECONDS", 0)
    with pytest.raises(BadRequest) as refused:
        await replies.reply(asked(text="durée ?"), "c")
    assert (refused.value.status, refused.value.code) == (503, "down")


async def test_a_key_that_someone_works_on_for_too_long_is_a_refusal(
    replies: Replies, store: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server that worked on it may be gone: the claim ends, and then the key can be used."""
    await store.claim("c", module._turn_of_key("c", "k"))
    monkeypatch.setattr(module, "TURN_SECONDS", 0.1)
    with pytest.raises(BadRequest) as refused:
        await replies.reply(asked(text="durée ?", key="k"), "c")
    assert refused.value.status == 503


@pytest.mark.parametrize("text", ["/restart", "/choose{}", "//"])
async def test_no_typed_text_begins_with_a_slash(text: str, replies: Replies, rasa: Rasa) -> None:
    await replies.reply(asked(text=text), "c")
    assert not rasa.heard[0].startswith("/")
    assert rasa.heard[0].endswith(text)


async def test_a_key_whose_turn_is_stored_is_not_done_again(replies: Replies, rasa: Rasa, tmp_path: Path) -> None:
    """The server ended before it replied: another one finds the turn in the database."""
    store = SqlTrackerStore(f"sqlite:///{tmp_path}/turns.db", Domain.empty())
    tracker = await store.get_or_create_tracker("c", append_action_listen=False)
    answer = {"outcome": "answered", "facets": ["duree"], "fiches": [], "jobs": [], "sources": []}
    said = {"buttons": [{"title": "Oui", "payload": "/choose{}"}], "custom": {"answer": answer}}
    for event in (
        UserUttered("durée ?", {"name": "ask"}, message_id=module._turn_of_key("c", "k")),
        BotUttered("3 ans", said),
    ):
        tracker.update(event)
    await store.save(tracker)
    store.close()
    reply = await replies.reply(asked(text="durée ?", key="k"), "c")
    (message,) = reply["messages"]
    assert (message["text"], message["answer"], message["choices"][0]["title"]) == ("3 ans", answer, "Oui")
    assert rasa.heard == []
    assert await replies.reply(asked(text="durée ?", key="k"), "c") == reply
    assert await replies.exchange("c", message["id"]) == Exchange("durée ?", "answered", ("duree",))
