"""Databases of conversations of both kinds."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of its own, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/conversations.db"
    return str(request.getfixturevalue("postgresql").new_database(f"test_{secrets.token_hex(4)}"))
