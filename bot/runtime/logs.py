"""What the server logs: warnings and errors, never the text of a message."""

from __future__ import annotations

import logging
import warnings

import structlog


def quiet_logs() -> None:
    """Drop everything under WARNING, from logging and from structlog (Rasa logs messages at DEBUG)."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in ("sanic.access", "sanic.root", "rasa", "matplotlib", "apscheduler"):
        logging.getLogger(name).setLevel(logging.WARNING)


def quiet_warnings() -> None:
    """Show no warnings: the libraries that Rasa pins speak of their own next versions at every start."""
    warnings.showwarning = lambda *args, **kwargs: None
