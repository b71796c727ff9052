"""The tables of the catalogue database."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

# Change this whenever the tables below change. An import then makes an older store again from the folder of fiches.
# `meta`, and the ids and titles of `fiche`, must stay readable in stores of all versions.
SCHEMA = "3"

METADATA = MetaData()

FICHE = Table(
    "fiche",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
FIELD = Table(
    "fiche_field",
    METADATA,
    Column("fiche_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
)
SECTION = Table(
    "fiche_section",
    METADATA,
    Column("fiche_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)
FORMATION_JOB = Table(
    "formation_job",
    METADATA,
    Column("fiche_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", Text, nullable=False),
)
JOB = Table(
    "job",
    METADATA,
    Column("label", Text, primary_key=True),
    Column("masculine", Text, nullable=False),
    Column("feminine", Text, nullable=False),
)
META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
