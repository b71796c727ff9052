"""Finds the trained model for the present data and code, and trains it if it does not exist."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT

MODELS = ROOT / "build" / "models"
# Files and folders that a model depends on. After a change in any of them, a new model is trained.
_INGREDIENTS = (
    *("config.yml", "domain.yml", "data", "requirements.lock", "bot/nlu", "bot/catalogue"),
    *("bot/understanding/rasa_reader.py", "bot/understanding/intents.py", "bot/runtime/policy.py"),
)
_STEP = re.compile(r"(Starting to train|Finished training) component '([\w.]+)'")
_SUFFIXES = {".yml", ".py", ".toml", ".lock"}
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


class TrainingFailed(Exception):
    """Raised when `rasa train` made no model. The message ends with its output."""


def model_path() -> Path:
    """Return the path of the model for the present data, configuration and code. The file may not exist yet."""
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for ingredient in _INGREDIENTS:
        top = ROOT / ingredient
        files = [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.suffix in _SUFFIXES)
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return MODELS / f"jalon-{digest.hexdigest()[:12]}.tar.gz"


def ensure_model() -> Path:
    """Return the path of the model. If it does not exist, train it and then remove older models.

    Raises TrainingFailed.
    """
    path = model_path()
    if path.exists():
        return path
    print("Training the model (half a minute)…", file=sys.stderr, flush=True)
    train(path)
    for old in MODELS.glob("jalon-*.tar.gz"):
        if old != path:
            old.unlink()
    return path


def train(path: Path) -> None:
    """Train a model and write it to `path`, which must end in .tar.gz; raises TrainingFailed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "bot.runtime.rasa_command", "train"),
        *("--fixed-model-name", path.name.removesuffix(".tar.gz"), "--out", str(path.parent)),
        *("--data", "data", "--force", "--skip-validation"),  # which `make check` does
    ]
    log = path.parent.parent / "train.log"
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **QUIET}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as training,
    ):
        for line in training.stdout or ():
            kept.write(line)
            step = _STEP.search(line)
            if step:
                print(f"  {step[1].lower()} {step[2]}", file=sys.stderr, flush=True)
    if training.returncode or not path.exists():
        last = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-25:])
        raise TrainingFailed(f"{last}\nrasa train ended with status {training.returncode}; all it said is in {log}")
