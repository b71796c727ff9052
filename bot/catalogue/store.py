"""Queries and updates of the catalogue database, for SQLite and PostgreSQL. Only text_index.py has other SQL."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Table,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.engine import Connection, Engine, make_url

from bot.catalogue import text_index
from bot.catalogue.fiche import Catalogue, Formation, Job, Section, Source
from bot.catalogue.inflection import inflect
from bot.catalogue.job_fiche import JobFiche
from bot.catalogue.replacement import Permit, Replacement, anything
from bot.catalogue.tables import FICHE, FIELD, FORMATION_JOB, JOB, META, METADATA, SCHEMA, SECTION

_BUSY_SECONDS = 5
_FORMATION, _JOB = "formation", "job"
# With these options, a lost connection to the server is noticed within seconds.
_POSTGRESQL = {
    "connect_timeout": _BUSY_SECONDS,
    "keepalives_idle": _BUSY_SECONDS,
    "keepalives_interval": 1,
    "keepalives_count": _BUSY_SECONDS,
    "tcp_user_timeout": 2000 * _BUSY_SECONDS,
}

# The number of an advisory lock of PostgreSQL.
_IMPORT_LOCK = 0x4A414C43

_PARTS = (FIELD, SECTION, FORMATION_JOB)

Fiche = Formation | JobFiche
# The rows of a table, each a dict by column name.
_Rows = list[dict[str, Any]]


class StoreEmpty(Exception):
    """Raised when the store has no fiches that this version of Jalon can read."""


@dataclass(frozen=True)
class Change:
    """The numbers of fiches that an import added, updated, removed and left unchanged."""

    added: int
    updated: int
    removed: int
    unchanged: int


def connect(url: str) -> Engine:
    """Return an engine for the database at `url`. Creates the folder of a SQLite file, but opens no connection."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, future=True, pool_pre_ping=True, connect_args=_POSTGRESQL)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, future=True, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def replace_all(
    engine: Engine,
    fiches: Iterable[Fiche],
    source: Source | None,
    aliases: Mapping[str, str] = MappingProxyType({}),
    folder: str = "",
    permit: Permit = anything,
) -> Change:
    """Replace the whole content of the store by `fiches`, `source` and `aliases` (name -> id), in one transaction.

    Only the rows of changed fiches are written, and the version changes only if the content does. `folder`, the
    origin of the fiches, is stored. If the store contains fiches, `permit` is called first; if it raises, the store
    is not changed.
    """
    new = {fiche.id: fiche for fiche in fiches}
    digests = {id_: _digest(fiche) for id_, fiche in new.items()}
    jobs = _job_rows(new.values())
    meta = _meta(digests, jobs, source, aliases) | {"folder": folder}
    with engine.connect().execution_options(jalon_writes=True) as connection, connection.begin():
        _let_others_wait(connection)
        before = _meta_values(connection)
        if titles := _titles(connection):
            removed = tuple(sorted(title for id_, title in titles.items() if id_ not in new))
            readable = before.get("schema") == SCHEMA
            permit(Replacement(folder, before.get("folder") or None, len(titles), removed, readable))
        if before.get("schema") != SCHEMA:
            METADATA.drop_all(connection)
            text_index.drop(connection)
        METADATA.create_all(connection)
        text_index.create(connection)
        old: dict[str, str] = dict(connection.execute(select(FICHE.c.id, FICHE.c.digest)).all())
        changed = [id_ for id_ in new if digests[id_] != old.get(id_)]
        gone = [id_ for id_ in old if id_ not in new]
        _delete(connection, [*gone, *(id_ for id_ in changed if id_ in old)])
        _insert(connection, [new[id_] for id_ in changed], digests)
        text_index.update(connection, gone, [new[id_] for id_ in changed])
        _replace_rows(connection, JOB, jobs)
        _replace_rows(connection, META, [{"key": key, "value": meta[key]} for key in sorted(meta)])
    added = sum(id_ not in old for id_ in changed)
    return Change(added, len(changed) - added, len(gone), len(new) - len(changed))


