"""Tables of measurements, between their marks in a document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest


class Table(Protocol):
    """What tests add rows to."""

    def markdown(self) -> str:
        """The whole table."""


AnyTable = TypeVar("AnyTable", bound=Table)


def filled(table: AnyTable, name: str, config: pytest.Config) -> Iterator[AnyTable]:
    """`table` for a fixture to yield; once the tests have filled it, it goes into the document of --table."""
    yield table
    if document := config.getoption("--table"):
        write_table(document, name, table.markdown())


def write_table(document: Path, name: str, table: str) -> None:
    """Put `table` between the marks of this name; raises ValueError where the document has none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = document.read_text(encoding="utf-8")
    before, has_begin, rest = text.partition(begin)
    _, has_end, after = rest.partition(end)
    if not has_begin or not has_end:
        raise ValueError(f"{document} has no {begin} and {end}")
    document.write_text(f"{before}{begin}\n{table}\n{end}{after}", encoding="utf-8")
