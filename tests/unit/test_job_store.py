"""Job fiches beside formation fiches, in SQLite and in PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bot.catalogue.fiche import Facet
from bot.catalogue.ingest import IngestError, ingest
from bot.catalogue.job_parser import parse_job
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.parser import parse_formation
from bot.catalogue.store import Change, StoreEmpty, connect, read_catalogue, replace_all

FORMATION = parse_formation("# scripte\n## Métiers associés\n- scripte\n- perchiste\n", "scripte.md")
JOB = parse_job("# scripte\n**ID:** 1\n## Salaire\nx\n## Formations recommandées\n- scripte (ID: FOR.1)\n- b\n", "m.md")
UNLISTED = parse_job("# gaffer\n**ID:** 2\n", "gaffer.md")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path}/catalogue.db"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = connect(url)
    yield engine
    engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fiches"
    folder.mkdir()
    (folder / "a.md").write_text("# bac a\n## Métiers associés\n- perchiste\n", encoding="utf-8")
    (folder / "b.md").write_text("# perchiste\n**ID:** 1\n## Présentation\nx\n## Internat\n", encoding="utf-8")
    return folder


def test_what_is_stored_is_read_back(engine: Engine) -> None:
    replace_all(engine, [JOB, FORMATION, UNLISTED], None)
    catalogue = read_catalogue(engine)
    assert dict(catalogue.formations) == {"scripte": FORMATION}
    assert dict(catalogue.job_fiches) == {"gaffer": UNLISTED, "scripte": JOB}
    assert catalogue.job_fiches["scripte"].path == "m.md"


def test_one_title_may_be_a_formation_and_a_job(engine: Engine) -> None:
    replace_all(engine, [JOB, FORMATION], None)
    catalogue = read_catalogue(engine)
    assert catalogue.formations["scripte"].id != catalogue.job_fiches["scripte"].id


def test_jobs_are_those_listed_and_those_with_a_fiche(engine: Engine) -> None:
    replace_all(engine, [JOB, FORMATION, UNLISTED], None)
    jobs = read_catalogue(engine).jobs
    assert {label: job.formations for label, job in jobs.items()} == {
        "gaffer": (),
        "perchiste": ("scripte",),
        "scripte": ("scripte",),
    }


def test_links_to_formations_are_found_by_title_and_kept_as_names(engine: Engine) -> None:
    replace_all(engine, [JOB, FORMATION], None)
    catalogue = read_catalogue(engine)
    named = catalogue.job_fiches["scripte"].formations
    assert named == ("scripte", "b")
    assert [catalogue.ids_by_title.get(title) for title in named] == ["scripte", None]


def test_only_changed_job_fiches_are_written(engine: Engine) -> None:
    replace_all(engine, [JOB, FORMATION], None)
    version = read_catalogue(engine).version
    assert replace_all(engine, [FORMATION, JOB], None) == Change(0, 0, 0, unchanged=2)
    assert read_catalogue(engine).version == version
    other = parse_job("# scripte\n**ID:** 1\n## Salaire\ny\n", "m.md")
    assert replace_all(engine, [other, FORMATION], None) == Change(added=0, updated=1, removed=0, unchanged=1)
    catalogue = read_catalogue(engine)
    assert catalogue.job_fiches["scripte"].value("Salaire") == "y"
    assert catalogue.version != version


def test_a_store_of_an_earlier_version_is_made_anew(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in ("fiche", "fiche_field", "fiche_section", "formation_job", "job", "meta"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        connection.exec_driver_sql("CREATE TABLE fiche (id text primary key, title text, path text, digest text)")
        connection.exec_driver_sql("CREATE TABLE meta (key text primary key, value text)")
        connection.exec_driver_sql("INSERT INTO fiche VALUES ('old', 'old', '', '')")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('version', 'x')")
    with pytest.raises(StoreEmpty, match="ingest"):
        read_catalogue(engine)
    assert replace_all(engine, [FORMATION], None).added == 1
    assert list(read_catalogue(engine).formations) == ["scripte"]


def test_a_folder_may_hold_both_kinds(folder: Path, url: str) -> None:
    report = ingest(folder, url)
    assert (report.formations, report.jobs) == (1, 1)
    assert report.missing_of_jobs["Salaire"] == 1
    assert "Présentation" not in report.missing_of_jobs
    assert report.unknown == ('b.md:5: unknown section "Internat", kept',)
    assert next(report.lines()).startswith("1 formations and 1 jobs: ")
    catalogue = read_catalogue(connect(url))
    assert catalogue.jobs["perchiste"].formations == ("bac-a",)
    assert catalogue.job_fiches["perchiste"].has(Facet.JOB_DESCRIPTION)


def test_two_job_fiches_with_one_title_are_refused(folder: Path, url: str) -> None:
    (folder / "c.md").write_text("#  perchiste\n## Nature du travail\n", encoding="utf-8")
    with pytest.raises(IngestError) as caught:
        ingest(folder, url)
    assert caught.value.lines == (
        'c.md:1: the title "perchiste" is also the one of b.md: remove or rename one of the two',
    )


def test_a_bad_job_fiche_is_told_with_its_line(folder: Path, url: str) -> None:
    (folder / "c.md").write_text("**ID:** 1\n**Codes ROME:**\n", encoding="utf-8")
    with pytest.raises(IngestError) as caught:
        ingest(folder, url)
    assert caught.value.lines[0].startswith("c.md:1: no title")


def test_a_job_fiche_that_comes_is_seen_by_a_running_server(folder: Path, url: str) -> None:
    ingest(folder, url)
    live = LiveCatalogue(url)
    assert list(live.current().job_fiches) == ["perchiste"]
    (folder / "c.md").write_text("# gaffer\n**Codes ROME:**\n- L1504\n", encoding="utf-8")
    ingest(folder, url)
    assert list(live.refresh().job_fiches) == ["gaffer", "perchiste"]


def test_the_whole_catalogue_takes_seconds(published_fiches: Path, url: str) -> None:
    start = time.process_time()
    report = ingest(published_fiches, url)
    assert time.process_time() - start < 10
    assert (report.formations, report.jobs) == (1625, 736)
    assert not report.unknown
    catalogue = read_catalogue(connect(url))
    assert len(catalogue.job_fiches) == 736
    assert len(catalogue.jobs) == 1000
    assert set(catalogue.job_fiches) <= set(catalogue.jobs)
    named = [title for fiche in catalogue.job_fiches.values() for title in fiche.formations]
    assert sum(title in catalogue.ids_by_title for title in named) == 3375
