"""python -m bot review: the list, what is alike, training phrases and aliases, and what is refused."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from bot.__main__ import app
from bot.catalogue.ingest import ingest
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue
from bot.channel.database import connect as connections
from bot.review import cli
from bot.review.likeness import grouped
from bot.review.phrases import PhraseRefused, add_phrase, annotated
from bot.review.store import Kept, QuestionStore, Reason

Run = Callable[..., Result]
TITLE = "bac pro microtechniques"
DAY = date(2026, 3, 1)
ASKED = {
    "durée du bac pro zorglub ?": 3,
    "c koi la durée du bac pro zorglub": 1,
    "j'aime les tortues marines": 1,
    "=1+1 le cap": 2,
}


def test_alike_questions_are_one_group_led_by_the_first() -> None:
    texts = [
        "durée du CAP cuisine ?",
        "quel métier avec des chevaux",
        "cb de temps la duree du cap cuisine",
        "Durée CAP Cuisine",
    ]
    assert grouped(texts) == [[0, 2, 3], [1]]
    assert grouped([]) == []
    assert grouped(["?", "!", "?"]) == [[0, 2], [1]]


def test_names_of_a_phrase_are_annotated_and_its_syntax_is_not(resolver: Resolver) -> None:
    assert annotated("durée du bac pro microtechniques ?", resolver) == f"durée du [{TITLE}](formation) ?"
    assert annotated('- /devenir  [x](formation){"y"} archéologue', resolver) == (
        'devenir (x)(formation)("y") [archéologue](job)'
    )


def test_phrases_are_written_once_and_read_by_rasas_format(tmp_path: Path) -> None:
    file = tmp_path / "reviewed.yml"
    assert add_phrase(file, "ask_duration", f'durée [{TITLE}](formation) : combien # "d\'années" ?')
    assert add_phrase(file, "ask_access", "on y entre comment")
    assert not add_phrase(file, "ask_access", "On y entre comment ?!")
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert written["version"] == "3.1"
    assert {block["intent"]: block["examples"] for block in written["nlu"]} == {
        "ask_access": "- on y entre comment\n",
        "ask_duration": f'- durée [{TITLE}](formation) : combien # "d\'années" ?\n',
    }
    with pytest.raises(PhraseRefused, match="ask_access"):
        add_phrase(file, "ask_jobs", "on y entre comment")
    assert [path.name for path in tmp_path.iterdir()] == ["reviewed.yml"]


@pytest.mark.parametrize("phrase", ["moi c'est kevin", "écris à a@b.fr", "moi c'est <NAME>", " ?! "])
def test_personal_data_is_no_training_phrase(phrase: str, tmp_path: Path) -> None:
    with pytest.raises(PhraseRefused):
        add_phrase(tmp_path / "reviewed.yml", "ask_access", phrase)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def ids(tmp_path: Path) -> dict[str, str]:
    """The ids of the questions in the store, by their text."""
    store = QuestionStore(connections(f"sqlite:///{tmp_path}/conversations.db"))
    for text, count in ASKED.items():
        for _ in range(count):
            store.record(Kept(text, Reason.UNKNOWN, ("duree",)), DAY, "c")
    store.record(Kept("j'aime les tortues marines", Reason.NOT_USEFUL, (), "+ nul"), DAY, "c")
    return {text: Kept(text, Reason.UNKNOWN).id for text in ASKED}


@pytest.fixture
def run(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `python -m bot review …` over stores and seeds of its own."""
    folder = Path(shutil.copytree(seeds, tmp_path / "seeds"))
    url = f"sqlite:///{tmp_path}/catalogue.db"
    ingest(folder, url)
    monkeypatch.setenv("JALON_TRACKER_URL", f"sqlite:///{tmp_path}/conversations.db")
    monkeypatch.setenv("JALON_DATABASE_URL", url)
    monkeypatch.setenv("JALON_SEEDS", str(folder))
    monkeypatch.setattr(cli, "PHRASES", tmp_path / "reviewed.yml")
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    (tmp_path / "domain.yml").write_text("intents: [ask_access, ask_duration, nlu_fallback]", encoding="utf-8")
    return lambda *words: CliRunner().invoke(app, ["review", *words])


def test_the_list_groups_what_is_alike_most_asked_first(run: Run, ids: dict[str, str]) -> None:
    lines = run().output.splitlines()
    assert lines[:3] == [
        "4 × unknown",
        f"  {ids['durée du bac pro zorglub ?']}  3 × durée du bac pro zorglub ?",
        f"  {ids['c koi la durée du bac pro zorglub']}  1 × c koi la durée du bac pro zorglub",
    ]
    assert "            « + nul »" in lines
    assert run().output.splitlines() == lines


