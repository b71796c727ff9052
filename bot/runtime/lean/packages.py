"""Replaces packages that Rasa imports but that we do not use by empty modules, TensorFlow above all.

Rasa imports TensorFlow for its neural components, the libraries of every chat service it knows, and the clients of
databases that we do not use: 380 MB and two thirds of the start. An empty module has every attribute that is asked of
it, as a class: code can inherit from it or use it in isinstance, but creating an instance raises AbsentPackage.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

# Grouped by what Rasa imports them for.
ABSENT = frozenset(
    {
        # Neural components, those of Rasa itself among them, of which there are none in config.yml.
        *("tensorflow", "tensorflow_addons", "tensorflow_hub", "keras"),
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
        "rasa.nlu.selectors.response_selector",
        "skops",  # LogisticRegressionClassifier
        # Channels of other services.
        *("aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk"),
        "questionary",  # the terminal
        # Stores of trackers, models and events.
        *("boto3", "botocore", "pymongo", "google.cloud", "google.auth", "google.oauth2", "aio_pika"),
        "matplotlib",  # plots of rasa test
    }
)


class AbsentPackage(RuntimeError):
    """Code uses a package that was replaced by an empty module; the message says how to load it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not loaded: start with JALON_RUNTIME_WITHOUT=packages to have it")


class _Shell(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(f"{cls.__module__}.{name}")

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        raise AbsentPackage(cls.__module__)


def _shell(name: str) -> _Shell:
    # An exception, so that it may stand in an except clause too.
    return _Shell(name.rpartition(".")[2], (Exception,), {"__module__": name})


class _ShellModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(f"{self.__name__}.{name}")


class _Shells(MetaPathFinder, Loader):
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        parts = name.split(".")
        absent = any(".".join(parts[: size + 1]) in ABSENT for size in range(len(parts)))
        return ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _ShellModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def apply() -> None:
    """Make imports of the packages in ABSENT give empty modules, except those that are loaded already."""
    if not any(isinstance(finder, _Shells) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Shells())
        importlib.invalidate_caches()
