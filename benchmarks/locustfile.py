"""Pupils as locust plays them: eight questions, with the pauses of people who read and type. See benchmarks/soak.py."""

from __future__ import annotations

import sys
from pathlib import Path

from locust import HttpUser, between, task

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.speed.load import QUESTIONS, varied


class Pupil(HttpUser):
    """One conversation after the other."""

    wait_time = between(5, 20)

    def on_start(self) -> None:
        """Open the first conversation."""
        self._turn = 0
        self._open()

    def _open(self) -> None:
        with self.client.post("/chat/session", json={}, name="session", catch_response=True) as reply:
            self._session = reply.json()["session"] if reply.status_code == 201 else ""

    @task
    def ask(self) -> None:
        """The next question; after the last one, a new conversation."""
        text = varied(QUESTIONS[self._turn % len(QUESTIONS)])
        body = {"session": self._session, "text": text}
        with self.client.post("/chat/message", json=body, name="message", catch_response=True) as reply:
            if reply.status_code != 200 or not reply.json()["messages"]:
                reply.failure(f"status {reply.status_code}")
        self._turn += 1
        if self._turn % len(QUESTIONS) == 0:
            self._open()
