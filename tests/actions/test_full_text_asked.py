"""The action asks the texts of fiches where the dialogue leaves a theme open, and does without them when it must."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import STATE_SLOT, ActionAnswer
from bot.catalogue import text_index
from bot.catalogue.store import connect
from bot.knowledge import current_world
from bot.understanding.rasa_reader import READING
from tests.unit.talking import read

THEME = "un bac pro avec de l'hydraulique et du pneumatique"


def answered() -> dict[str, Any]:
    """What the action says to THEME as its first message, read as a search."""
    reading = read(THEME, "search_formations", current_world())
    message = {"text": THEME, "intent": {"name": "search_formations", "confidence": 1.0}, READING: reading.as_json()}
    tracker = Tracker("someone", {STATE_SLOT: None}, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    ActionAnswer().run(dispatcher, tracker, {})
    (said,) = dispatcher.messages
    return {"response": said["response"], **said["custom"]["answer"]}


def test_a_theme_is_looked_for_in_the_texts() -> None:
    said = answered()
    assert said["response"] == "proposals"
    assert [fiche["title"] for fiche in said["fiches"]] == ["bac pro maintenance des systèmes de production connectés"]


def test_without_the_index_the_answer_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds_store: str
) -> None:
    copy = tmp_path / "catalogue.db"
    copy.write_bytes(Path(seeds_store.removeprefix("sqlite:///")).read_bytes())
    url = f"sqlite:///{copy}"
    engine = connect(url)
    with engine.begin() as connection:
        text_index.drop(connection)
    engine.dispose()
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    assert answered()["response"] == "unknown"
