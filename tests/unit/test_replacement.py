"""Which imports may change a catalogue that is there, and what is said of those that may not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.catalogue.fiche import Catalogue
from bot.catalogue.ingest import IngestError, follow, ingest
from bot.catalogue.replacement import NotPermitted, Replacement, no_large_removal, same_folder_only
from bot.catalogue.store import Change, connect, read_catalogue, read_origin


def titles(count: int) -> tuple[str, ...]:
    return tuple(f"bac {number}" for number in range(count))


@pytest.mark.parametrize(
    ("held", "removed", "large"),
    [(0, 0, False), (10, 10, False), (11, 11, True), (110, 11, False), (109, 11, True), (3385, 338, False)],
)
def test_many_are_more_than_ten_and_more_than_a_tenth(held: int, removed: int, large: bool) -> None:
    assert Replacement("/a", "/a", held, titles(removed)).is_large is large


def test_a_large_removal_tells_what_would_go_and_how_to_do_it_all_the_same() -> None:
    with pytest.raises(NotPermitted) as caught:
        no_large_removal(Replacement("/new fiches", "/old", 3385, titles(3381)))
    message = str(caught.value)
    assert message.startswith("3,381 of the 3,385 fiches of the catalogue made from /old are not in /new fiches")
    assert '"bac 0", "bac 1",' in message
    assert message.count('"bac ') == 10
    assert "and 3,371 more." in message
    assert "python -m bot ingest --force '/new fiches'" in message


@pytest.mark.parametrize(
    ("replacement", "said"),
    [
        (Replacement("/seeds", "/seeds", 4, titles(4)), None),
        (Replacement("/seeds", "/seeds", readable=False), None),
        (Replacement("/seeds", None, 4), None),
        (Replacement("/seeds", "/seeds", 40, titles(12)), "12 of the 40 fiches"),
        (Replacement("/seeds", "/other", 4), "made from /other stays as it is"),
        (Replacement("/seeds", "/other", 4), "python -m bot ingest /seeds"),
        (Replacement("/seeds", None, 4, titles(1)), "The catalogue stays as it is"),
        (Replacement("/seeds", "/other", 4, readable=False), "python -m bot ingest /other"),
        (Replacement("/seeds", None, 4, titles(1), readable=False), "python -m bot ingest FOLDER"),
    ],
)
def test_only_the_folder_that_a_catalogue_was_made_from_is_followed(replacement: Replacement, said: str | None) -> None:
    if said is None:
        same_folder_only(replacement)
        return
    with pytest.raises(NotPermitted) as caught:
        same_folder_only(replacement)
    assert said in str(caught.value)
    assert caught.value.readable is replacement.readable


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store/catalogue.db"
    return str(request.getfixturevalue("own_schema"))


def folder_of(place: Path, count: int) -> Path:
    place.mkdir()
    for number in range(count):
        (place / f"{number}.md").write_text(f"# bac {number}\n## Accès\nx\n", encoding="utf-8")
    return place


def content(url: str) -> tuple[Catalogue, str | None]:
    engine = connect(url)
    try:
        return read_catalogue(engine), read_origin(engine)[0]
    finally:
        engine.dispose()


def run_sql(url: str, statement: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_folder_is_followed_by_the_store_made_from_it(tmp_path: Path, url: str) -> None:
    seeds = folder_of(tmp_path / "seeds", 3)
    assert follow(seeds, url).change.added == 3
    (seeds / "0.md").unlink()
    (seeds / "1.md").write_text("# bac 1\n## Accès\ny\n", encoding="utf-8")
    assert follow(seeds / ".." / "seeds", url).change == Change(added=0, updated=1, removed=1, unchanged=1)
    assert content(url)[1] == str(seeds)


def test_a_store_of_another_folder_stays(tmp_path: Path, url: str) -> None:
    whole, seeds = folder_of(tmp_path / "whole", 30), folder_of(tmp_path / "seeds", 30)
    (seeds / "more.md").write_text("# bac 99\n", encoding="utf-8")
    ingest(whole, url)
    before = content(url)
    with pytest.raises(NotPermitted, match="stays as it is"):
        follow(seeds, url)
    assert content(url) == before
    (seeds / "bad.md").write_bytes(b"")
    with pytest.raises(NotPermitted, match="stays as it is"):
        follow(seeds, url)
    assert follow(whole, url).change.unchanged == 30
    assert content(url) == before


def test_many_fiches_leave_only_by_force(tmp_path: Path, url: str) -> None:
    whole, seeds = folder_of(tmp_path / "whole", 30), folder_of(tmp_path / "seeds", 4)
    ingest(whole, url)
    before = content(url)
    with pytest.raises(NotPermitted, match="26 of the 30"):
        ingest(seeds, url)
    assert content(url) == before
    for file in list(whole.iterdir())[:12]:
        file.unlink()
    for importing in (follow, ingest):
        with pytest.raises(NotPermitted, match="12 of the 30"):
            importing(whole, url)
    assert content(url) == before
    assert ingest(seeds, url, force=True).change == Change(added=0, updated=0, removed=26, unchanged=4)
    assert content(url)[1] == str(seeds)


def test_a_store_that_does_not_tell_its_folder_takes_one_that_takes_nothing_away(tmp_path: Path, url: str) -> None:
    seeds = folder_of(tmp_path / "seeds", 3)
    other = Path(shutil.copytree(seeds, tmp_path / "other"))
    (other / "0.md").unlink()
    ingest(seeds, url)
    run_sql(url, "DELETE FROM meta WHERE key = 'folder'")
    with pytest.raises(NotPermitted, match="The catalogue stays as it is"):
        follow(other, url)
    assert content(url)[1] is None
    (seeds / "0.md").write_text("# bac 0\n", encoding="utf-8")
    assert follow(seeds, url).change == Change(added=0, updated=1, removed=0, unchanged=2)
    assert content(url)[1] == str(seeds)


def test_a_store_of_another_version_is_made_anew_from_its_folder_alone(tmp_path: Path, url: str) -> None:
    whole, seeds = folder_of(tmp_path / "whole", 30), folder_of(tmp_path / "seeds", 4)
    ingest(whole, url)
    run_sql(url, "UPDATE meta SET value = '0' WHERE key = 'schema'")
    with pytest.raises(NotPermitted, match=f"another version of Jalon.*ingest {whole}") as caught:
        follow(seeds, url)
    assert not caught.value.readable
    with pytest.raises(NotPermitted, match="26 of the 30"):
        ingest(seeds, url)
    assert follow(whole, url).formations == 30
    assert len(content(url)[0].formations) == 30


def test_nothing_is_made_where_the_folder_is_bad(tmp_path: Path) -> None:
    with pytest.raises(IngestError):
        follow(tmp_path / "nowhere", f"sqlite:///{tmp_path}/catalogue.db")
    assert not (tmp_path / "catalogue.db").exists()
