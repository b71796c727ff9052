from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest

from bot import settings
from bot.settings import ROOT, Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("JALON_"):
            monkeypatch.delenv(name)


def test_defaults() -> None:
    found = load_settings()
    assert found.seeds == ROOT / "seeds"
    assert found.database_url == f"sqlite:///{ROOT}/build/jalon/catalogue.db"
    assert found.tracker_url == f"sqlite:///{ROOT}/build/jalon/conversations.db"
    assert (found.host, found.port, found.origins) == ("127.0.0.1", 5005, ())
    assert (found.redis_url, found.trusted_proxies, found.metrics_port) == (None, (), None)
    assert (found.controller, found.dpo) == (None, None)
    assert (found.rate_session, found.rate_address) == (20, 600)
    assert (found.keep_conversations_hours, found.keep_questions_days) == (24, 90)
    assert found.search_url.format(query="bts") == "https://www.onisep.fr/recherche?context=formation&text=bts"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("seeds", "/data/fiches", Path("/data/fiches")),
        ("database_url", "postgresql://u:p@host/db", "postgresql://u:p@host/db"),
        ("database_url", "sqlite:////data/c.db", "sqlite:////data/c.db"),
        ("port", "80", 80),
        ("origins", " https://a.fr/, http://localhost:3000 ,", ("https://a.fr", "http://localhost:3000")),
        ("origins", "", ()),
        ("redis_url", "rediss://:p@host:6379/1", "rediss://:p@host:6379/1"),
        ("redis_url", "", None),
        ("rate_session", "0", 0),
        (
            "trusted_proxies",
            "10.0.0.0/8, 192.0.2.7 ,::1,",
            (IPv4Network("10.0.0.0/8"), IPv4Network("192.0.2.7/32"), IPv6Network("::1/128")),
        ),
        ("trusted_proxies", "", ()),
        ("controller", " Lycée  des Canaux ", "Lycée des Canaux"),
        ("controller", " ", None),
        ("dpo", "", None),
        ("dpo", "dpo@exemple.fr", "dpo@exemple.fr"),
        ("keep_conversations_hours", "1", 1),
        ("runtime", "stock", "stock"),
        ("search_url", "http://a.fr/?q={query}", "http://a.fr/?q={query}"),
    ],
)
def test_variables(name: str, value: str, expected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"JALON_{name.upper()}", value)
    assert getattr(load_settings(), name) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JALON_PORT", "http"),
        ("JALON_PORT", "70000"),
        ("JALON_HOST", ""),
        ("JALON_DATABASE_URL", "mysql://a"),
        ("JALON_TRACKER_URL", "conversations.db"),
        ("JALON_SECRET", "short"),
        ("JALON_SECRET", "s" * 32 + ",short"),
        ("JALON_SECRET", "s" * 32 + ","),
        ("JALON_HOSTS", "https://a.fr"),
        ("JALON_HOSTS", "a.fr/chat"),
        ("JALON_PATIENCE", "0.5"),
        ("JALON_PATIENCE", "long"),
        ("JALON_ORIGINS", "a.fr"),
        ("JALON_ORIGINS", "https://a.fr/page"),
        ("JALON_REDIS_URL", "http://host"),
        ("JALON_RATE_SESSION", "-1"),
        ("JALON_RATE_ADDRESS", "many"),
        ("JALON_TRUSTED_PROXIES", "proxy"),
        ("JALON_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("JALON_KEEP_CONVERSATIONS_HOURS", "0"),
        ("JALON_KEEP_QUESTIONS_DAYS", "0"),
        ("JALON_METRICS_PORT", "0"),
        ("JALON_SEARCH_URL", "https://a.fr"),
        ("JALON_SEARCH_URL", "https://a.fr/{query}/{page}"),
        ("JALON_SEARCH_URL", "javascript:{query}"),
    ],
)
def test_bad_values_are_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        load_settings()


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_PORT", "x")
    monkeypatch.setenv("JALON_SECRET", "hush")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "JALON_PORT",
        "JALON_SECRET",
    ]
    assert "hush" not in str(caught.value)


def test_the_secret_of_the_environment_is_used_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_SECRET", "s" * 32)
    assert load_settings().signing_secrets() == ("s" * 32,)
    assert "s" * 32 not in repr(load_settings())


def test_several_secrets_the_first_of_which_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_SECRET", "n" * 32 + "," + "o" * 32)
    assert load_settings().signing_secrets() == ("n" * 32, "o" * 32)
    assert "o" * 32 not in repr(load_settings())


def test_hosts_are_names_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_HOSTS", "Jalon.ecole.example, 127.0.0.1:5005,[::1]:5005,")
    assert load_settings().hosts == ("jalon.ecole.example", "127.0.0.1:5005", "[::1]:5005")


def test_patience_lengthens_every_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.patient(1.5) == 1.5
    monkeypatch.setenv("JALON_PATIENCE", "10")
    assert settings.patient(1.5) == 15.0


def test_a_secret_is_made_once_and_kept_to_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "jalon" / "secret"
    monkeypatch.setattr(settings, "SECRET_FILE", file)
    (secret,) = load_settings().signing_secrets()
    assert len(secret) >= 32
    assert load_settings().signing_secrets() == (secret,)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_spoilt_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECRET_FILE", tmp_path / "secret")
    (tmp_path / "secret").write_text("", encoding="ascii")
    with pytest.raises(SettingsError, match="too short"):
        load_settings().signing_secrets()


def test_every_variable_is_described() -> None:
    assert all(field.field_info.description for field in Settings.__fields__.values())


def test_settings_are_read_anew_when_the_environment_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_settings()
    assert load_settings() is before
    monkeypatch.setenv("JALON_PORT", "5006")
    assert load_settings().port == 5006
    monkeypatch.setenv("jalon_port", "5007")
    monkeypatch.delenv("JALON_PORT")
    assert load_settings().port == 5007
