"""Makes Rasa 3.6.21 run with today's Python and numpy, without TensorFlow, and without sending telemetry.

Rasa imports TensorFlow, the libraries of every chat service it supports, and clients of databases that Jalon does not
use. These packages are not installed. Empty modules replace them. Their classes can be inherited from or used in type
checks, and raise AbsentPackage when they are called. `install` makes every Python of the virtual environment begin with
`prepare`, so that a `rasa` typed by hand runs in the same way as `make run`.
"""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent.parent

# Modules that only the neural components of Rasa use. The last two import scikit-learn: a third of the start time.
_NEURAL = frozenset(
    {
        "rasa.core.policies.ted_policy",
        "rasa.core.policies.unexpected_intent_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
        "rasa.nlu.selectors.response_selector",
        "rasa.utils.tensorflow.data_generator",
        "rasa.utils.tensorflow.model_data",
    }
)
# Packages that Rasa imports but never calls here, grouped by purpose. Those that are installed are used as they are.
_UNUSED = frozenset(
    {
        *("tensorflow", "tensorflow_addons", "tensorflow_hub", "keras", "skops"),  # neural components
        *("aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk"),
        *("boto3", "botocore", "pymongo", "google", "aio_pika", "aiormq"),  # stores of trackers, models and events
        "matplotlib",  # plots of `rasa test`; among the test tools
    }
)
# Sends usage reports, starts Sentry, and writes a configuration file to the home folder of the user.
_TELEMETRY = "rasa.telemetry"
_STARTUP_FILE = "jalon.pth"
# Rasa takes responses that only our action sends for unused. tests/unit/test_domain.py checks that each one is used.
_NOISE = re.compile(r"The utterance '\w+' is not used|pkg_resources is deprecated|Slot auto-fill has been removed")


class AbsentPackage(RuntimeError):
    """Raised when code calls a package that is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not installed here: a component or a service of Rasa that needs it cannot be used. "
            "`make test-stock` and `make bench` have an environment with all that Rasa asks for."
        )


class _AbsentClass(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(f"{cls.__module__}.{name}")

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        raise AbsentPackage(cls.__module__)


def _absent(name: str) -> _AbsentClass:
    # A subclass of Exception, so that it can be used in an except clause too.
    return _AbsentClass(name.rpartition(".")[2], (Exception,), {"__module__": name})


class _AbsentModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(f"{self.__name__}.{name}")


class _NoTelemetry(ModuleType):
    """Replaces rasa.telemetry by functions that do nothing. Rasa uses some of them in a `with` statement."""

    @staticmethod
    def is_telemetry_enabled() -> bool:
        return False

    def __getattr__(self, name: str) -> Callable[..., nullcontext[None]]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: nullcontext()


class _AbsentPackages(MetaPathFinder, Loader):
    """Finds an empty module for each absent package and for telemetry, and prepares numpy when Rasa is imported."""

    def __init__(self) -> None:
        self._found: dict[str, bool] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        top = name.partition(".")[0]
        if name == "rasa":
            _ready_for_rasa()
        absent = (
            name == _TELEMETRY
            or (name in _NEURAL and not self._installed("tensorflow"))
            or (top in _UNUSED and not self._installed(top))
        )
        return ModuleSpec(name, self, is_package=True) if absent else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _NoTelemetry(spec.name) if spec.name == _TELEMETRY else _AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing, as the module is empty."""

    def leave_out(self, top: str) -> None:
        """Treat a package as absent from now on, whether or not it is installed."""
        self._found[top] = False

    def _installed(self, top: str) -> bool:
        if top not in self._found:
            self._found[top] = PathFinder.find_spec(top) is not None
        return self._found[top]


def prepare(serving: bool = False) -> None:
    """Replace absent packages and telemetry by empty modules. May be called more than once.

    A process that is `serving` does without the libraries for plots too, even where the test tools have installed them.
    """
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")  # where `rasa run actions` listens, else on all addresses
    if not any(isinstance(finder, _AbsentPackages) for finder in sys.meta_path):
        sys.meta_path.insert(0, _AbsentPackages())
    if serving:
        for finder in sys.meta_path:
            if isinstance(finder, _AbsentPackages):
                finder.leave_out("matplotlib")


def _ready_for_rasa() -> None:
    """Give numpy a name that Rasa expects, and hide warnings that users cannot act on."""
    import numpy

    # A filter would not work, as Rasa puts its own before all others.
    warnings.showwarning = partial(_show_warning, warnings.showwarning)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    if not hasattr(numpy, "VisibleDeprecationWarning"):
        numpy.VisibleDeprecationWarning = numpy.exceptions.VisibleDeprecationWarning  # type: ignore[attr-defined]


def _show_warning(show: Callable[..., None], message: Warning | str, category: type[Warning], *more: Any) -> None:
    if not issubclass(category, DeprecationWarning) and not _NOISE.match(str(message)):
        show(message, category, *more)


def install() -> Path:
    """Write the file that makes every Python of this virtual environment begin with `prepare`, and return its path.

    Raises RuntimeError outside a virtual environment.
    """
    if sys.prefix == sys.base_prefix:
        raise RuntimeError("not in a virtual environment: start this with .venv/bin/python")
    file = Path(sysconfig.get_path("purelib")) / _STARTUP_FILE
    # Python runs each line of a .pth file that begins with `import`.
    start = f"import sys; sys.path.append({str(ROOT)!r}); from bot.runtime.environment import prepare; prepare()"
    file.write_text(f"{start}\n", encoding="utf-8")
    return file
