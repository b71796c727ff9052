"""The file of the database is written anew after erasures: in the background, once for many."""

from __future__ import annotations

import asyncio
import threading

from sqlalchemy.exc import OperationalError

from bot.channel.compaction import Compaction


class Work:
    """What takes long: counts how often it ran, and ends when it may."""

    def __init__(self) -> None:
        self.times = 0
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self) -> None:
        self.times += 1
        self.begun.release()
        assert self.may_end.wait(60)


async def begun(work: Work) -> None:
    assert await asyncio.to_thread(work.begun.acquire, timeout=60)


async def test_one_for_all_that_come_while_it_runs() -> None:
    work = Work()
    compaction = Compaction(work, pause=0.0)
    work.may_end.clear()
    compaction.want()
    await begun(work)
    for _ in range(30):
        compaction.want()
    assert work.times == 1
    work.may_end.set()
    await compaction.finish()
    assert work.times == 2
    await compaction.finish()
    assert work.times == 2


async def test_the_next_one_waits_for_the_pause_or_the_end_of_the_server() -> None:
    work = Work()
    compaction = Compaction(work, pause=3600.0)
    compaction.want()
    await begun(work)
    compaction.want()
    for _ in range(20):
        await asyncio.sleep(0)
    assert work.times == 1
    await compaction.finish()
    assert work.times == 2


async def test_one_after_the_pause() -> None:
    now, work = [0.0], Work()
    compaction = Compaction(work, pause=3600.0, clock=lambda: now[0])
    for _ in range(3):
        compaction.want()
        await begun(work)
        assert compaction._task is not None
        await compaction._task
        now[0] += 3600.0
    assert work.times == 3


async def test_one_that_fails_is_followed_by_another() -> None:
    work = Work()

    def fail_once() -> None:
        work()
        if work.times == 1:
            raise OperationalError("VACUUM", {}, Exception())

    compaction = Compaction(fail_once, pause=0.0)
    compaction.want()
    await begun(work)
    await compaction.finish()
    compaction.want()
    await compaction.finish()
    assert work.times == 2


async def test_nothing_to_do() -> None:
    await Compaction(Work()).finish()