def test_what_is_done_is_listed_only_with_all(run: Run, ids: dict[str, str]) -> None:
    assert run("done", *ids.values()).output == "4 reviewed.\n"
    assert run().output == "Nothing to review.\n"
    assert run("--all").output.count("(reviewed)") == 4


def test_the_table_has_all_and_no_formula(run: Run, ids: dict[str, str], tmp_path: Path) -> None:
    assert "4 questions in 3 groups" in run("--csv", str(tmp_path / "q.csv")).output
    with (tmp_path / "q.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows][:3] == [*list(ASKED)[:2], "'=1+1 le cap"]
    assert rows[0] == {
        "group": "1", "id": ids[list(ASKED)[0]], "count": "3", "reasons": "unknown", "facets": "duree",
        "first": "2026-03-01", "last": "2026-03-01", "reviewed": "no", "text": list(ASKED)[0], "comments": "",
    }  # fmt: skip
    assert rows[3]["comments"] == "'+ nul"


def test_an_exported_phrase_is_reviewed(run: Run, ids: dict[str, str], tmp_path: Path) -> None:
    id_ = ids["durée du bac pro zorglub ?"]
    for said in ("reviewed.yml: ask_duration", "holds it already"):
        result = run("export-phrase", id_, "--intent", "ask_duration", "--text", "durée bac pro microtechniques ?")
        assert (result.exit_code, said in result.output) == (0, True)
    assert f"    - durée [{TITLE}](formation) ?" in (tmp_path / "reviewed.yml").read_text(encoding="utf-8")
    assert id_ not in run().output


def test_an_exported_alias_is_in_the_store_at_once(run: Run, ids: dict[str, str], tmp_path: Path) -> None:
    id_ = ids["durée du bac pro zorglub ?"]
    result = run("export-alias", id_, "--alias", " bac  pro zorglub", "--fiche", "bac-pro-microtechniques")
    assert (result.exit_code, TITLE in result.output) == (0, True)
    assert read_catalogue(connect(f"sqlite:///{tmp_path}/catalogue.db")).aliases == {
        "bac pro zorglub": "bac-pro-microtechniques"
    }
    assert f'"bac pro zorglub" = "{TITLE}"' in (tmp_path / "seeds" / "aliases.toml").read_text(encoding="utf-8")
    again = run("export-alias", id_, "--alias", "bacs pros zorglubs", "--fiche", TITLE)
    assert (again.exit_code, "alias" in again.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["done", "none"], 'no question has the id "none"'),
        (["export-phrase", "none", "--intent", "ask_access"], 'no question has the id "none"'),
        (["export-phrase", "ID", "--intent", "ask_acces"], "near it: ask_access"),
        (["export-phrase", "ID", "--intent", "nlu_fallback"], "no intent"),
        (["export-phrase", "ID", "--intent", "ask_access", "--text", "moi c'est kevin"], "personal data"),
        (["export-alias", "ID", "--alias", "bidule", "--fiche", "bac pro microtechnique"], f"near it: {TITLE}"),
        (["export-alias", "ID", "--alias", "Bac Pro MICROTECHNIQUES", "--fiche", TITLE], "is the title of the fiche"),
        (["export-alias", "ID", "--alias", "MSPC", "--fiche", TITLE], "is the sigle of"),
        (["export-alias", "ID", "--alias", "le bac pro", "--fiche", TITLE], "no word but types"),
        (["--csv", "/nowhere/q.csv"], "cannot be written"),
    ],
)
def test_what_is_refused_is_told_in_one_line_and_changes_nothing(
    run: Run, ids: dict[str, str], tmp_path: Path, words: list[str], said: str
) -> None:
    before = run("--all").output
    result = run(*(ids["durée du bac pro zorglub ?"] if word == "ID" else word for word in words))
    assert (result.exit_code, said in result.output) == (1, True), result.output
    assert len(result.output.splitlines()) == 1
    assert run("--all").output == before
    assert not (tmp_path / "reviewed.yml").exists()
    assert not (tmp_path / "seeds" / "aliases.toml").exists()


def test_an_alias_is_taken_back_where_the_fiches_cannot_be_imported(
    run: Run, ids: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "seeds" / "bad.md").write_bytes(b"")
    result = run("export-alias", next(iter(ids.values())), "--alias", "zorglub", "--fiche", TITLE)
    assert result.exit_code == 1
    assert "bad.md:1: the file is empty" in result.output
    assert not (tmp_path / "seeds" / "aliases.toml").exists()


def test_a_catalogue_of_another_folder_is_not_replaced(
    run: Run, ids: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JALON_SEEDS", str(tmp_path / "other"))
    result = run("export-alias", next(iter(ids.values())), "--alias", "zorglub", "--fiche", TITLE)
    assert (result.exit_code, "set JALON_SEEDS" in result.output) == (1, True)
