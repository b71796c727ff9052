"""The user that Jalon has in the database that deploy/ makes."""

from __future__ import annotations

import subprocess

import pytest
from deployed import DEPLOY, VALUE
from pgserver._commands import POSTGRES_BIN_PATH
from services import PostgresServer
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from bot.catalogue.ingest import ingest
from bot.settings import ROOT


def test_jalon_is_no_administrator_of_its_database() -> None:
    """With the very file that the image of PostgreSQL runs: Jalon works, and may do nothing beside."""
    with PostgresServer() as server:
        administrator = make_url(server.url)
        done = subprocess.run(
            [*PSQL, server.url, "-f", str(DEPLOY / "postgres-init.sql")],
            env={"DATABASE_PASSWORD": VALUE},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        url = administrator.set(username="jalon", password=VALUE, database="jalon")
        told = url.render_as_string(hide_password=False)
        assert ingest(ROOT / "seeds", told).change.added == 4
        assert ingest(ROOT / "seeds", told).change.unchanged == 4
        assert may(url, "CREATE TABLE conversation (x int)")
        for statement in BEYOND:
            assert not may(url, statement), statement
        with pytest.raises(OperationalError, match="permission denied for database"):
            may(url.set(database="postgres"), "SELECT 1")


def test_a_database_without_its_password_is_not_made() -> None:
    with PostgresServer() as server:
        script = [*PSQL, server.url, "-f", str(DEPLOY / "postgres-init.sql")]
        assert subprocess.run(script, env={}, capture_output=True).returncode != 0
        with pytest.raises(OperationalError, match="does not exist"):
            may(make_url(server.url).set(database="jalon"), "SELECT 1")


# As the entrypoint of the image runs files of SQL.
PSQL = (str(POSTGRES_BIN_PATH / "psql"), "-v", "ON_ERROR_STOP=1", "--no-password", "--no-psqlrc")
BEYOND = (
    "CREATE ROLE another",
    "CREATE DATABASE another",
    "ALTER ROLE jalon SUPERUSER",
    "SELECT pg_read_file('postgresql.conf')",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "SELECT rolpassword FROM pg_authid",
)


def may(url: URL, statement: str) -> bool:
    """Whether the database lets this be done."""
    engine = create_engine(url, poolclass=NullPool, future=True, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
    except ProgrammingError:
        return False
    return True
