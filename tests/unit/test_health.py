"""Health looks at all that a reply needs, and is 503 when one part is not there."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from services import free_port

from bot.catalogue.ingest import ingest
from bot.channel.database import connect
from bot.channel.health import Health
from bot.channel.session_store import MemorySessions, RedisSessions, SessionStore

PARTS = ("model", "catalogue", "conversations", "sessions")


@pytest.fixture
def tracker_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/conversations.db"


async def health(
    tracker_url: str, store: SessionStore | None = None, ready: bool = True
) -> tuple[int, dict[str, bool]]:
    """The status, and what is well."""
    agent = SimpleNamespace(is_ready=lambda: ready)
    request: Any = SimpleNamespace(app=SimpleNamespace(ctx=SimpleNamespace(agent=agent)))
    reply = await Health(connect(tracker_url), store or MemorySessions()).reply(request)
    return reply.status, json.loads(reply.body)["checks"]


@pytest.fixture(autouse=True)
def catalogue(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A catalogue with fiches, which the settings name."""
    url = f"sqlite:///{tmp_path}/catalogue.db"
    ingest(seeds, url)
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    return url


async def test_all_is_well(tracker_url: str) -> None:
    assert await health(tracker_url) == (200, dict.fromkeys(PARTS, True))


async def test_no_model(tracker_url: str) -> None:
    assert await health(tracker_url, ready=False) == (503, {**dict.fromkeys(PARTS, True), "model": False})


async def test_empty_catalogue(tracker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in (f"sqlite:///{tmp_path}/nothing.db", "postgresql://nobody@127.0.0.1:1/nothing"):
        monkeypatch.setenv("JALON_DATABASE_URL", url)
        assert await health(tracker_url) == (503, {**dict.fromkeys(PARTS, True), "catalogue": False})


async def test_no_conversations(tmp_path: Path) -> None:
    (tmp_path / "nothing.db").write_bytes(b"no database" * 100)
    for url in (f"sqlite:///{tmp_path}/nothing.db", "postgresql://nobody@127.0.0.1:1/nothing"):
        assert await health(url) == (503, {**dict.fromkeys(PARTS, True), "conversations": False})


async def test_no_redis(tracker_url: str) -> None:
    away = RedisSessions(f"redis://127.0.0.1:{free_port()}/0")
    assert await health(tracker_url, away) == (503, {**dict.fromkeys(PARTS, True), "sessions": False})
