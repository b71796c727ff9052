"""Other names of fiches: read from aliases.toml, kept in the store, found in messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.aliases import parse_aliases, taken, unfit, with_alias
from bot.catalogue.fiche import Catalogue
from bot.catalogue.ingest import IngestError, ingest
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue, read_version

MSPC = "bac-pro-maintenance-des-systemes-de-production-connectes"
TITLE = "bac pro maintenance des systèmes de production connectés"


@pytest.fixture(scope="module")
def resolver(small: Catalogue) -> Resolver:
    aliases = {"bac pro bidouille": MSPC, "répar'usine": MSPC}
    return Resolver(small.formations.values(), small.jobs.values(), aliases)


@pytest.mark.parametrize(
    "text",
    [
        "durée du bac pro bidouille ?",
        "DUREE DU BAC PRO BIDOUILLE",
        "les bacs pros bidouilles",
        "répar'usine c'est quoi",
    ],
)
def test_an_alias_names_its_fiche(resolver: Resolver, text: str) -> None:
    (mention,) = [m for m in resolver.resolve(text) if m.known]
    assert mention.formations == (MSPC,)
    assert mention.whole


@pytest.mark.parametrize("text", ["le CAP bidouille", "CAP répar'usine", "bidouiller des usines", "le bac pro"])
def test_another_type_or_half_of_an_alias_does_not(resolver: Resolver, text: str) -> None:
    assert all(MSPC not in m.formations for m in resolver.resolve(text))


def test_other_names_are_found_as_without_aliases(resolver: Resolver, small: Catalogue) -> None:
    plain = Resolver(small.formations.values(), small.jobs.values())
    for formation in small.formations.values():
        assert resolver.resolve(formation.title) == plain.resolve(formation.title)


def test_the_text_of_the_file_grows_and_reads_back() -> None:
    text = with_alias(with_alias("", "bidouille", TITLE), 'le "truc" é\\', TITLE)
    assert parse_aliases(text) == {"bidouille": TITLE, 'le "truc" é\\': TITLE}


@pytest.mark.parametrize(
    ("alias", "why"),
    [("le bac pro", "types"), ("ab", "short"), ("", "no word"), ("BTS MUC", "old name"), ("bidouille", None)],
)
def test_unfit_aliases(alias: str, why: str | None) -> None:
    told = unfit(alias)
    assert (told is None) if why is None else (told and why in told)


def test_a_name_that_is_taken_says_whose(small: Catalogue) -> None:
    assert "title" in (taken(TITLE.upper(), small) or "")
    assert "sigle" in (taken("mspc", small) or "")
    assert "job" in (taken("archéologues", small) or "")
    assert taken("bidouille", small) is None
    known = Catalogue(small.formations, small.jobs, None, "1", {"bidouille": MSPC})
    assert "alias" in (taken("Bidouilles", known) or "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(f"# {TITLE}\n**Durée:** 3 ans\n", encoding="utf-8")
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    (folder / "aliases.toml").write_text("[aliases]\n" + "\n".join(lines), encoding="utf-8")


def test_aliases_are_stored_and_change_the_version(folder: Path) -> None:
    url = f"sqlite:///{folder}/store.db"
    ingest(folder, url)
    before = read_version(connect(url))
    write(folder, f'"bidouille" = "{TITLE}"', f'"bricole" = "{MSPC}"')
    ingest(folder, url)
    assert read_catalogue(connect(url)).aliases == {"bidouille": MSPC, "bricole": MSPC}
    assert read_version(connect(url)) != before
    (folder / "aliases.toml").unlink()
    ingest(folder, url)
    assert read_catalogue(connect(url)).aliases == {}
    assert read_version(connect(url)) == before


def test_an_alias_of_no_fiche_or_of_a_title_is_left_out_and_told(folder: Path) -> None:
    write(folder, '"bidouille" = "bac pro zorglub"', f'"{TITLE.upper()}" = "{TITLE}"')
    report = ingest(folder, f"sqlite:///{folder}/store.db")
    told = [line for line in report.lines() if "aliases.toml" in line]
    assert len(told) == 2
    assert read_catalogue(connect(f"sqlite:///{folder}/store.db")).aliases == {}


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        (['"a" "b"'], "aliases.toml:2: not valid TOML"),
        (['"bidouille" = 3'], "aliases.toml:2: "),
        (['"bidouille" = "x"', '"le CAP" = "x"'], "aliases.toml:3: "),
        (['"bidouille" = "x"', "[other]"], "aliases.toml:1: "),
        (['"bidouille" = "x"', '"bidouille" = "y"'], "aliases.toml:"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(folder: Path, lines: list[str], where: str) -> None:
    write(folder, *lines)
    with pytest.raises(IngestError) as caught:
        ingest(folder, f"sqlite:///{folder}/store.db")
    assert caught.value.lines[0].startswith(where)
