"""`python -m bot serve` with parts that fail on demand, and a watch over its event loop.

The word in the file FAULT_FILE says what fails: "action raises", "action hangs", "action is slow", "model fails".
The longest that the event loop kept a callback waiting, in seconds, is written to STALL_FILE when it grows; to remove
that file is to begin anew. The time that its thread was ready and the processor was given to others does not count:
a busy machine is no fault of the server.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import actions.answer
import bot.runtime.server
from bot.__main__ import app
from bot.settings import patient
from bot.understanding.rasa_reader import MessageReader

WATCH_SECONDS = 0.05
SLOW_SECONDS = 1.0
FAULT = Path(os.environ["FAULT_FILE"])
STALL = Path(os.environ["STALL_FILE"])


class MadeToFail(Exception):
    """Raised by a part that a test makes fail."""


def wanted() -> str:
    try:
        return FAULT.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def make_parts_faulty() -> None:
    converse, process = actions.answer.converse, MessageReader.process

    def faulty_converse(*arguments: Any) -> Any:
        if wanted() == "action raises":
            raise MadeToFail
        if wanted() == "action is slow":
            time.sleep(patient(SLOW_SECONDS))
        while wanted() == "action hangs":
            time.sleep(0.05)
        return converse(*arguments)

    def faulty_process(*arguments: Any, **named: Any) -> Any:
        if wanted() == "model fails":
            raise MadeToFail
        return process(*arguments, **named)

    actions.answer.converse = faulty_converse
    MessageReader.process = faulty_process  # type: ignore[method-assign]


def waited_for_processor() -> float:
    """Seconds that the thread of the event loop, the first one, was ready to run and did not."""
    return int(Path(f"/proc/self/task/{os.getpid()}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def watch(loop: asyncio.AbstractEventLoop) -> None:
    longest = 0.0
    while True:
        time.sleep(WATCH_SECONDS)
        if not STALL.exists():
            longest = 0.0
        done = threading.Event()
        before, held_up = time.monotonic(), waited_for_processor()
        loop.call_soon_threadsafe(done.set)
        done.wait(60)
        waited = time.monotonic() - before - (waited_for_processor() - held_up)
        if waited > longest:
            longest = waited
            STALL.write_text(str(longest), encoding="utf-8")


def watch_once_loaded() -> None:
    load = bot.runtime.server._load

    async def load_and_watch(*arguments: Any) -> None:
        await load(*arguments)
        threading.Thread(target=watch, args=(asyncio.get_running_loop(),), daemon=True).start()

    bot.runtime.server._load = load_and_watch


if __name__ == "__main__":
    make_parts_faulty()
    watch_once_loaded()
    app(["serve"])