def read_version(engine: Engine) -> str | None:
    """Return the version of the content, or None if nothing was ever imported."""
    with engine.connect() as connection:
        return _meta_values(connection).get("version")


def read_origin(engine: Engine) -> tuple[str | None, bool]:
    """Return the folder of the last import, or None if unknown, and whether `read_catalogue` can read the store."""
    with engine.connect() as connection:
        values = _meta_values(connection)
    return values.get("folder") or None, values.get("schema") == SCHEMA


def is_missing(engine: Engine) -> bool:
    """Return whether the SQLite file does not exist. Connecting would create an empty one."""
    return engine.dialect.name == "sqlite" and not Path(engine.url.database).exists()


def read_catalogue(engine: Engine) -> Catalogue:
    """Return the whole content, in alphabetical order, as of one moment.

    Raises StoreEmpty if there are no fiches, or if another version of Jalon wrote them.
    """
    with engine.connect().execution_options(**_snapshot(engine)) as connection:
        meta = _meta_values(connection)
        if meta.get("schema") != SCHEMA:
            raise StoreEmpty("the store holds no fiche, or those of another version: run python -m bot ingest")
        formations, job_fiches = _read_fiches(connection)
        jobs = connection.execute(select(JOB.c.label, JOB.c.masculine, JOB.c.feminine)).all()
    users = _users_of_jobs(formations.values())
    return Catalogue(
        formations=formations,
        jobs={label: Job(label, masculine, feminine, users[label]) for label, masculine, feminine in sorted(jobs)},
        source=Source(**json.loads(meta["source"])) if "source" in meta else None,
        version=meta["version"],
        aliases=json.loads(meta.get("aliases", "{}")),
        job_fiches=job_fiches,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would not begin a transaction before the first write. _begin_sqlite does, so that all reads agree.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("jalon_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _snapshot(engine: Engine) -> dict[str, str]:
    """Return the execution options with which all queries of a transaction see the same state.

    SQLite needs none; PostgreSQL needs an isolation level.
    """
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _let_others_wait(connection: Connection) -> None:
    """Make other imports wait for the end of this transaction, as servers that start together all import."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))


def _meta_values(connection: Connection) -> dict[str, str]:
    """Return the content of the table `meta`, or {} if the table does not exist."""
    if not inspect(connection).has_table(META.name):
        return {}
    return dict(connection.execute(select(META.c.key, META.c.value)).all())


def _titles(connection: Connection) -> dict[str, str]:
    """Return the title of each fiche by its id. Works with stores of all versions."""
    if not inspect(connection).has_table(FICHE.name):
        return {}
    return dict(connection.execute(select(FICHE.c.id, FICHE.c.title)).all())


def _digest(fiche: Fiche) -> str:
    content = json.dumps(astuple(fiche), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _delete(connection: Connection, ids: list[str]) -> None:
    if ids:
        keys = [{"key": id_} for id_ in ids]
        for table in _PARTS:
            connection.execute(table.delete().where(table.c.fiche_id == bindparam("key")), keys)
        connection.execute(FICHE.delete().where(FICHE.c.id == bindparam("key")), keys)


def _insert(connection: Connection, fiches: list[Fiche], digests: Mapping[str, str]) -> None:
    formations, _ = _by_kind(fiches)
    heads: _Rows = [
        {"id": f.id, "kind": _kind(f), "title": f.title, "path": f.path, "digest": digests[f.id]} for f in fiches
    ]
    fields: _Rows = [
        {"fiche_id": formation.id, "position": position, "name": name, "value": value}
        for formation in formations
        for position, (name, value) in enumerate(formation.fields)
    ]
    sections: _Rows = [
        {"fiche_id": fiche.id, "position": position, "name": section.name, "text": section.text}
        for fiche in fiches
        for position, section in enumerate(fiche.sections)
    ]
    jobs: _Rows = [
        {"fiche_id": formation.id, "position": position, "label": label}
        for formation in formations
        for position, label in enumerate(formation.jobs)
    ]
    for table, rows in ((FICHE, heads), (FIELD, fields), (SECTION, sections), (FORMATION_JOB, jobs)):
        if rows:
            connection.execute(table.insert(), rows)


def _kind(fiche: Fiche) -> str:
    return _JOB if isinstance(fiche, JobFiche) else _FORMATION


def _by_kind(fiches: Iterable[Fiche]) -> tuple[list[Formation], list[JobFiche]]:
    formations: list[Formation] = []
    job_fiches: list[JobFiche] = []
    for fiche in fiches:
        if isinstance(fiche, JobFiche):
            job_fiches.append(fiche)
        else:
            formations.append(fiche)
    return formations, job_fiches


def _job_rows(fiches: Iterable[Fiche]) -> _Rows:
    """Return a row for every job that a formation lists or that has a fiche, with both genders."""
    formations, job_fiches = _by_kind(fiches)
    labels = {label for formation in formations for label in formation.jobs} | {fiche.title for fiche in job_fiches}
    return [
        {"label": label, "masculine": masculine, "feminine": feminine}
        for label, (masculine, feminine) in ((label, inflect(label)) for label in sorted(labels))
    ]


def _meta(digests: Mapping[str, str], jobs: _Rows, source: Source | None, aliases: Mapping[str, str]) -> dict[str, str]:
    values = {} if source is None else {"source": json.dumps(asdict(source), ensure_ascii=False)}
    if aliases:
        values["aliases"] = json.dumps(dict(sorted(aliases.items())), ensure_ascii=False)
    content = json.dumps([sorted(digests.items()), jobs, values], ensure_ascii=False)
    return values | {"version": hashlib.sha256(content.encode()).hexdigest(), "schema": SCHEMA}


def _replace_rows(connection: Connection, table: Table, rows: _Rows) -> None:
    """Replace the whole content of a small table by `rows`, unless it is already the same."""
    old = [dict(row) for row in connection.execute(select(table)).mappings()]
    if sorted(map(repr, old)) != sorted(map(repr, rows)):
        connection.execute(table.delete())
        if rows:
            connection.execute(table.insert(), rows)


def _read_fiches(connection: Connection) -> tuple[dict[str, Formation], dict[str, JobFiche]]:
    """Return the formations by id and the job fiches by label."""
    fields: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for id_, name, value in _read_parts(connection, FIELD):
        fields[id_].append((name, value))
    sections: defaultdict[str, list[Section]] = defaultdict(list)
    for id_, name, text in _read_parts(connection, SECTION):
        sections[id_].append(Section(name, text))
    jobs: defaultdict[str, list[str]] = defaultdict(list)
    for id_, label in _read_parts(connection, FORMATION_JOB):
        jobs[id_].append(label)
    # Sorted by id in Python: ids are titles without accents, and each database sorts texts in its own way.
    heads = sorted(connection.execute(select(FICHE.c.id, FICHE.c.kind, FICHE.c.title, FICHE.c.path)).all())
    formations = {
        id_: Formation(id_, title, tuple(fields[id_]), tuple(sections[id_]), tuple(jobs[id_]), path)
        for id_, kind, title, path in heads
        if kind == _FORMATION
    }
    job_fiches = {
        title: JobFiche(id_, title, tuple(sections[id_]), path) for id_, kind, title, path in heads if kind == _JOB
    }
    return formations, job_fiches


def _read_parts(connection: Connection, table: Table) -> list[Any]:
    """Return the rows of all fiches in order, each (fiche_id, …) without the position."""
    columns = [column for column in table.c if column.name != "position"]
    rows: list[Any] = connection.execute(select(*columns).order_by(table.c.fiche_id, table.c.position)).all()
    return rows


def _users_of_jobs(formations: Iterable[Formation]) -> Mapping[str, tuple[str, ...]]:
    users: defaultdict[str, list[str]] = defaultdict(list)
    for formation in formations:
        for label in formation.jobs:
            users[label].append(formation.id)
    return defaultdict(tuple, {label: tuple(ids) for label, ids in users.items()})
