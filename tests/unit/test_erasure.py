"""An erasure while something goes on in the conversation: nothing is written again after it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.channel.database import connect, feedback
from bot.channel.erasure import Eraser
from bot.channel.feedback import save_feedback
from bot.channel.session_store import MemorySessions, SessionState
from bot.channel.sessions import SessionExpired
from bot.review.questions import Questions


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return connect(f"sqlite:///{tmp_path}/conversations.db")


@pytest.fixture
def store() -> MemorySessions:
    return MemorySessions()


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return len(connection.execute(feedback.select()).all())


class Work:
    """A turn that writes when it is told to."""

    def __init__(self, engine: Engine, store: MemorySessions) -> None:
        self.started, self.may_end = asyncio.Event(), asyncio.Event()
        self._engine, self._store = engine, store

    async def run(self) -> str:
        self.started.set()
        await self.may_end.wait()
        save_feedback(self._engine, "c", "m", True)
        await self._store.touch("c")
        return "done"


async def test_work_gives_its_result(engine: Engine, store: MemorySessions) -> None:
    work = Work(engine, store)
    work.may_end.set()
    assert await Eraser(engine, store, Questions(engine)).run("c", work.run()) == "done"
    assert rows(engine) == 1


async def test_errors_of_work_are_raised(engine: Engine, store: MemorySessions) -> None:
    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await Eraser(engine, store, Questions(engine)).run("c", fail())


async def test_an_erasure_waits_for_what_goes_on(engine: Engine, store: MemorySessions) -> None:
    eraser, work = Eraser(engine, store, Questions(engine)), Work(engine, store)
    turn = asyncio.ensure_future(eraser.run("c", work.run()))
    await work.started.wait()
    erasure = asyncio.ensure_future(eraser.erase("c"))
    while await store.state("c") is not SessionState.CLOSED:
        await asyncio.sleep(0)
    assert not erasure.done()
    work.may_end.set()
    await erasure
    assert rows(engine) == 0
    assert await store.state("c") is SessionState.CLOSED
    with pytest.raises(SessionExpired):
        await turn


async def test_work_that_ends_after_an_erasure_elsewhere_leaves_nothing(engine: Engine, store: MemorySessions) -> None:
    """Two servers that share a database and a store."""
    here, there, work = (
        Eraser(engine, store, Questions(engine)),
        Eraser(engine, store, Questions(engine)),
        Work(engine, store),
    )
    turn = asyncio.ensure_future(here.run("c", work.run()))
    await work.started.wait()
    await there.erase("c")
    work.may_end.set()
    with pytest.raises(SessionExpired):
        await turn
    assert rows(engine) == 0
    assert await store.state("c") is SessionState.CLOSED


async def test_work_goes_on_where_the_client_goes_away(engine: Engine, store: MemorySessions) -> None:
    eraser, work = Eraser(engine, store, Questions(engine)), Work(engine, store)
    turn = asyncio.ensure_future(eraser.run("c", work.run()))
    await work.started.wait()
    turn.cancel()
    work.may_end.set()
    await eraser.erase("c")  # waits for it
    assert rows(engine) == 0


async def test_an_erasure_that_fails_can_be_tried_again(store: MemorySessions) -> None:
    await store.touch("c")
    nowhere = connect("postgresql://nobody@127.0.0.1:1/nothing")
    eraser = Eraser(nowhere, store, Questions(nowhere))
    with pytest.raises(SQLAlchemyError):
        await eraser.erase("c")
    assert await store.state("c") is SessionState.LIVE
