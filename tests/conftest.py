"""What tests of every kind share: the real catalogue, where it is at hand."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of fiches that comes with the project."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder ../shared beside the checkout, which is no part of the project."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}")
    return folder


@pytest.fixture(scope="session")
def catalogue_folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the 1,625 formations of Onisep with jobs, as published."""
    archive = shared / "catalogue" / "fiches.tar.xz"
    if not archive.is_file():
        pytest.skip(f"no archive {archive}")
    folder = tmp_path_factory.mktemp("catalogue")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return next(path for path in folder.rglob("formations") if path.is_dir())
