"""What a running server could not answer is kept for review, and an alias made of it works without training."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from live_server import PATIENT_SECONDS, LiveServer, Pupil, wait_for

from bot.settings import ROOT

TITLE = "bac pro microtechniques"
Rows = list[tuple[str, str, str, str]]


@pytest.fixture
def kept(server: LiveServer) -> Callable[[str], Rows]:
    """The rows (id, text, reason, comment) whose text holds some words, once they are written."""
    file = server.environment["JALON_TRACKER_URL"].removeprefix("sqlite:///")

    def read(words: str) -> Rows:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'unanswered_question'").fetchone():
                return []
            found = database.execute("SELECT id, text, reason, comment FROM unanswered_question ORDER BY reason")
            return [row for row in found if words in row[1]]

    # The first waits for what redaction loads.
    return lambda words: wait_for(lambda: read(words), PATIENT_SECONDS, f"{words!r} to be kept")


def review(server: LiveServer, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot review …` over the stores of this server."""
    command = [sys.executable, "-m", "bot", "review", *words]
    return subprocess.run(
        command, cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=PATIENT_SECONDS
    )


def test_what_was_not_answered_is_kept_without_who_asked(
    pupil: Pupil, server: LiveServer, kept: Callable[[str], Rows]
) -> None:
    (reply,) = pupil.say("moi c'est Nolwazi, 06 12 34 56 78, quelle est la durée du bac pro tromblonnage ?")
    assert reply["answer"]["outcome"] == "unknown"
    (row,) = kept("tromblonnage")
    assert row[1] == "moi c'est <NAME>, <PHONE>, quelle est la durée du bac pro tromblonnage ?"
    assert row[2] == "unknown"
    assert "tromblonnage" in review(server).stdout


def test_a_bad_rating_is_kept_with_its_comment(pupil: Pupil, client: httpx.Client, kept: Callable[[str], Rows]) -> None:
    question = "dis-moi donc la durée du bac pro microtechniques stp stp"
    (reply,) = pupil.say(question)
    assert reply["answer"]["outcome"] == "answered"
    for useful, comment in ((True, "super"), (False, "ma prof Mme Zbigniewska dit autre chose")):
        rating = {"session": pupil.session, "message": reply["id"], "useful": useful, "reason": comment}
        assert client.post("/chat/feedback", json=rating).status_code == 204
    (row,) = kept(question)
    assert row[2:] == ("not_useful", "ma prof Mme <NAME> dit autre chose")


def test_distress_answers_and_choices_are_not_kept(
    pupil: Pupil, kept: Callable[[str], Rows], server: LiveServer
) -> None:
    (reply,) = pupil.say("je veux mourir")
    assert reply["answer"]["outcome"] == "distress"
    rating = {"session": pupil.session, "message": reply["id"], "useful": False, "reason": "je veux mourir"}
    assert pupil.client.post("/chat/feedback", json=rating).status_code == 204
    pupil.say("durée du bac pro microtechniques")
    pupil.say("quelle est la durée du bac pro zinguons")  # written after those before it
    assert kept("zinguons")
    listed = review(server, "--all").stdout
    assert "mourir" not in listed
    assert "durée du bac pro microtechniques\n" not in listed


def test_what_is_kept_goes_with_its_conversation(
    pupil: Pupil, client: httpx.Client, kept: Callable[[str], Rows], server: LiveServer
) -> None:
    """After an erasure there is neither the question nor the conversation in the files."""
    pupil.say("quelle est la durée du bac pro vroumisme ?")
    assert kept("vroumisme")
    file = Path(server.environment["JALON_TRACKER_URL"].removeprefix("sqlite:///"))
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        ((conversation,),) = database.execute("SELECT DISTINCT sender_id FROM event WHERE data LIKE '%vroumisme%'")
        assert client.request("DELETE", "/chat/session", json={"session": pupil.session}).status_code == 204
        assert not database.execute("SELECT 1 FROM event WHERE data LIKE '%vroumisme%'").fetchall()
    parts = list(file.parent.glob(f"{file.name}*"))
    for word in (conversation.encode(), b"vroumisme"):
        wait_for(lambda: not any(word in part.read_bytes() for part in parts), PATIENT_SECONDS, "its traces to go")  # noqa: B023
    assert "vroumisme" not in server.logged()


@pytest.fixture
def seeds_again(server: LiveServer) -> Iterator[None]:
    """The seeds are the catalogue again afterwards."""
    yield
    (server.seeds / "aliases.toml").unlink(missing_ok=True)
    assert server.ingest(server.seeds).returncode == 0


@pytest.mark.usefixtures("seeds_again")
def test_an_alias_is_answered_about_within_seconds(
    client: httpx.Client, kept: Callable[[str], Rows], server: LiveServer
) -> None:
    question = "quelle est la durée du bac pro glimouserie ?"
    assert Pupil(client).say(question)[0]["answer"]["outcome"] == "unknown"
    ((id_, *_),) = kept("glimouserie")
    done = review(server, "export-alias", id_, "--alias", "bac pro glimouserie", "--fiche", TITLE)
    assert done.returncode == 0, done.stderr

    def answered() -> bool:
        (reply,) = Pupil(client).say(question)
        return bool(reply["answer"]["outcome"] == "answered" and reply["answer"]["fiches"][0]["title"] == TITLE)

    assert wait_for(answered, PATIENT_SECONDS, "the alias to be known")
    assert "glimouserie" not in review(server).stdout
