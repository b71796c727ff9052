"""The guidance conversations of tests/guidance_dialogues.jsonl, over HTTP, on a small catalogue with job fiches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from contract import Contract
from guidance_world import write_world
from live_server import CLIENT_SECONDS, LiveServer, Message, Pupil

FILE = Path(__file__).resolve().parent.parent / "guidance_dialogues.jsonl"
DIALOGUES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def guide_client(
    model: Path, seeds: Path, contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A client of a server that holds the small catalogue for guidance, replies held against the contract."""
    folder = tmp_path_factory.mktemp("guidance")
    server = LiveServer(folder, write_world(folder / "fiches"))
    server.start()

    def hold(reply: httpx.Response) -> None:
        reply.read()
        assert contract.broken_by(reply) is None

    try:
        with httpx.Client(base_url=server.url, timeout=CLIENT_SECONDS, event_hooks={"response": [hold]}) as client:
            yield client
    finally:
        server.stop()


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=[d["about"] for d in DIALOGUES])
def test_a_guidance_conversation(guide_client: httpx.Client, dialogue: dict[str, Any]) -> None:
    pupil = Pupil(guide_client)
    messages: list[Message] = []
    for turn in dialogue["turns"]:
        if "tap" in turn:
            choices = {c["title"]: c["id"] for message in messages for c in message["choices"]}
            messages = pupil.choose(choices[turn["tap"]])
        else:
            messages = pupil.say(turn["say"])
        said, answer = turn.get("say") or turn["tap"], messages[0]["answer"]
        assert answer["outcome"] == turn["outcome"], (said, messages[0]["text"])
        if "facets" in turn:
            assert answer["facets"] == turn["facets"], said
        assert set(turn.get("jobs", ())) <= set(answer["jobs"]), said
        assert not set(turn.get("without", ())) & set(answer["jobs"]), said
        assert set(turn.get("fiches", ())) <= {fiche["title"] for fiche in answer["fiches"]}, said
        assert turn.get("text", "") in "\n".join(message["text"] for message in messages), said
