"""Several people who talk at once and write down what came back; what of it must be in the store afterwards."""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx
import psycopg2
from live_server import CLIENT_SECONDS, PATIENT_SECONDS, Pupil, wait_for

PUPILS = 6
PAUSE_SECONDS = 0.1
NO_ANSWER = 0

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Asked:
    """A message, when it was sent, and what came back: a status, NO_ANSWER for a broken connection."""

    pupil: int
    text: str
    at: float
    took: float
    status: int
    told: str


class Load:
    """Pupils in conversations of their own, each of whom asks again as soon as the last reply came.

    With `keys` a message that got no reply is sent again with its key until it gets one, as the widget does.
    """

    def __init__(self, url: str, pupils: int = PUPILS, pause: float = PAUSE_SECONDS, keys: bool = False) -> None:
        self._url = url
        self._pause = pause
        self._keys = keys
        self.asked: list[Asked] = []
        self._asking: dict[int, float] = {}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(number,), daemon=True) for number in range(pupils)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        try:
            self.wait_for_answers(since=0.0)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let everyone finish what they asked."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_answers(self, since: float) -> float:
        """Wait until all got a reply to a message sent after the moment `since`; how long after it the last came."""
        everyone = len(self._threads)
        wait_for(lambda: len(self._served(since)) == everyone, PATIENT_SECONDS, "everyone to be answered")
        return max(self._served(since).values()) - since

    def under_way(self, since: float) -> int:
        """How many wait for the reply to a message that they sent `since` seconds ago or earlier."""
        return sum(at < time.monotonic() - since for at in list(self._asking.values()))

    def during(self, start: float, end: float) -> list[Asked]:
        """The messages sent between two moments."""
        return [asked for asked in list(self.asked) if start <= asked.at < end]

    def _served(self, since: float) -> dict[int, float]:
        """By pupil, the moment of the first reply to a message sent after `since`."""
        first: dict[int, float] = {}
        for asked in list(self.asked):
            if asked.at >= since and asked.status == 200:
                first.setdefault(asked.pupil, asked.at + asked.took)
        return first

    def _talk(self, number: int) -> None:
        with httpx.Client(base_url=self._url, timeout=CLIENT_SECONDS) as client:
            pupil = Pupil(client)
            while not self._over.wait(self._pause):
                text = f"combien de temps dure le MSPC ? {next(_numbers)}"
                fields = {"text": text, **({"key": f"k{number}-{len(self.asked)}"} if self._keys else {})}
                while self._ask(pupil, number, fields) != 200 and self._keys:
                    time.sleep(self._pause)

    def _ask(self, pupil: Pupil, number: int, fields: dict[str, str]) -> int:
        at = self._asking[number] = time.monotonic()
        try:
            reply = pupil.post(**fields)
            status, told = reply.status_code, reply.text
        except httpx.TransportError as error:
            status, told = NO_ANSWER, repr(error)
        del self._asking[number]
        self.asked.append(Asked(number, fields["text"], at, time.monotonic() - at, status, told))
        return status


@dataclass(frozen=True)
class Kept:
    """A message in a store: its conversation and its place there."""

    store: str
    conversation: str
    position: int


def kept_in(stores: Iterable[str | Path]) -> dict[str, list[Kept]]:
    """The messages of users in SQLite files and PostgreSQL databases, by their text."""
    query = "SELECT sender_id, position, data FROM event WHERE type_name = 'user' ORDER BY sender_id, position"
    found: defaultdict[str, list[Kept]] = defaultdict(list)
    for store in stores:
        postgres = str(store).startswith("postgresql")
        opened = psycopg2.connect(store) if postgres else sqlite3.connect(store)
        with closing(opened) as connection:
            cursor = connection.cursor()
            cursor.execute(query)
            for conversation, position, data in cursor.fetchall():
                found[_text(data)].append(Kept(str(store), conversation, position))
    return found


def _text(data: str) -> str:
    return str(json.loads(data)["text"])


def losses(asked: Iterable[Asked], kept: dict[str, list[Kept]]) -> list[str]:
    """What is wrong with what was kept: acknowledged messages that are missing, twice there, or out of order."""
    wrong = []
    conversations: defaultdict[int, list[Kept]] = defaultdict(list)
    for one in asked:
        places = kept.get(one.text, [])
        if one.status == 200 and not places:
            wrong.append(f"lost: {one}")
        if len(places) > 1:
            wrong.append(f"{len(places)} times: {one}")
        if one.status == 200 and places:
            conversations[one.pupil].append(places[0])
    for pupil, places in conversations.items():
        if len({place.conversation for place in places}) > 1:
            wrong.append(f"pupil {pupil} has several conversations")
        for store in {place.store for place in places}:
            positions = [place.position for place in places if place.store == store]
            if positions != sorted(positions):
                wrong.append(f"the conversation of pupil {pupil} is out of order in {store}")
    shared = Counter(place.conversation for places in conversations.values() for place in {*places[:1]})
    return wrong + [f"{count} pupils in conversation {c}" for c, count in shared.items() if count > 1]
