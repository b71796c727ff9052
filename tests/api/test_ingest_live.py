"""Fiches dropped in while the server runs: answered about at once, and a bad folder changes nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from live_server import PATIENT_SECONDS, LiveServer, Message, Pupil, wait_for

from bot.catalogue.store import connect, read_version
from bot.settings import ROOT

SECONDS = 5.0
FICHE = """# CAP fabricant de zorglondes

## Informations générales

**Sigle:** FDZL
**Durée:** 17 mois
**Type:** certificat d'aptitude professionnelle

## Métiers associés

- zorglondier/ère
"""


@pytest.fixture
def folder(server: LiveServer, tmp_path: Path) -> Iterator[Path]:
    """A copy of the server's seeds to change; the seeds are the catalogue again afterwards."""
    yield Path(shutil.copytree(server.seeds, tmp_path / "seeds"))
    assert server.ingest(server.seeds).returncode == 0


def version(server: LiveServer) -> str | None:
    engine = connect(server.store)
    try:
        return read_version(engine)
    finally:
        engine.dispose()


def answered(client: httpx.Client, text: str) -> list[Message]:
    """The messages in reply to `text` in a new conversation, none where they are no answer."""
    messages = Pupil(client).say(text)
    return messages if messages[0]["answer"]["outcome"] == "answered" else []


def test_added_fiche_is_answered_about(
    server: LiveServer, folder: Path, client: httpx.Client, clock_counts: bool
) -> None:
    assert not any("zorglond" in path.read_text(encoding="utf-8") for path in (ROOT / "data").rglob("*.yml"))
    question = "le CAP fabricant de zorglondes ça dure combien de temps ?"
    assert not answered(client, question)
    (folder / "dropped-in.md").write_text(FICHE, encoding="utf-8")

    done = server.ingest(folder)
    since = time.monotonic()
    assert (done.returncode, "1 added" in done.stdout) == (0, True)
    (message,) = wait_for(lambda: answered(client, question), PATIENT_SECONDS, "the new fiche")

    assert time.monotonic() - since < SECONDS or not clock_counts
    assert message["answer"]["facets"] == ["duree"]
    assert [fiche["title"] for fiche in message["answer"]["fiches"]] == ["CAP fabricant de zorglondes"]
    assert "17 mois" in message["text"]
    (by_sigle,) = answered(client, "quels métiers après FDZL ?")
    assert by_sigle["answer"]["jobs"] == ["zorglondier/ère"]
    (by_job,) = answered(client, "quelles formations mènent au métier de zorglondière ?")
    assert by_job["answer"]["facets"] == ["formations_pour_metier"]


def test_changed_and_removed_fiches_are_followed(server: LiveServer, folder: Path, client: httpx.Client) -> None:
    pupil = Pupil(client)
    pupil.say("quels métiers après MSPC ?")
    choice = pupil.say("Il me faudrait le code scolarité de microtechniques")[0]["choices"][0]["id"]
    mspc = folder / "bac-pro-maintenance-des-systemes-de-production-connectes.md"
    mspc.write_text(mspc.read_text(encoding="utf-8").replace("**Durée:** 3 ans", "**Durée:** 5 ans"), encoding="utf-8")
    (folder / "bac-pro-microtechniques.md").unlink()

    assert server.ingest(folder).returncode == 0
    wait_for(
        lambda: "5 ans" in Pupil(client).say("Combien d'années dure le MSPC ?")[0]["text"],
        PATIENT_SECONDS,
        "the new duration",
    )

    assert pupil.choose(choice)[0]["answer"]["outcome"] == "unknown"
    assert pupil.say("combien de temps dure microtechniques ?")[0]["answer"]["outcome"] != "answered"


def test_failing_import_changes_nothing(server: LiveServer, folder: Path, client: httpx.Client) -> None:
    (folder / "dropped-in.md").write_text(FICHE, encoding="utf-8")
    (folder / "same-title.md").write_text(FICHE, encoding="utf-8")
    (folder / "no-title.txt").write_text("## Métiers associés\n\n- zorglondier/ère\n", encoding="utf-8")
    (folder / "bac-pro-microtechniques.md").unlink()
    before = version(server)

    done = server.ingest(folder)

    assert done.returncode == 1
    assert "dropped-in.md" in done.stderr
    assert "same-title.md" in done.stderr
    assert "no-title.txt:1:" in done.stderr
    assert "Traceback" not in done.stderr
    assert version(server) == before
    deadline = time.monotonic() + 2 * 1.0  # the server looks at the store once a second
    while time.monotonic() < deadline:
        assert not answered(client, "le CAP fabricant de zorglondes ça dure combien de temps ?")
        assert answered(client, "combien de temps dure microtechniques ?")
