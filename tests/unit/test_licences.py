"""Licences: what Jalon runs on is listed in docs/dependencies.md, and what forbids EUPL-1.2 is refused."""

from __future__ import annotations

import re

import pytest

from benchmarks.licences import DOCUMENT, by_licence
from benchmarks.report import END, START
from bot.settings import ROOT


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_each_package_of_the_lock_is_in_the_table_once():
    """`make sbom` writes the table anew after `make lock`."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {_normal(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", lock, re.MULTILINE)}
    table = DOCUMENT.read_text(encoding="utf-8").split(START)[1].split(END)[0]
    cells = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)[2:]
    listed = [_normal(name) for cell in cells for name in cell.split(", ")]
    assert sorted(listed) == sorted(locked)


def test_licences_are_grouped_under_one_spelling():
    packages = [
        {"Name": "b", "License": "MIT License"},
        {"Name": "A", "License": "MIT"},
        {"Name": "c", "License": "Apache Software License; BSD License"},
    ]
    assert by_licence(packages) == {"MIT": ["A", "b"], "Apache-2.0; BSD": ["c"]}


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "GNU Affero General Public License v3", "MIT AND GPL-2.0", "UNKNOWN"]
)
def test_a_licence_that_is_not_known_to_be_compatible_is_refused(licence):
    with pytest.raises(ValueError, match="package"):
        by_licence([{"Name": "package", "License": licence}])


def test_the_licence_of_the_project_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert all(f"\n{article}." in text for article in range(1, 16))
    assert "\n‘Compatible Licences’ according to Article 5 EUPL are:\n" in text
    assert 'license = "EUPL-1.2"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
