"""A conversation may go from server to server: nobody notices, whatever happens at the same moment."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import psycopg2
from cluster import Cluster, ClusterTable
from dialogues import dialogues, transcript
from live_server import Message, Pupil

AT_ONCE = 4
PAIRS_IN_A_CONVERSATION = 50
Clients = tuple[httpx.Client, httpx.Client]


def test_alternating_servers_give_the_transcripts_of_one(
    clients: Clients,
    cluster: Cluster,
    same: Callable[[Pupil, httpx.Client], Pupil],
    dialogue_count: int,
    table: ClusterTable,
) -> None:
    one, two = clients
    said = dialogues(dialogue_count)

    def both(dialogue: list[str]) -> bool:
        alone, first = Pupil(one), Pupil(one)
        return transcript(dialogue, [alone]) == transcript(dialogue, [first, same(first, two)])

    started, before = time.monotonic(), cluster.processor_seconds()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        equal = list(threads.map(both, said))
    took, after = time.monotonic() - started, cluster.processor_seconds()
    different = [number for number, alike in enumerate(equal) if not alike]
    turns = sum(map(len, said))
    table.add(
        "dialogues that change servers at each turn, beside the same on one server",
        f"{len(said)} dialogues, {turns} turns each way",
        f"{len(different)} different",
        f"{2 * turns / took:.0f} turns a second; processor time of a turn: "
        + ", ".join(f"{part} {500 * (after[part] - before[part]) / turns:.1f} ms" for part in after),
    )
    assert not different


def test_pairs_of_messages_at_the_same_time(
    clients: Clients,
    cluster: Cluster,
    same: Callable[[Pupil, httpx.Client], Pupil],
    pair_count: int,
    table: ClusterTable,
) -> None:
    """Two messages of one conversation, one to each server, at the same moment: two whole turns, one after another."""
    numbers = itertools.count(100_000)  # no text of another test
    questions = ("combien de temps dure le MSPC ?", "quels métiers après microtechniques ?")
    answered: dict[str, list[Message]] = {}
    slowest = 0.0
    gates = threading.Barrier(2)

    def ask(pupil: Pupil, text: str) -> float:
        gates.wait(30)
        reply = pupil.post(text=text)
        assert reply.status_code == 200, reply.text
        answered[text] = reply.json()["messages"]
        return reply.elapsed.total_seconds()

    started = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        for pair in range(pair_count):
            if pair % PAIRS_IN_A_CONVERSATION == 0:
                first = Pupil(clients[0])
                voices = (first, same(first, clients[1]))
            number = next(numbers)
            texts = [f"{question} {number}" for question in questions]
            slowest = max(slowest, *threads.map(ask, voices, texts if pair % 2 else texts[::-1]))
    took = time.monotonic() - started
    stored: defaultdict[str, list[list[str]]] = defaultdict(list)
    for turn in itertools.chain.from_iterable(stored_turns(cluster.conversations)):
        stored[turn[0]].append(turn[1:])
    missing = [text for text in answered if not stored[text]]
    twice = [text for text in answered if len(stored[text]) > 1]
    interleaved = [text for text, reply in answered.items() if [m["text"] for m in reply] not in stored[text]]
    table.add(
        "pairs of messages of one conversation, one to each server at the same moment",
        f"{pair_count} pairs, {len(answered)} messages",
        f"{len(missing)} missing, {len(twice)} twice, {len(interleaved)} interleaved",
        f"slowest reply {slowest:.2f} s, {len(answered) / took:.0f} messages a second",
    )
    assert len(answered) == 2 * pair_count
    assert not missing
    assert not twice
    assert not interleaved
    for text, reply in answered.items():
        (answer,) = (message["answer"] for message in reply)
        assert answer["outcome"] == "answered"
        assert ("duree" if "temps" in text else "metiers") in answer["facets"]


def stored_turns(url: str) -> Iterator[list[list[str]]]:
    """By conversation its turns, each the text of the user and those of the bot after it; positions have no gap."""
    query = "SELECT sender_id, position, type_name, data FROM event ORDER BY sender_id, position"
    with closing(psycopg2.connect(url)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        rows = cursor.fetchall()
    for _, events in itertools.groupby(rows, key=lambda row: row[0]):
        turns: list[list[str]] = []
        for expected, (_, position, kind, data) in enumerate(events):
            assert position == expected
            if kind == "user":
                turns.append([json.loads(data)["text"]])
            elif kind == "bot":
                turns[-1].append(json.loads(data)["text"])
        yield turns
