"""The full-text index of fiches in the store: FTS5 in SQLite, tsvector in PostgreSQL. SQL alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

from bot.catalogue.fiche import Formation
from bot.catalogue.job_fiche import JobFiche
from bot.catalogue.text_search import Found, plain_words, stemmed, texts_of

# What a word in the title, the labels, the lead and the body weighs, for both databases.
TITLE, LABELS, LEAD, BODY = 1.0, 0.6, 0.3, 0.1

_TABLE = "fiche_text"
_SEARCH_SECONDS = 1

# FTS5 has no French stemmer: it is handed stems. PostgreSQL stems itself, and is handed words without accents.
_SQLITE = {
    "create": f"""CREATE VIRTUAL TABLE IF NOT EXISTS {_TABLE}
        USING fts5(title, labels, lead, body, fiche_id UNINDEXED, tokenize = 'unicode61')""",
    "insert": f"""INSERT INTO {_TABLE} (fiche_id, title, labels, lead, body)
        VALUES (:id, :title, :labels, :lead, :body)""",
    "delete": f"DELETE FROM {_TABLE} WHERE rowid = :key",
    "keys": f"SELECT fiche_id, rowid FROM {_TABLE}",
    "find": f"""SELECT fiche_id, -bm25({_TABLE}, {TITLE}, {LABELS}, {LEAD}, {BODY}),
        rowid IN (SELECT rowid FROM {_TABLE} WHERE {_TABLE} MATCH :before_the_body)
        FROM {_TABLE} WHERE {_TABLE} MATCH :query""",
}
_POSTGRESQL = {
    "create": f"""CREATE TABLE IF NOT EXISTS {_TABLE} (fiche_id text PRIMARY KEY, document tsvector NOT NULL);
        CREATE INDEX IF NOT EXISTS {_TABLE}_document ON {_TABLE} USING gin (document)""",
    "insert": f"""INSERT INTO {_TABLE} (fiche_id, document) VALUES (:id,
        setweight(to_tsvector('french', :title), 'A') || setweight(to_tsvector('french', :labels), 'B')
        || setweight(to_tsvector('french', :lead), 'C') || setweight(to_tsvector('french', :body), 'D'))""",
    "delete": f"DELETE FROM {_TABLE} WHERE fiche_id = :key",
    "keys": f"SELECT fiche_id, fiche_id FROM {_TABLE}",
    "find": f"""SELECT fiche_id, ts_rank_cd('{{{BODY}, {LEAD}, {LABELS}, {TITLE}}}', document, query, 33),
        document @@ to_tsquery('french', :before_the_body)
        FROM {_TABLE}, to_tsquery('french', :query) AS query WHERE document @@ query""",
}


def create(connection: Connection) -> None:
    """Make the index where there is none."""
    connection.execute(text(_statements(connection)["create"]))


def drop(connection: Connection) -> None:
    """Remove the index where there is one."""
    connection.execute(text(f"DROP TABLE IF EXISTS {_TABLE}"))


def update(connection: Connection, removed: Iterable[str], fiches: Iterable[Formation | JobFiche]) -> None:
    """Take the fiches `removed` (ids) out of the index and put `fiches` in, those that it holds anew."""
    statements, folded = _statements(connection), plain_words if _is_postgresql(connection) else stemmed
    fiches = list(fiches)
    gone = {*removed, *(fiche.id for fiche in fiches)}
    keys = [{"key": key} for id_, key in connection.execute(text(statements["keys"])) if id_ in gone] if gone else []
    if keys:
        connection.execute(text(statements["delete"]), keys)
    rows = [
        {
            "id": f.id,
            "title": folded(t.title),
            "labels": folded(t.labels),
            "lead": folded(t.lead),
            "body": folded(t.body),
        }
        for f, t in ((fiche, texts_of(fiche)) for fiche in fiches)
    ]
    if rows:
        connection.execute(text(statements["insert"]), rows)


def find(engine: Engine, words: Sequence[Sequence[str]]) -> tuple[list[Found], int]:
    """Where each word is found, given with others that mean the same, and how many fiches there are.

    Words are of letters and digits alone, with blanks between where one stands for several. Scores of different words
    cannot be compared. Raises SQLAlchemyError.
    """
    with engine.connect() as connection:
        if _is_postgresql(connection):
            connection.execute(text(f"SET LOCAL statement_timeout = {_SEARCH_SECONDS * 1000}"))
        total = connection.execute(text("SELECT count(*) FROM fiche")).scalar_one()
        return [_found(connection, alike) for alike in words], total


def _found(connection: Connection, alike: Sequence[str]) -> Found:
    phrases = [word.split() for word in alike]
    if _is_postgresql(connection):
        query, before = (" | ".join(f"({_phrase(words, mark)})" for words in phrases) for mark in ("", ":ABC"))
    else:
        query = " OR ".join(f'"{stemmed(word)}"' for word in alike)
        before = f"{{title labels lead}} : ({query})"
    values = {"query": query, "before_the_body": before}
    rows = connection.execute(text(_statements(connection)["find"]), values).all()
    return Found({id_: float(score) for id_, score, _ in rows}, frozenset(id_ for id_, _, leads in rows if leads))


def _phrase(words: Sequence[str], mark: str) -> str:
    return " <-> ".join(f"{word}{mark}" for word in words)


def _statements(connection: Connection) -> dict[str, str]:
    return _POSTGRESQL if _is_postgresql(connection) else _SQLITE


def _is_postgresql(connection: Connection) -> bool:
    return bool(connection.dialect.name == "postgresql")
