from __future__ import annotations

import ast
import logging
import subprocess
import sys

import pytest

from bot.runtime import changes
from bot.runtime.changes import RASA, change_rasa
from bot.settings import ROOT, Change, Settings

FOLDER = ROOT / "bot" / "runtime" / "lean"


def run(code: str) -> str:
    """What Python prints that runs `code` in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_each_change_is_a_module_with_apply() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__"} == {change.value for change in Change}
    for change in Change:
        tree = ast.parse((FOLDER / f"{change.value}.py").read_text(encoding="utf-8"))
        assert any(isinstance(node, ast.FunctionDef) and node.name == "apply" for node in tree.body)


def test_no_other_version_of_rasa_is_changed(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(changes, "version", lambda _: "3.6.22")
    monkeypatch.setattr(changes, "import_module", lambda name: pytest.fail(f"{name} was imported"))
    with caplog.at_level(logging.WARNING):
        assert change_rasa(Settings(runtime="lean")) == ()
    assert "3.6.22" in caplog.text
    assert RASA in caplog.text


def test_stock_changes_nothing(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(changes, "version", lambda _: "3.6.22")
    assert change_rasa(Settings(runtime="stock")) == ()
    assert not caplog.text


def test_shells_stand_for_packages_that_are_not_loaded() -> None:
    code = """
from bot.runtime.lean import packages
packages.apply()
packages.apply()
import sys
import tensorflow as tf
from tensorflow.keras.utils import Sequence
from botocore.exceptions import ClientError
class Layer(tf.keras.layers.Layer): pass
assert not isinstance("text", tf.Tensor) and not issubclass(dict, Sequence)
try:
    raise KeyError
except ClientError:
    raise
except KeyError:
    pass
assert not hasattr(tf, "__version__")
for make in (tf.constant, Layer):
    try:
        make(1)
    except packages.AbsentPackage as error:
        print(error)
print(sum(isinstance(finder, packages._Shells) for finder in sys.meta_path))
"""
    said = run(code).splitlines()
    assert len(said) == 3
    assert "tensorflow.constant is not loaded" in said[0]
    assert all("JALON_RUNTIME_WITHOUT=packages" in line for line in said[:2])
    assert said[2] == "1"
