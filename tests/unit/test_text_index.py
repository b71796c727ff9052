"""The full-text index in real databases: what goes in with an import, what is found, alike in both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.catalogue import text_index
from bot.catalogue.fiche import Formation, Section
from bot.catalogue.job_parser import parse_job
from bot.catalogue.parser import parse_formation
from bot.catalogue.store import connect, replace_all
from bot.catalogue.text_search import alternatives


def fiche(title: str, description: str = "", jobs: str = "") -> Formation:
    return parse_formation(f"# {title}\n## Description\n{description}\n## Métiers associés\n{jobs}\n", f"{title}.md")


COBBLER = fiche("CAP cordonnier", "On apprend à réparer des chaussures en cuir.", "- cordonnier/ère")
SADDLER = fiche("CAP sellier", "On travaille le cuir pour les chevaux.", "- sellier/ère")
RIDER = parse_job("# jockey\n**ID:** MET.1\n\n## Présentation\n\nIl monte à cheval, en plein air.\n", "jockey.md")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/texts.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("own_schema")
    engine = connect(url)
    yield engine
    engine.dispose()


def holders(engine: Engine, words: str) -> list[set[str]]:
    return [set(word.scores) for word in text_index.find(engine, alternatives(words))[0]]


def test_words_are_found_whatever_their_accents_number_or_ending(engine: Engine) -> None:
    replace_all(engine, [COBBLER, SADDLER, RIDER], None)
    assert holders(engine, "réparation") == [{"cap-cordonnier"}]
    assert holders(engine, "CHAUSSURE cuirs") == [{"cap-cordonnier"}, {"cap-cordonnier", "cap-sellier"}]
    assert holders(engine, "dehors") == [{RIDER.id}]
    assert holders(engine, "cheval") == [{"cap-sellier", RIDER.id}]


def test_a_title_weighs_more_than_a_text(engine: Engine) -> None:
    replace_all(engine, [COBBLER, fiche("CAP vannier", "Ni cordonnier ni sellier."), RIDER], None)
    (word,), total = text_index.find(engine, [("cordonnier",)])
    assert total == 3
    assert word.scores["cap-cordonnier"] > word.scores["cap-vannier"] > 0


def test_what_stands_in_the_body_alone_is_told_apart(engine: Engine) -> None:
    body = parse_formation("# CAP a\n## Accès\nAvec du cuir.\n", "a.md")
    replace_all(engine, [SADDLER, body], None)
    (word,), _ = text_index.find(engine, [("cuir",)])
    assert set(word.scores) == {"cap-sellier", "cap-a"}
    assert word.leading == {"cap-sellier"}


def test_the_index_follows_every_import(engine: Engine) -> None:
    replace_all(engine, [COBBLER, SADDLER], None)
    replace_all(engine, [fiche("CAP sellier", "On travaille la toile."), RIDER], None)
    assert holders(engine, "cuir") == [set()]
    assert holders(engine, "toile") == [{"cap-sellier"}]
    assert text_index.find(engine, [("cheval",)])[1] == 2


def test_the_same_content_writes_nothing(engine: Engine) -> None:
    replace_all(engine, [COBBLER, RIDER], None)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement.lstrip()))
    replace_all(engine, [COBBLER, RIDER], None)
    assert not [statement for statement in seen if statement.startswith(("INSERT", "DELETE", "UPDATE"))]


def test_a_failed_import_leaves_the_index_as_it_was(engine: Engine) -> None:
    replace_all(engine, [COBBLER], None)
    broken = replace(SADDLER, sections=(Section("Description", None),))  # type: ignore[arg-type]
    with pytest.raises((IntegrityError, TypeError)):
        replace_all(engine, [broken, RIDER], None)
    assert holders(engine, "cuir cheval") == [{"cap-cordonnier"}, set()]


def test_a_store_of_another_schema_is_indexed_anew(engine: Engine) -> None:
    replace_all(engine, [COBBLER, SADDLER], None)
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '0' WHERE key = 'schema'"))
    replace_all(engine, [SADDLER], None)
    assert holders(engine, "cuir") == [{"cap-sellier"}]


@pytest.mark.parametrize(
    "typed",
    [
        "cuir' OR 1=1 --",
        'cuir" NEAR(title) * : ^ body:',
        "cuir AND NOT (chevaux OR *)",
        "cuir; DROP TABLE fiche_text",
        "cuir & ! | <-> :* %s :query \\ \x00",
        "{title labels} : cuir",
    ],
)
def test_what_is_typed_is_never_a_command(engine: Engine, typed: str) -> None:
    replace_all(engine, [COBBLER, SADDLER], None)
    assert {"cap-cordonnier", "cap-sellier"} in holders(engine, typed)


@pytest.mark.parametrize("typed", ["", "le la de", "ou ou ou", "' \" * --", "😀 漢字"])
def test_nothing_to_look_for_is_nothing(engine: Engine, typed: str) -> None:
    replace_all(engine, [COBBLER], None)
    assert holders(engine, typed) == []


def test_a_word_that_the_database_leaves_out_is_found_nowhere(engine: Engine) -> None:
    replace_all(engine, [COBBLER], None)
    assert not text_index.find(engine, [("avec", "nous")])[0][0].scores
