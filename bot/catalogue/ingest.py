"""The folder of fiches into the store: all of it or, where anything is wrong, nothing of it."""

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
from bot.catalogue.parser import FicheError, check_size, decode, parse_formation
from bot.catalogue.store import Change, connect, replace_all

SOURCE_FILE = "source.toml"
SUFFIXES = (".md", ".txt")

T = TypeVar("T")

_TOML_LINE = re.compile(r"\(at line (\d+)")


class IngestError(Exception):
    """The folder was refused and the store left as it was; `lines` say why, each `file:line: message`."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class Report:
    """What an import found: nothing in it is an error.

    `missing` counts the formations without a known section or field, by its name; `unknown` are lines
    `file:line: message`; `shared_sigles` counts the formations of each sigle that several have.
    """

    change: Change
    missing: Mapping[str, int]
    unknown: tuple[str, ...]
    shared_sigles: Mapping[str, int]
    source: Source | None

    @property
    def total(self) -> int:
        """How many formations the store holds now."""
        return self.change.added + self.change.updated + self.change.unchanged

    def lines(self) -> Iterator[str]:
        """The report for a reader, line by line."""
        counts = ", ".join(f"{count} {name}" for name, count in asdict(self.change).items())
        yield f"{self.total} formations: {counts}"
        yield (f"source: {self.source.name}, {self.source.date}" if self.source else f"source: no {SOURCE_FILE}")
        for name, count in self.missing.items():
            yield f"without {name}: {count}"
        if self.shared_sigles:
            shared = ", ".join(f"{sigle} ({count})" for sigle, count in self.shared_sigles.items())
            yield f"sigles of several formations: {shared}"
        yield from self.unknown


@dataclass(frozen=True)
class _Fiche:
    formation: Formation
    text: str


def ingest(folder: Path, url: str) -> Report:
    """Make the fiches under `folder` the content of the store at `url`.

    Fiches are *.md and *.txt, but README* and hidden files. Formations whose file has left the folder leave
    the store. Raises IngestError with every error of the folder; the store is then as before.
    """
    errors: list[str] = []
    fiches = _read_fiches(folder, errors)
    source = _read_source(folder, errors)
    aliases = _read_aliases(folder, errors)
    errors.extend(_shared_titles(fiches))
    if not fiches and not errors:
        errors.append(f"{folder}:1: no fiche in this folder: put .md or .txt files in it")
    if errors:
        raise IngestError(errors)
    formations = _with_unique_ids(fiche.formation for fiche in fiches)
    left_out: list[str] = []
    named = dict(fitting(aliases, {f.title: f.id for f in formations}, left_out.append))
    return Report(
        change=_store(formations, source, named, url),
        missing=_missing(formations),
        unknown=(*(line for fiche in fiches for line in _unknown(fiche)), *left_out),
        shared_sigles=_shared_sigles(formations),
        source=source,
    )


def _store(formations: Iterable[Formation], source: Source | None, aliases: Mapping[str, str], url: str) -> Change:
    try:
        engine = connect(url)
        try:
            return replace_all(engine, formations, source, aliases)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError) as error:
        raise IngestError([f"the store cannot be written, it is as before: {error}"]) from error


def _read_fiches(folder: Path, errors: list[str]) -> list[_Fiche]:
    fiches = []
    for path in _files(folder, errors):
        name = path.relative_to(folder).as_posix()
        try:
            text = _read(path, name)
            fiches.append(_Fiche(parse_formation(text, name), text))
        except FicheError as error:
            errors.append(str(error))
    return fiches


def _files(folder: Path, errors: list[str]) -> list[Path]:
    """The files of fiches under `folder`, in the order of their paths."""

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
    """The text of a file, refused by its size before it is read; raises FicheError."""
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
    """What `parse` makes of the TOML file `name`, None where it is not there or wrong."""
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
    names = [key.name for key in fields(Source)]
    for name in names:
        if not isinstance(values.get(name), str):
            raise FicheError(SOURCE_FILE, 1, f'no {name}: write a line {name} = "…"')
    for name in values:
        if name not in names:
            raise FicheError(SOURCE_FILE, 1, f"unknown key {name}: the keys are {', '.join(names)}")
    return Source(**{name: values[name].strip() for name in names})


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shared_titles(fiches: Iterable[_Fiche]) -> Iterator[str]:
    path_of_title: dict[str, str] = {}
    for fiche in fiches:
        path, title = fiche.formation.path, _plain(fiche.formation.title)
        first = path_of_title.setdefault(title, path)
        if first != path:
            yield f'{path}:1: the title "{title}" is also the one of {first}: remove or rename one of the two'


def _with_unique_ids(formations: Iterable[Formation]) -> list[Formation]:
    """The formations in the order of their titles; where titles share a slug, the later ones get -2, -3…"""
    ordered = sorted(formations, key=lambda formation: formation.title)
    taken = {formation.id for formation in ordered}
    given: set[str] = set()
    unique = []
    for formation in ordered:
        id_, number = formation.id, 2
        while id_ in given or (number > 2 and id_ in taken):
            id_, number = f"{formation.id}-{number}", number + 1
        given.add(id_)
        unique.append(replace(formation, id=id_))
    return unique


def _missing(formations: Iterable[Formation]) -> dict[str, int]:
    counts = Counter(
        place for formation in formations for place in PLACE_OF_FACET.values() if formation.value(place) is None
    )
    return {place: counts[place] for place in (*KNOWN_FIELDS, *KNOWN_SECTIONS) if place in counts}


def _unknown(fiche: _Fiche) -> Iterator[str]:
    formation = fiche.formation
    for section in formation.sections:
        if section.name and section.name not in KNOWN_SECTIONS:
            line = _line_of(section.name, fiche.text)
            yield f'{formation.path}:{line}: unknown section "{section.name}", kept'
    for name, _ in formation.fields:
        if name not in KNOWN_FIELDS:
            yield f'{formation.path}:{_line_of(name, fiche.text)}: unknown field "{name}", kept'


def _line_of(name: str, text: str) -> int:
    """The first line on which `name` stands as a heading or the name of a field, 1 where it is not found."""
    found = re.search(rf"^[ \t]*(?:##|(?:[-*+]\s+)?\*\*)\s*{re.escape(name)}", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _shared_sigles(formations: Iterable[Formation]) -> dict[str, int]:
    counts: defaultdict[str, int] = defaultdict(int)
    for formation in formations:
        if formation.sigle:
            counts[formation.sigle] += 1
    return {sigle: count for sigle, count in sorted(counts.items()) if count > 1}
