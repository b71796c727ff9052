"""What catalogues of software and those who report faults read: publiccode.yml, SECURITY.md, the forms of issues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli
import yaml
from deployed import TEXT, TEXTS, fields, listed, mapped
from jsonschema import Draft202012Validator

from bot.settings import ROOT

FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
DEPENDENCY = fields("name", name=TEXT, versionMin=TEXT, optional={"type": "boolean"})
# What is used of https://yml.publiccode.tools 0.4, with its limits; any other key is an error.
PUBLICCODE = fields(
    "publiccodeYmlVersion name url platforms categories developmentStatus softwareType description legal maintenance "
    "localisation",
    publiccodeYmlVersion={"const": "0.4"},
    name=TEXT,
    url={"type": "string", "pattern": "^https://"},
    softwareVersion=TEXT,
    platforms={"type": "array", "items": {"enum": ["web", "windows", "mac", "linux", "ios", "android"]}, "minItems": 1},
    categories={"type": "array", "items": {"enum": ["knowledge-management", "digital-citizenship"]}, "minItems": 1},
    developmentStatus={"enum": ["concept", "development", "beta", "stable", "obsolete"]},
    softwareType={"const": "standalone/web"},
    intendedAudience=fields(
        countries=listed({"type": "string", "pattern": "^[a-z]{2}$"}),
        scope=listed({"enum": ["education", "employment"]}),
    ),
    description=mapped(
        fields(
            "shortDescription longDescription features",
            shortDescription={"type": "string", "maxLength": 150},
            longDescription={"type": "string", "minLength": 150, "maxLength": 10_000},
            features=TEXTS,
        )
    ),
    legal=fields("license", license=TEXT),
    maintenance=fields("type contacts", type={"const": "community"}, contacts=listed(fields("name", name=TEXT))),
    localisation=fields(
        "localisationReady availableLanguages", localisationReady={"type": "boolean"}, availableLanguages=TEXTS
    ),
    dependsOn=fields(open=listed(DEPENDENCY)),
)


def test_publiccode_is_valid_and_tells_this_version() -> None:
    told = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    Draft202012Validator(PUBLICCODE).validate(told)
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["softwareVersion"] == project["version"]
    assert told["legal"]["license"] == project.get("license", "EUPL-1.2")


@pytest.mark.parametrize("path", [path for path in FORMS if path.name != "config.yml"], ids=lambda path: path.stem)
def test_forms_ask_what_is_needed(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    for part in asked:
        assert set(part["attributes"]) <= {"label", "description", "render", "options"}
        assert part["validations"] == {"required": True}
    assert len({part["id"] for part in asked}) == len(asked)


def test_what_security_names_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for place in re.findall(r"\]\(([^)]+)\)", text):
        assert (ROOT / place).exists(), place
    assert "@" not in text
