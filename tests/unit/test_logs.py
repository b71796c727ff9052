"""Logs tell where something went wrong, not what was said."""

from __future__ import annotations

import io
import logging

import pytest

from bot.runtime.logs import FORMAT, PrivateFormatter

MARKER = "zorglubidule"


@pytest.fixture
def logged() -> io.StringIO:
    """What a logger of its own writes."""
    return io.StringIO()


@pytest.fixture
def log(logged: io.StringIO) -> logging.Logger:
    handler = logging.StreamHandler(logged)
    handler.setFormatter(PrivateFormatter("%(levelname)s %(name)s: %(message)s"))
    logger = logging.Logger("jalon")
    logger.addHandler(handler)
    return logger


def store(words: str) -> None:
    """Fails as databases do, quoting what it was given."""
    try:
        raise ValueError(f"bad value: {words}")
    except ValueError as error:
        raise RuntimeError(f"INSERT INTO events VALUES ('{words}')") from error


def test_an_exception_is_told_without_its_message(log: logging.Logger, logged: io.StringIO) -> None:
    try:
        store(MARKER)
    except RuntimeError:
        log.exception("Something failed")
    text = logged.getvalue()
    assert MARKER not in text
    for told in ("ERROR jalon: Something failed", "RuntimeError", "ValueError", "test_logs.py", "in store"):
        assert told in text


def test_a_line_begins_with_its_time(logged: io.StringIO) -> None:
    handler = logging.StreamHandler(logged)
    handler.setFormatter(PrivateFormatter(FORMAT))
    record = logging.LogRecord("jalon", logging.WARNING, "", 0, "%s things", (3,), None)
    record.created, record.msecs = 1_700_000_000.25, 250.0
    handler.emit(record)
    assert logged.getvalue() == "2023-11-14T22:13:20.250Z WARNING jalon: 3 things\n"


def test_a_plain_warning_stays_as_it_is(log: logging.Logger, logged: io.StringIO) -> None:
    log.warning("%s things", 3)
    assert logged.getvalue() == "WARNING jalon: 3 things\n"
