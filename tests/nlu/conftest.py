"""What tests of understanding share: the trained models without Rasa around them."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bot.nlu.understanding import Understanding


@pytest.fixture(scope="session")
def understanding(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    """The trained models."""
    folder = tmp_path_factory.mktemp("model")
    with tarfile.open(model) as archive:
        archive.extractall(folder, filter="data")
    (single,) = folder.rglob("single")
    return Understanding.load(single.parent)
