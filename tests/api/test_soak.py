"""The short form of `make soak`: some hundred messages of several pupils at once, all answered, memory as before."""

from __future__ import annotations

from live_server import LiveServer

from benchmarks.speed import load
from benchmarks.speed.sides import memory_mb

CLIENTS = 10
MOST_GROWTH = 0.05


def test_hundreds_of_messages_leave_no_trace_in_memory(server: LiveServer) -> None:
    def talk(conversations: int) -> float:
        seen = load.run(server.url, load.open_jalon, load.QUESTIONS, CLIENTS, conversations)
        assert len(seen.seconds) == conversations * load.TURNS
        assert seen.wrong == 0
        return memory_mb(server.pid)

    before = talk(50)
    assert talk(75) < before * (1 + MOST_GROWTH)
