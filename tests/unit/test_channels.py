"""Our channel is the only way in: no channel of Rasa, and never its API."""

from __future__ import annotations

import ast
from pathlib import Path

import yaml

STARTS = {"serve_application", "configure_app"}
ROOT = Path(__file__).resolve().parent.parent.parent


def test_no_channel_of_rasa_is_enabled() -> None:
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert list(credentials) == ["bot.channel.web.WebChannel"]


def test_the_api_of_rasa_is_never_enabled() -> None:
    """It would show every conversation to anyone: not by its option, and not by leaving out to say no."""
    files = [ROOT / "Makefile", *ROOT.glob("*.yml"), *ROOT.glob(".ci/*"), *(ROOT / "deploy").rglob("*")]
    files += [path for folder in ("bot", "actions", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.is_file()}
    assert not [path for path, text in texts.items() if "--enable-api" in text]
    calls = [
        call
        for path, text in texts.items()
        if path.suffix == ".py" and path.parent.name in ("runtime", "benchmarks")
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in STARTS
    ]
    assert calls
    for call in calls:
        assert {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}.get("enable_api") == "False"
