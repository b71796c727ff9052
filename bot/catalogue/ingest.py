"""Imports a folder of fiches into the store. If anything is wrong, nothing is imported."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import tomli
from sqlalchemy.exc import SQLAlchemyError

from bot.catalogue.aliases import ALIASES_FILE, fitting, parse_aliases
from bot.catalogue.fiche import (
    KNOWN_FIELDS,
    KNOWN_SECTIONS,
    PLACE_OF_FACET,
    Formation,
    Source,
)
from bot.catalogue.job_fiche import JOB_FIELDS, JOB_SECTIONS, PLACES_OF_JOB_FACET, JobFiche
from bot.catalogue.job_parser import describes_job, parse_job
from bot.catalogue.parser import FicheError, check_size, decode, parse_formation
from bot.catalogue.replacement import Permit, Replacement, anything, no_large_removal, same_folder_only
from bot.catalogue.store import Change, Fiche, connect, is_missing, read_origin, replace_all

SOURCE_FILE = "source.toml"
SUFFIXES = (".md", ".txt")

T = TypeVar("T")

_ADDRESSES = ("address", "licence_address")
_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"\\`]+")
_TOML_LINE = re.compile(r"\(at line (\d+)")


class IngestError(Exception):
    """Raised when an import failed and the store was not changed. `lines` are the errors, as `file:line: message`."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class Report:
    """The result of an import. Nothing in it is an error.

    `formations` and `jobs` are the numbers of fiches in the store. `missing` counts the formations without a known
    section or field, by its name. `missing_of_jobs` counts the job fiches without information on a facet, by the
    section that would have it. `unknown` has lines `file:line: message`. `shared_sigles` counts the formations of
    each sigle that several formations have.
    """

    change: Change
    formations: int
    jobs: int
    missing: Mapping[str, int]
    missing_of_jobs: Mapping[str, int]
    unknown: tuple[str, ...]
    shared_sigles: Mapping[str, int]
    source: Source | None

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text for a reader."""
        counts = ", ".join(f"{count} {name}" for name, count in asdict(self.change).items())
        kinds = f"{self.formations} formations" + (f" and {self.jobs} jobs" if self.jobs else "")
        yield f"{kinds}: {counts}"
        yield (f"source: {self.source.name}, {self.source.date}" if self.source else f"source: no {SOURCE_FILE}")
        for name, count in self.missing.items():
            yield f"without {name}: {count}"
        for name, count in self.missing_of_jobs.items():
            yield f"jobs without {name}: {count}"
        if self.shared_sigles:
            shared = ", ".join(f"{sigle} ({count})" for sigle, count in self.shared_sigles.items())
            yield f"sigles of several formations: {shared}"
        yield from self.unknown


@dataclass(frozen=True)
class _File:
    fiche: Fiche
    text: str


def ingest(folder: Path, url: str, force: bool = False) -> Report:
    """Replace the content of the store at `url` by the fiches under `folder`, of formations and of jobs.

    Fiches are *.md and *.txt files, except README* and hidden files. Their content decides whether they describe a
    formation or a job. Fiches that are no longer in the folder are removed from the store; `force` is needed to
    remove many. Raises IngestError with all errors of the folder, and NotPermitted if too many fiches would be
    removed. The store is not changed then.
    """
    return _ingest(folder, url, anything if force else no_large_removal)


def follow(folder: Path, url: str) -> Report:
    """Import `folder` like `ingest` without `force`, but only into a store that is empty or was made from it.

    Raises IngestError, and NotPermitted if the store was made from another folder or many fiches would be removed.
    The store is not changed then. If the store is known to be made from another folder, `folder` is not read.
    """
    try:
        engine = connect(url)
        try:
            made_from, readable = (None, True) if is_missing(engine) else read_origin(engine)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        raise IngestError([f"the store cannot be read: {error}"]) from error
    if made_from:
        same_folder_only(Replacement(_name_of(folder), made_from, readable=readable))
    return _ingest(folder, url, same_folder_only)


def _ingest(folder: Path, url: str, permit: Permit) -> Report:
    errors: list[str] = []
    files = _read_fiches(folder, errors)
    source = _read_source(folder, errors)
    aliases = _read_aliases(folder, errors)
    formations = [file.fiche for file in files if isinstance(file.fiche, Formation)]
    jobs = [file.fiche for file in files if isinstance(file.fiche, JobFiche)]
    errors.extend(sorted([*_shared_titles(formations), *_shared_titles(jobs)]))
    if not files and not errors:
        errors.append(f"{folder}:1: no fiche in this folder: put .md or .txt files in it")
    if errors:
        raise IngestError(errors)
    fiches = _with_unique_ids([*formations, *jobs])
    left_out: list[str] = []
    ids = {fiche.title: fiche.id for fiche in fiches if isinstance(fiche, Formation)}
    named = dict(fitting(aliases, ids, left_out.append))
    return Report(
        change=_store(fiches, source, named, url, _name_of(folder), permit),
        formations=len(formations),
        jobs=len(jobs),
        missing=_missing(formations),
        missing_of_jobs=_missing_of_jobs(jobs),
        unknown=(*(line for file in files for line in _unknown(file)), *left_out),
        shared_sigles=_shared_sigles(formations),
        source=source,
    )


def _name_of(folder: Path) -> str:
    """Return the absolute path by which the store remembers a folder."""
    return folder.resolve().as_posix()


def _store(
    fiches: Iterable[Fiche],
    source: Source | None,
    aliases: Mapping[str, str],
    url: str,
    folder: str,
    permit: Permit,
) -> Change:
    try:
        engine = connect(url)
        try:
            return replace_all(engine, fiches, source, aliases, folder, permit)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        raise IngestError([f"the store cannot be written, it is as before: {error}"]) from error


def _read_fiches(folder: Path, errors: list[str]) -> list[_File]:
    files = []
    for path in _files(folder, errors):
        name = path.relative_to(folder).as_posix()
        try:
            text = _read(path, name)
            fiche: Fiche = parse_job(text, name) if describes_job(text) else parse_formation(text, name)
            files.append(_File(fiche, text))
        except FicheError as error:
            errors.append(str(error))
    return files


def _files(folder: Path, errors: list[str]) -> list[Path]:
    """Return the files of fiches under `folder`, sorted by path. Folders that cannot be read are added to `errors`."""

    def refuse(error: OSError) -> None:
        errors.append(f"{error.filename}:1: the folder cannot be read: {error.strerror}")

    files = []
    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(parent, name) for name in names if _is_fiche(name)]
    return sorted(files)


def _is_fiche(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".") and not name.lower().startswith("readme")


def _read(path: Path, name: str) -> str:
    """Return the text of a file. Its size is checked before it is read; raises FicheError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FicheError(name, 1, "not an ordinary file: remove it from the folder")
        check_size(status.st_size, name)
        return decode(path.read_bytes(), name)
    except OSError as error:
        raise FicheError(name, 1, f"the file cannot be read: {error.strerror}") from error


