"""No command of the checkout opens a connection that leaves this machine, even where telemetry is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.settings import ROOT

# Put before everything that a Python runs: writes each address that is connected to, sent to or looked up.
WATCH = """
import json, os, sys

def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0]
    else:
        return
    with open(os.environ["WATCHED"], "a") as file:
        file.write(json.dumps(repr(address)) + "\\n")

sys.addaudithook(note)
"""
OWN = ("'127.0.0.1'", "('127.0.0.1'", "'::1'", "('::1'", "'localhost'", "'/", "b'/", "None")
# Enough for a training of a second.
PHRASES = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - bonjour
      - salut toi
  - intent: ask_duration
    examples: |
      - combien de temps dure un [CAP](formation)
      - c'est long ?
  - intent: ask_access
    examples: |
      - comment entrer en [CAP](formation)
      - quelles conditions ?
"""
RASA = "bot.runtime.rasa_command"
BOT = "bot"


@pytest.fixture
def environment(seeds_store: str, tmp_path: Path) -> dict[str, str]:
    """An environment that asks for telemetry, with a home of its own, whose every Python is watched."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    return {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "watch"),
        "WATCHED": str(tmp_path / "watched"),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "RASA_TELEMETRY_ENABLED": "true",
        "JALON_DATABASE_URL": seeds_store,
        "JALON_TRACKER_URL": f"sqlite:///{tmp_path}/conversations.db",
    }


def watched(arguments: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """What a Python with `arguments` printed, and the addresses that it used and that are not of this machine."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    file = Path(environment["WATCHED"])
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    addresses = [json.loads(line) for line in lines]
    return done.stdout + done.stderr, [address for address in addresses if not address.startswith(OWN)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-m", RASA, "--version"), "3.6.21"),
        (("-m", RASA, "data", "validate", "--fail-on-warnings"), "No story structure conflicts found"),
        (("-m", RASA, "train", "nlu", "-u", "NLU", "--out", "MODELS"), "trained"),
        (("-m", RASA, "test", "core", "--model", "MODEL", "-s", "tests/test_stories.yml", "--out", "OUT"), "1.000"),
        (("-m", RASA, "test", "nlu", "--model", "MODEL", "--nlu", "NLU", "--out", "OUT"), "Intent evaluation results"),
        (("-m", RASA, "visualize", "-s", "tests/test_stories.yml", "--out", "GRAPH"), "Finished graph creation"),
        (("-m", BOT, "ingest"), "source:"),
        (("-m", BOT, "doctor"), "libraries"),
        (("-m", BOT, "purge"), "removed"),
    ],
    ids=lambda value: " ".join(value[1:4]) if isinstance(value, tuple) else "",
)
def test_a_command_reaches_nobody(
    arguments: tuple[str, ...], says: str, environment: dict[str, str], model: Path, tmp_path: Path
) -> None:
    places = {
        "MODEL": str(model),
        "MODELS": str(tmp_path / "models"),
        "OUT": str(tmp_path / "out"),
        "GRAPH": str(tmp_path / "graph.html"),
        "NLU": str(tmp_path / "nlu.yml"),
    }
    (tmp_path / "nlu.yml").write_text(PHRASES, encoding="utf-8")
    printed, addresses = watched(tuple(places.get(argument, argument) for argument in arguments), environment)
    assert says in printed, printed[-2000:]
    assert addresses == []
    assert not (tmp_path / "config" / "rasa").exists()


def test_what_leaves_would_be_seen(environment: dict[str, str]) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('203.0.113.1', 9))"
    assert watched(("-c", code), environment)[1] == ["('203.0.113.1', 9)"]


def test_a_server_and_its_shell_reach_nobody(environment: dict[str, str], model: Path) -> None:
    """`rasa shell` with its actions, talked to through a terminal: it answers, and nothing leaves the machine."""
    from terminal import Terminal

    with Terminal([sys.executable, "-m", "bot.runtime.rasa_shell"], ROOT, environment) as shell:
        shell.wait_for("Your input")
        shell.type("quels métiers après MSPC ?")
        shell.wait_for("ascensoriste")
        shell.type("/stop")
        assert shell.ended() == 0
    assert watched(("-c", ""), environment)[1] == []
