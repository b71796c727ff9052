"""Reads the environment variables of Jalon.

Each field of Settings gives a variable's name (JALON_ and the name of the field), its default and its meaning.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

ROOT = Path(__file__).resolve().parent.parent
SECRET_FILE = ROOT / "build" / "jalon" / "secret"
MIN_SECRET = 32

_DATABASE = re.compile(r"(sqlite|postgresql)(\+\w+)?://.*")
_SQLITE_PATH = re.compile(r"(?P<scheme>sqlite(?:\+\w+)?:///)(?P<path>[^/:?].*)")
_ORIGIN = re.compile(r"https?://[^/\s,?#@]+")
_HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?")


class SettingsError(Exception):
    """Raised for environment variables with invalid values. The message has one line for each."""


class Settings(BaseSettings):
    """The settings from the environment, with absolute paths. Use `load_settings` for clear error messages."""

    seeds: Path = Field(default=Path("seeds"), description="the folder of fiches; relative to the project")
    database_url: str = Field(
        default="sqlite:///build/jalon/catalogue.db",
        description="the store of the catalogue, sqlite or postgresql; a file is relative to the project",
    )
    tracker_url: str = Field(
        default="sqlite:///build/jalon/conversations.db",
        description="where conversations are kept; as database_url",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="the address the server listens on")
    port: int = Field(default=5005, ge=1, le=65535, description="the port the server listens on")
    secret: SecretStr | None = Field(
        default=None,
        description="what signs sessions, the same on all servers; by default made once, in SECRET_FILE. Several, "
        "separated by commas: the first signs, what any of them signed is valid",
    )
    origins: tuple[str, ...] = Field(
        default=(),
        description="comma-separated sites (https://host) whose pages may show the chat; by default ours",
    )
    hosts: tuple[str, ...] = Field(
        default=(),
        description="comma-separated names (with :port where there is one) that a request may ask for; by default any",
    )
    redis_url: str | None = Field(
        default=None,
        description="what several servers share: limits, sessions, locks; by default each keeps its own in memory",
    )
    rate_session: int = Field(default=20, ge=0, description="messages a minute in one session; 0 is no limit")
    rate_address: int = Field(default=600, ge=0, description="requests a minute from one address; 0 is no limit")
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description="comma-separated addresses or networks whose X-Forwarded-For is believed",
    )
    keep_conversations_hours: int = Field(default=24, ge=1, description="when a conversation is removed")
    keep_questions_days: int = Field(default=90, ge=1, description="when a question that was not answered is removed")
    controller: str | None = Field(
        default=None,
        description="who answers for pupils' data (a school, its address), told on the privacy page",
    )
    dpo: str | None = Field(
        default=None,
        description="how to reach the data protection officer (an e-mail or postal address), told on the privacy page",
    )
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="the port of loopback with /metrics; by default there is none"
    )
    patience: float = Field(
        default=1.0,
        ge=1,
        le=100,
        description="how many times as long everything may take before it is given up: for tests, and for debugging",
    )
    runtime: Literal["lean", "stock"] = Field(
        default="lean",
        description="lean: Rasa with the changes of bot/runtime/lean.py; stock: Rasa as it is, 22 ms a message more",
    )
    search_url: str = Field(
        default="https://www.onisep.fr/recherche?context=formation&text={query}",
        description="where a pupil searches on when we have no fiche; {query} is the place of the words",
    )

    class Config:
        env_prefix = "JALON_"
        allow_mutation = False

        @classmethod
        def parse_env_var(cls, field_name: str, raw_val: str) -> Any:
            return raw_val.split(",")

    @validator("seeds")
    def _absolute(cls, value: Path) -> Path:
        return ROOT / value.expanduser()

    @validator("database_url", "tracker_url")
    def _database(cls, value: str) -> str:
        if not _DATABASE.fullmatch(value):
            raise ValueError("must start with sqlite:/// or postgresql://")
        found = _SQLITE_PATH.fullmatch(value)
        return f"{found['scheme']}{ROOT / found['path']}" if found else value

    @validator("secret")
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and min(map(len, value.get_secret_value().split(","))) < MIN_SECRET:
            raise ValueError(f"must have {MIN_SECRET} characters at least (each of them, where there are several)")
        return value

    @validator("origins")
    def _plain_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        origins = tuple(origin.strip().rstrip("/") for origin in value if origin.strip())
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no site: write https://host or https://host:port, without a path")
        return origins

    @validator("hosts")
    def _plain_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        hosts = tuple(host.strip().lower() for host in value if host.strip())
        for host in hosts:
            if not _HOST.fullmatch(host):
                raise ValueError(f"{host!r} is no host: write name or name:port")
        return hosts

    @validator("redis_url")
    def _redis(cls, value: str | None) -> str | None:
        if value and not value.startswith(("redis://", "rediss://")):
            raise ValueError("must start with redis:// or rediss://")
        return value or None

    @validator("trusted_proxies", pre=True)
    def _no_blanks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(item.strip() for item in value if item.strip())

    @validator("controller", "dpo")
    def _told(cls, value: str | None) -> str | None:
        return " ".join(value.split()) or None if value else None

    @validator("search_url")
    def _has_query(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")) or re.findall(r"[{}]\w*", value) != ["{query", "}"]:
            raise ValueError("must be an http(s) address with {query} in it, and no other brace")
        return value

    def signing_secrets(self) -> tuple[str, ...]:
        """Return the secrets that sign sessions: those of JALON_SECRET, else the one in SECRET_FILE, made on first use.

        The first secret signs; signatures by any of them are valid. Raises SettingsError.
        """
        return tuple(self.secret.get_secret_value().split(",")) if self.secret else (_kept_secret(SECRET_FILE),)


def load_settings() -> Settings:
    """Return the settings from the environment; raises SettingsError with a line for each invalid variable."""
    # Every message calls this, so the settings are parsed again only after a variable has changed.
    return _settings(tuple(os.environ.get(name) for name in _VARIABLES))


def patient(seconds: float) -> float:
    """Return a time limit of `seconds` multiplied by JALON_PATIENCE, in seconds."""
    # A message asks a dozen times: one variable is looked at, not all of them.
    return seconds * _patience(os.environ.get("JALON_PATIENCE"))


@lru_cache(maxsize=1)
def _patience(_variable: str | None) -> float:
    return load_settings().patience


_VARIABLES = tuple(f"JALON_{name.upper()}" for name in Settings.__fields__)


@lru_cache(maxsize=1)
def _settings(_variables: tuple[str | None, ...]) -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        lines = (f"JALON_{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors())
        raise SettingsError("\n".join(lines)) from error


def _kept_secret(path: Path) -> str:
    """Return the secret in the file `path`. If there is no file, make one with mode 0600.

    Several processes may do this at the same time. Raises SettingsError if the secret is too short.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # of mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(MIN_SECRET))
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first, so its secret is used
        finally:
            os.unlink(draft)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < MIN_SECRET:
        raise SettingsError(f"{path}: the secret is too short: remove the file, a new one will be made")
    return secret
