"""Sets up the log of the server: warnings and errors, never the text of a message."""

from __future__ import annotations

import logging
import time
import traceback
import warnings
from types import TracebackType

import structlog

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class PrivateFormatter(logging.Formatter):
    """A log formatter that leaves out the messages of exceptions, which may quote what a pupil typed.

    It writes their types and tracebacks. Times are in ISO 8601, in UTC, to the millisecond.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the tracebacks and types of the exception `ei` and of the exceptions that caused it."""
        parts, error = [], ei[1]
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or error.__context__
        return "Traceback (without messages):\n" + "\nwhich came from\n".join(parts)


def log_privately() -> None:
    """Log warnings and errors to the standard error stream, without the messages of exceptions."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrivateFormatter(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("sanic.root", "sanic.error"):  # Rasa stops these loggers from passing entries on
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False


def quiet_logs() -> None:
    """Drop log entries below WARNING, in logging and structlog. At DEBUG, Rasa logs the messages of users."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in ("sanic.access", "sanic.root", "rasa", "matplotlib", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)


def quiet_warnings() -> None:
    """Hide all Python warnings. The libraries that Rasa pins warn of deprecations at every start."""
    warnings.showwarning = lambda *args, **kwargs: None
