"""The widgets that pages name by their hash, and what pupils are told of their data."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.channel.pages import Asset, pinned_versions, privacy_page
from bot.settings import Settings

OLD, NEW = (Asset(text, "text/javascript") for text in (b"// old", b"// new"))


def bodies(current: Asset, folder: Path) -> list[bytes]:
    return [asset.body for asset in pinned_versions(current, folder)]


def test_widget_of_before_is_served_after_an_update(tmp_path: Path) -> None:
    assert bodies(OLD, tmp_path / "new folder") == [OLD.body]
    assert bodies(NEW, tmp_path / "new folder") == [NEW.body, OLD.body]
    assert bodies(NEW, tmp_path / "new folder") == [NEW.body, OLD.body]


def test_file_that_is_not_what_its_name_says_is_not_served(tmp_path: Path) -> None:
    bodies(OLD, tmp_path)
    (tmp_path / f"{OLD.version}.js").write_bytes(b"// other")
    (tmp_path / "README.js").write_bytes(b"// notes")
    assert bodies(NEW, tmp_path) == [NEW.body]


def test_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert bodies(NEW, tmp_path / "file") == [NEW.body]
    assert "lose it at the next update" in caplog.text


def test_address_changes_with_the_content() -> None:
    assert OLD.version != NEW.version
    assert OLD.integrity != NEW.integrity
    assert OLD.version == Asset(OLD.body, "text/javascript", "no-cache").version


def test_privacy_page_tells_the_times_of_this_server() -> None:
    told = privacy_page(Settings(keep_conversations_hours=12, keep_questions_days=30))
    assert "12 heures" in told
    assert "30 jours" in told
    assert "{{" not in told


CONTROLLER, DPO = "Lycée des Canaux, 1 quai du Port, 00000 Amont", "dpo@exemple.fr"


@pytest.mark.parametrize(
    ("given", "said", "not_said"),
    [
        ({}, ["pas encore dit qui est responsable"], ["délégué"]),
        ({"controller": CONTROLLER}, [CONTROLLER, "pas donné le contact d’un délégué"], ["pas encore dit"]),
        ({"dpo": DPO}, [DPO, "pas encore dit"], ["pas donné"]),
        ({"controller": CONTROLLER, "dpo": DPO}, [CONTROLLER, DPO], ["pas donné", "pas encore dit"]),
    ],
)
def test_privacy_page_tells_who_answers_for_data(given: dict[str, str], said: list[str], not_said: list[str]) -> None:
    page = privacy_page(Settings(**given))
    for text in (*said, "article 6.1.e du RGPD", "Qui peut les voir", "Tes droits", "https://www.cnil.fr/fr/plaintes"):
        assert text in page
    for text in not_said:
        assert text not in page


def test_what_the_operator_sets_is_text() -> None:
    page = privacy_page(Settings(controller="<script>alert(1)</script>", dpo='"><img src=x>'))
    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
