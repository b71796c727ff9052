"""What was not answered is kept redacted and counted, with nothing of who asked, in SQLite and PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import tomli

from bot.channel.database import connect
from bot.review import special
from bot.review.questions import Questions
from bot.review.store import Kept, QuestionStore, Reason, reason_to_keep

DAY = date(2026, 3, 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuestionStore]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path}/new/conversations.db")
    else:
        engine = connect(request.getfixturevalue("postgresql_url"))
    store = QuestionStore(engine)
    store.delete_older_than(0, date(9999, 1, 1))
    yield store
    engine.dispose()


def test_a_question_is_counted_by_day_and_reason(store: QuestionStore) -> None:
    unknown = Kept("le bac pro zorglub ?", Reason.UNKNOWN, ("duree",))
    for day in (DAY, DAY, DAY + timedelta(1)):
        store.record(unknown, day, "c")
    store.record(Kept("le bac pro zorglub ?", Reason.NOT_USEFUL, ("duree",), "pas ça"), DAY, "c")
    found = {(row.kept.reason, row.day, row.count, row.kept.comment) for row in store.rows()}
    assert found == {
        (Reason.UNKNOWN, DAY, 2, ""),
        (Reason.UNKNOWN, DAY + timedelta(1), 1, ""),
        (Reason.NOT_USEFUL, DAY, 1, "pas ça"),
    }
    assert {row.kept.id for row in store.rows()} == {unknown.id}
    assert store.text(unknown.id) == unknown.text
    assert store.text("nothing") is None


def test_what_is_reviewed_stays_so_when_asked_again(store: QuestionStore) -> None:
    kept = Kept("c'est quoi le zorglub ?", Reason.NOT_UNDERSTOOD)
    store.record(kept, DAY, "c")
    store.mark_reviewed([kept.id])
    store.record(kept, DAY + timedelta(1), "d")
    assert store.rows() == []
    assert [row.reviewed for row in store.rows(reviewed=True)] == [True, True]


def test_what_is_old_is_forgotten(store: QuestionStore) -> None:
    for days in (0, 90, 91, 400):
        store.record(Kept(f"question {days}", Reason.UNKNOWN), DAY - timedelta(days), "c")
    assert store.delete_older_than(90, DAY) == 2
    assert {row.kept.text for row in store.rows()} == {"question 0", "question 90"}


def test_the_longest_questions_fit(store: QuestionStore) -> None:
    store.record(Kept("é" * 500, Reason.NOT_USEFUL, ("duree",) * 10, "😀" * 500), DAY, "c")
    assert store.rows()[0].kept.comment == "😀" * 500


def test_an_erased_conversation_takes_its_questions_along(store: QuestionStore) -> None:
    shared, own = Kept("le bac pro zorglub ?", Reason.UNKNOWN), Kept("le bac pro gizmo ?", Reason.UNKNOWN)
    for conversation, kept in (("mine", shared), ("other", shared), ("mine", shared), ("mine", own)):
        store.record(kept, DAY, conversation)
    store.erase("mine")
    assert [(row.kept, row.count) for row in store.rows()] == [(shared, 1)]
    store.erase("mine")
    assert [(row.kept, row.count) for row in store.rows()] == [(shared, 1)]


def test_questions_stay_when_their_conversation_is_no_longer_kept(store: QuestionStore) -> None:
    kept = Kept("le bac pro zorglub ?", Reason.UNKNOWN)
    store.record(kept, DAY, "c")
    store.detach(["c"])
    store.erase("c")
    assert [(row.kept, row.count) for row in store.rows()] == [(kept, 1)]


@pytest.mark.parametrize(
    ("intent", "outcome", "waiting", "reason"),
    [
        ("nlu_fallback", "out_of_scope", False, Reason.NOT_UNDERSTOOD),
        ("ask_dates", "out_of_scope", False, None),
        ("ask_duration", "unknown", False, Reason.UNKNOWN),
        ("ask_duration", "not_in_fiche", False, Reason.NOT_IN_FICHE),
        ("ask_duration", "ambiguous", False, None),
        ("choose", "ambiguous", True, Reason.ASKED_AGAIN),
        ("ask_duration", "answered", False, None),
        ("ask_duration", "missing", False, None),
        ("greet", "smalltalk", False, None),
        ("distress", "distress", False, None),
        ("distress", "unknown", True, None),
        ("nlu_fallback", "distress", False, None),
    ],
)
def test_which_questions_are_kept(intent: str, outcome: str, waiting: bool, reason: Reason | None) -> None:
    assert reason_to_keep(intent, outcome, waiting) is reason


@pytest.fixture
def questions(tmp_path: Path) -> Questions:
    return Questions(connect(f"sqlite:///{tmp_path}/conversations.db"))


def rows(tmp_path: Path) -> list[tuple[str, str, str, str]]:
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        found = database.execute("SELECT text, reason, facets, comment FROM unanswered_question ORDER BY text")
        return list(found.fetchall())


def test_questions_are_redacted_before_they_are_written(questions: Questions, tmp_path: Path) -> None:
    questions.unanswered("c", "moi c'est kevin, 06 12 34 56 78, le bac pro zorglub ?", Reason.UNKNOWN, ("duree",))
    questions.rated("c", "durée du CAP ?", "answered", ("duree",), "ma mère Nolwazi dit non")
    questions.close()
    assert rows(tmp_path) == [
        ("durée du CAP ?", "not_useful", '["duree"]', "ma mère <NAME> dit non"),
        ("moi c'est <NAME>, <PHONE>, le bac pro zorglub ?", "unknown", '["duree"]', ""),
    ]
    assert b"kevin" not in (tmp_path / "conversations.db").read_bytes()


def test_distress_and_tapped_choices_are_never_written(questions: Questions, tmp_path: Path) -> None:
    questions.rated("c", "je veux mourir", "distress", (), "rien")
    questions.rated("c", "", "answered", ("duree",), "nul")
    questions.unanswered("c", "  ", Reason.UNKNOWN)
    questions.close()
    assert not (tmp_path / "conversations.db").exists()


SPECIAL = tomli.loads((Path(special.__file__).with_name("special.toml")).read_text(encoding="utf-8"))


def test_examples_of_special_toml() -> None:
    assert [text for text in SPECIAL["must"] if not special.is_special(text)] == []
    assert [text for text in SPECIAL["must_not"] if special.is_special(text)] == []


def test_health_religion_and_orientation_are_not_kept(questions: Questions, tmp_path: Path) -> None:
    """Neither of the question nor of the words of a rating."""
    for text in SPECIAL["must"]:
        questions.unanswered("c", text, Reason.UNKNOWN)
        questions.rated("c", "durée du CAP ?", "answered", ("duree",), text)
    questions.unanswered("c", "le bac pro zorglub ?", Reason.UNKNOWN)
    questions.close()
    assert [row[0] for row in rows(tmp_path)] == ["le bac pro zorglub ?"]


def test_a_database_that_cannot_be_written_is_told_without_the_question(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "conversations.db").mkdir()
    questions = Questions(connect(f"sqlite:///{tmp_path}/conversations.db"))
    questions.unanswered("c", "le bac pro zorglub ?", Reason.UNKNOWN)
    questions.close()
    assert "OperationalError" in caplog.text
    assert "zorglub" not in caplog.text


def test_an_erasure_waits_for_what_is_to_be_written(questions: Questions, tmp_path: Path) -> None:
    questions.unanswered("c", "le bac pro zorglub ?", Reason.UNKNOWN)
    questions.erase("c").result()
    assert rows(tmp_path) == []
    questions.close()


def test_rows_hold_nothing_of_who_asked(questions: Questions, tmp_path: Path) -> None:
    questions.unanswered("c", "le bac pro zorglub ?", Reason.UNKNOWN)
    questions.close()
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        columns = {column[1] for column in database.execute("PRAGMA table_info(unanswered_question)")}
    assert columns == {"key", "id", "text", "reason", "facets", "comment", "day", "count", "reviewed"}
    assert {name.removesuffix("-wal").removesuffix("-shm") for name in os.listdir(tmp_path)} == {"conversations.db"}
