"""Rasa runs without TensorFlow, on today's numpy, in any Python of the environment; telemetry is off in all of them."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

without_tensorflow = pytest.mark.skipif(
    importlib.util.find_spec("tensorflow") is not None and sys.version_info < (3, 12),
    reason="the environment of `make test-stock` has TensorFlow",
)


def run(code: str, where: Path = ROOT) -> str:
    """What a Python of its own prints that runs `code` in `where`, with telemetry asked for."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=where,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "true"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@without_tensorflow
def test_a_hand_typed_python_begins_with_it(tmp_path: Path) -> None:
    code = "import rasa.core.agent, rasa.telemetry; print(rasa.telemetry.is_telemetry_enabled())"
    assert run(code, where=tmp_path) == "False"


@without_tensorflow
def test_nothing_neural_and_no_client_of_a_service_is_loaded() -> None:
    code = (
        "from bot.runtime.environment import prepare; prepare(serving=True);"
        "import sys, rasa.core.run, rasa.core.agent, bot.understanding.rasa_reader, bot.channel.web;"
        "names = ('tensorflow', 'slack_sdk', 'boto3', 'matplotlib');"
        "print([name for name in names if hasattr(sys.modules[name], '__version__')],"
        "      'sklearn' in sys.modules)"
    )
    assert run(code) == "[] False"


@without_tensorflow
def test_an_absent_package_may_be_inherited_from_and_checked_for_but_not_called() -> None:
    code = """
from bot.runtime import environment
environment.prepare()
environment.prepare()
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
    except environment.AbsentPackage as error:
        print(error)
print(sum(isinstance(finder, environment._AbsentPackages) for finder in sys.meta_path))
"""
    said = run(code).splitlines()
    assert "tensorflow.constant is not installed" in said[0]
    assert all("make test-stock" in line for line in said[:2])
    assert said[2:] == ["1"]


def test_what_is_installed_is_never_replaced() -> None:
    """`yaml` stands for any package that somebody adds to the environment."""
    code = """
from bot.runtime import environment
environment._UNUSED |= {"yaml"}
environment.prepare()
import yaml
print(yaml.safe_load("a: 1"))
"""
    assert run(code) == "{'a': 1}"


def test_the_start_up_file_wants_a_virtual_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.runtime.environment import install

    monkeypatch.setattr(sys, "base_prefix", sys.prefix)
    with pytest.raises(RuntimeError, match="virtual environment"):
        install()
