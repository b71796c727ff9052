"""The whole catalogue for the benchmarks: the fiches of ../shared, which is no part of the project."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

from bot.settings import ROOT

SHARED = ROOT.parent / "shared"
ARCHIVE = SHARED / "catalogue" / "fiches.tar.xz"
BUILD = ROOT / "build"
FORMATIONS = "formations"


class NoSharedFolder(Exception):
    """A file of ../shared that is needed is not there."""


def need(path: Path) -> Path:
    """`path`, a file of ../shared; raises NoSharedFolder where it is not there."""
    if not path.is_file():
        raise NoSharedFolder(f"../shared/{path.relative_to(SHARED)} is not there: this needs the folder ../shared")
    return path


def extract_fiches() -> Path:
    """The folder of formation and job fiches, extracted anew into build/catalogue; raises NoSharedFolder."""
    archive, folder = need(ARCHIVE), BUILD / "catalogue"
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, [member for member in tar.getmembers() if member.isfile()], filter="data")
    return folder


def extract_formations() -> Path:
    """The folder of formation fiches alone, extracted anew; raises NoSharedFolder."""
    return extract_fiches() / FORMATIONS


def widest_store(path: Path) -> tuple[str, int]:
    """A store in the new file `path` with the whole catalogue, without ../shared the seeds: (URL, formations)."""
    from bot.catalogue.ingest import ingest

    path.parent.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{path}"
    report = ingest(extract_formations() if ARCHIVE.is_file() else ROOT / "seeds", url)
    return url, report.formations
