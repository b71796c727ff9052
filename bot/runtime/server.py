"""Starts Rasa with our channel, our stores and the actions in the same process."""

from __future__ import annotations

import os
from pathlib import Path

from bot.channel.metrics import serve_metrics
from bot.runtime.logs import log_privately, quiet_logs, quiet_warnings
from bot.runtime.model import QUIET
from bot.settings import ROOT, Settings


def serve(model: Path, settings: Settings) -> None:
    """Serve until interrupted."""
    os.environ.update(QUIET)
    quiet_warnings()
    log_privately()
    if settings.metrics_port:
        try:
            serve_metrics(settings.metrics_port)
        except OSError as error:
            raise SystemExit(f"JALON_METRICS_PORT: port {settings.metrics_port} cannot be used: {error}") from error
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.runtime.in_process_actions import InProcessActions

    quiet_logs()
    endpoints = AvailableEndpoints(
        action=InProcessActions(),
        nlg=EndpointConfig(type="bot.runtime.nlg.JinjaNaturalLanguageGenerator"),
        tracker_store=tracker_endpoint(settings.tracker_url),
    )
    rasa.core.run.serve_application(
        model_path=str(model),
        interface=settings.host,
        port=settings.port,
        credentials=str(ROOT / "credentials.yml"),
        enable_api=False,
        endpoints=endpoints,
    )


def tracker_endpoint(url: str) -> object:
    """Rasa's configuration of an SQL tracker store for a SQLAlchemy URL; makes the folder of an SQLite file."""
    from rasa.utils.endpoints import EndpointConfig

    dialect = url.partition(":")[0]
    if dialect.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return EndpointConfig(url=url, type="SQL", dialect=dialect)
