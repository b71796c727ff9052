from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.catalogue.fiche import Catalogue, Source
from bot.catalogue.ingest import IngestError, ingest
from bot.catalogue.store import Change, connect, read_catalogue

SOURCE = 'name = "Onisep"\ndate = "2025-10"\nlicence = "LO"\naddress = "https://a.fr/"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "fiches"
    (folder / "bac").mkdir(parents=True)
    (folder / "bac" / "a.md").write_text("# bac a\n**Sigle:** A\n## Accès\nAprès la 3e.\n", encoding="utf-8")
    (folder / "b.txt").write_text("# bac b\n**Sigle:** A\n## Métiers associés\n- acheteur/euse\n", encoding="utf-8")
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/catalogue.db"


def content(url: str) -> Catalogue:
    return read_catalogue(connect(url))


def errors(folder: Path, url: str) -> tuple[str, ...]:
    with pytest.raises(IngestError) as caught:
        ingest(folder, url)
    return caught.value.lines


def test_fiches_of_all_folders_are_stored(folder: Path, url: str) -> None:
    (folder / "source.toml").write_text(SOURCE, encoding="utf-8")
    for name in ("README.md", "readme.txt", ".hidden.md", "notes.csv"):
        (folder / name).write_text("not a fiche", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("not a fiche", encoding="utf-8")
    report = ingest(folder, url)
    assert report.change == Change(added=2, updated=0, removed=0, unchanged=0)
    assert {fiche.path for fiche in content(url).formations.values()} == {"bac/a.md", "b.txt"}
    assert content(url).source == Source("Onisep", "2025-10", "LO", "https://a.fr/")


def test_the_address_of_the_licence_is_kept(folder: Path, url: str) -> None:
    text = SOURCE + 'licence_address = " https://a.fr/licence "\n'
    (folder / "source.toml").write_text(text, encoding="utf-8")
    ingest(folder, url)
    assert content(url).source == Source("Onisep", "2025-10", "LO", "https://a.fr/", "https://a.fr/licence")


def test_the_same_folder_again_changes_nothing(folder: Path, url: str) -> None:
    ingest(folder, url)
    before = content(url)
    assert ingest(folder, url).change == Change(0, 0, 0, unchanged=2)
    assert content(url) == before


def test_a_changed_folder_changes_the_store(folder: Path, url: str) -> None:
    ingest(folder, url)
    (folder / "b.txt").unlink()
    (folder / "c.md").write_text("# bac c\n", encoding="utf-8")
    (folder / "bac" / "a.md").write_text("# bac a\n## Accès\nSur dossier.\n", encoding="utf-8")
    assert ingest(folder, url).change == Change(added=1, updated=1, removed=1, unchanged=0)
    assert list(content(url).formations) == ["bac-a", "bac-c"]
    assert content(url).formations["bac-a"].value("Accès") == "Sur dossier."
    assert not content(url).jobs


def test_the_report_tells_what_is_missing_unknown_and_shared(folder: Path, url: str) -> None:
    (folder / "c.md").write_text("# bac c\n**Rythme:** lent\n\n## Accès\nx\n## Internat\n", encoding="utf-8")
    report = ingest(folder, url)
    assert report.missing["Accès"] == 1
    assert report.missing["Sigle"] == 1
    assert report.missing["Description"] == report.formations == 3
    assert report.shared_sigles == {"A": 2}
    assert [line.rpartition(":")[0] for line in report.unknown] == ["c.md:6", "c.md:2"]
    assert "3 formations: 3 added, 0 updated, 0 removed, 0 unchanged" in list(report.lines())


def write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def large(folder: Path) -> None:
    with (folder / "bad.md").open("wb") as file:
        file.truncate(50_000_000)  # takes no space on the disk


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (write("bad.md", b""), "bad.md:1: the file is empty"),
    "no title": (write("bad.md", "\n## Accès\n".encode()), "bad.md:2: no title"),
    "latin-1": (write("bad.md", "# a\n\nÉ\n".encode("latin-1")), "bad.md:3: the file is not UTF-8"),
    "binary": (write("bad.md", b"# a\n\0\x01"), "bad.md:2: the file is binary"),
    "large": (large, "bad.md:1: the file is too large (50,000,000 bytes"),
    "same title": (write("bad.md", b"# bac  a\n"), 'bad.md:1: the title "bac a" is also the one of b'),
    "dangling": (
        lambda folder: os.symlink("nowhere", folder / "bad.md"),
        "bad.md:1: the file cannot be read",
    ),
    "pipe": (lambda folder: os.mkfifo(folder / "bad.md"), "bad.md:1: not an ordinary file"),
    "bad source": (write("source.toml", b"name = 'a'\nx\n"), "source.toml:2: not valid TOML"),
    "short source": (write("source.toml", b"name = 'a'\n"), "source.toml:1: no date"),
    "source without an address": (
        write("source.toml", SOURCE.replace("https://a.fr/", "javascript:alert(1)").encode()),
        "source.toml:1: address is no address",
    ),
    "licence that ends its link": (
        write("source.toml", SOURCE.encode() + b'licence_address = "https://a.fr/)[x](y"\n'),
        "source.toml:1: licence_address is no address",
    ),
    "long source": (write("source.toml", SOURCE.encode() + b"x = 1\n"), "source.toml:1: unknown key x"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_refused_and_the_store_stays_whole(kind: str, folder: Path, url: str) -> None:
    ingest(folder, url)
    before = content(url)
    (folder / "b.txt").unlink()
    make, message = BAD[kind]
    make(folder)
    lines = errors(folder, url)
    assert len(lines) == 1
    assert lines[0].startswith(message)
    assert content(url) == before


def test_all_errors_are_told_at_once(folder: Path, url: str) -> None:
    for name in ("x.md", "y.md"):
        (folder / name).write_bytes(b"")
    (folder / "z.md").write_text("# bac b", encoding="utf-8")
    assert [line.partition(":")[0] for line in errors(folder, url)] == ["x.md", "y.md", "z.md"]


def test_a_folder_named_like_a_fiche_is_a_folder(folder: Path, url: str) -> None:
    (folder / "x.md").mkdir()
    assert ingest(folder, url).formations == 2


def test_a_folder_without_fiches_is_refused(tmp_path: Path, url: str) -> None:
    (tmp_path / "empty").mkdir()
    assert "no fiche" in errors(tmp_path / "empty", url)[0]
    assert "cannot be read" in errors(tmp_path / "nowhere", url)[0]
    assert not (tmp_path / "catalogue.db").exists()


def test_titles_with_one_slug_get_numbers_in_the_order_of_titles(folder: Path, url: str) -> None:
    for name, title in (("z", "bac (x)"), ("y", "bac x"), ("x", "bac-x"), ("w", "bac x 2")):
        (folder / f"{name}.md").write_text(f"# {title}\n", encoding="utf-8")
    ingest(folder, url)
    titles = {id_: fiche.title for id_, fiche in content(url).formations.items() if "x" in id_}
    assert titles == {"bac-x": "bac (x)", "bac-x-2": "bac x 2", "bac-x-3": "bac x", "bac-x-4": "bac-x"}


def test_a_store_that_cannot_be_written_is_an_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "cannot be written" in errors(folder, f"sqlite:///{tmp_path}/file/catalogue.db")[0]


def test_the_whole_catalogue(catalogue_folder: Path, url: str) -> None:
    report = ingest(catalogue_folder, url)
    assert report.change == Change(added=1625, updated=0, removed=0, unchanged=0)
    assert not report.unknown
    assert report.missing["Sigle"] == 1081
    catalogue = content(url)
    assert len(catalogue.formations) == 1625
    assert len(catalogue.jobs) == 895


def test_command_reports(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    monkeypatch.setenv("JALON_SEEDS", str(folder))
    result = CliRunner().invoke(app, ["ingest"])
    assert result.exit_code == 0
    assert "2 formations: 2 added" in result.stdout


def test_command_fails_with_the_lines(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    (folder / "bad.md").write_bytes(b"")
    result = CliRunner().invoke(app, ["ingest", str(folder)])
    assert result.exit_code == 1
    assert "bad.md:1: the file is empty" in result.stderr


def test_the_command_does_not_load_rasa() -> None:
    modules = "bot.__main__, bot.catalogue.ingest, bot.settings"
    script = f"import sys, {modules}; print({{'rasa', 'spacy'}} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