def _read_source(folder: Path, errors: list[str]) -> Source | None:
    return _read_toml(folder, SOURCE_FILE, lambda text: _source(tomli.loads(text)), errors)


def _read_aliases(folder: Path, errors: list[str]) -> dict[str, str]:
    return _read_toml(folder, ALIASES_FILE, parse_aliases, errors) or {}


def _read_toml(folder: Path, name: str, parse: Callable[[str], T], errors: list[str]) -> T | None:
    """Return the result of `parse` for the TOML file `name`, or None if it is missing or invalid.

    What is invalid is added to `errors`.
    """
    path = folder / name
    if not path.exists():
        return None
    try:
        return parse(_read(path, name))
    except tomli.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        errors.append(f"{name}:{line[1] if line else 1}: not valid TOML: {error}")
    except FicheError as error:
        errors.append(str(error))
    return None


def _source(values: Mapping[str, Any]) -> Source:
    known = {key.name: key.default for key in fields(Source)}
    for name in values:
        if name not in known:
            raise FicheError(SOURCE_FILE, 1, f"unknown key {name}: the keys are {', '.join(known)}")
    texts = {name: values.get(name, default) for name, default in known.items()}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise FicheError(SOURCE_FILE, 1, f'no {name}: write a line {name} = "…"')
        if text and name in _ADDRESSES and not _ADDRESS.fullmatch(text.strip()):
            raise FicheError(SOURCE_FILE, 1, f"{name} is no address: write one that starts with https://")
    return Source(**{name: text.strip() for name, text in texts.items()})


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shared_titles(fiches: Iterable[Fiche]) -> Iterator[str]:
    path_of_title: dict[str, str] = {}
    for fiche in fiches:
        title = _plain(fiche.title)
        first = path_of_title.setdefault(title, fiche.path)
        if first != fiche.path:
            yield f'{fiche.path}:1: the title "{title}" is also the one of {first}: remove or rename one of the two'


def _with_unique_ids(fiches: Iterable[Fiche]) -> list[Fiche]:
    """Return the fiches sorted by title. If ids are equal, the later ones get -2, -3…"""
    ordered = sorted(fiches, key=lambda fiche: fiche.title)
    taken = {fiche.id for fiche in ordered}
    given: set[str] = set()
    unique: list[Fiche] = []
    for fiche in ordered:
        id_, number = fiche.id, 2
        while id_ in given or (number > 2 and id_ in taken):
            id_, number = f"{fiche.id}-{number}", number + 1
        given.add(id_)
        unique.append(replace(fiche, id=id_))
    return unique


def _missing(formations: Iterable[Formation]) -> dict[str, int]:
    counts = Counter(
        place for formation in formations for place in PLACE_OF_FACET.values() if formation.value(place) is None
    )
    return {place: counts[place] for place in (*KNOWN_FIELDS, *KNOWN_SECTIONS) if place in counts}


def _missing_of_jobs(jobs: Iterable[JobFiche]) -> dict[str, int]:
    counts = Counter(places[0] for job in jobs for facet, places in PLACES_OF_JOB_FACET.items() if not job.has(facet))
    return {place: counts[place] for place in (*JOB_FIELDS, *JOB_SECTIONS) if place in counts}


def _unknown(file: _File) -> Iterator[str]:
    fiche = file.fiche
    known = (*JOB_FIELDS, *JOB_SECTIONS) if isinstance(fiche, JobFiche) else KNOWN_SECTIONS
    for section in fiche.sections:
        if section.name and section.name not in known:
            line = _line_of(section.name, file.text)
            yield f'{fiche.path}:{line}: unknown section "{section.name}", kept'
    for name, _ in () if isinstance(fiche, JobFiche) else fiche.fields:
        if name not in KNOWN_FIELDS:
            yield f'{fiche.path}:{_line_of(name, file.text)}: unknown field "{name}", kept'


def _line_of(name: str, text: str) -> int:
    """Return the first line that has `name` as a heading or a field name, or 1 if there is none."""
    found = re.search(rf"^[ \t]*(?:##|(?:[-*+]\s+)?\*\*)\s*{re.escape(name)}", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _shared_sigles(formations: Iterable[Formation]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for formation in formations:
        if formation.sigle:
            counts[formation.sigle] += 1
    return {sigle: count for sigle, count in sorted(counts.items()) if count > 1}
