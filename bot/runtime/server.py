"""Starts Rasa with our channel, our stores, and the actions in the same process."""

from __future__ import annotations

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channel.metrics import serve_metrics
from bot.runtime.environment import prepare
from bot.runtime.interpreter import tune_interpreter
from bot.runtime.logs import log_privately, quiet_logs, quiet_warnings
from bot.runtime.model import QUIET
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from rasa.core.agent import Agent
    from sanic import Sanic

_BACKLOG = 1024
# A message to understand before the server is ready, because the first message loads word lists.
_FIRST_MESSAGE = "quels métiers après un bac pro ?"


class ModelUnusable(Exception):
    """Raised when Rasa cannot load the model file. The log has the reason."""


def serve(model: Path, settings: Settings) -> None:
    """Run the server with `model` until it is interrupted, then end the process.

    The exit status is 1 if the server could not start. Raises SystemExit if the port for metrics cannot be used.
    """
    os.environ.update(QUIET)
    quiet_warnings()
    log_privately()
    if settings.metrics_port:
        try:
            serve_metrics(settings.metrics_port)
        except OSError as error:
            raise SystemExit(f"JALON_METRICS_PORT: port {settings.metrics_port} cannot be used: {error}") from error
    prepare(serving=True)
    from rasa.core.run import configure_app, create_http_input_channels

    from bot.channel.connections import Connection

    quiet_logs()
    channels = create_http_input_channels(None, str(ROOT / "credentials.yml"))
    app = configure_app(channels, enable_api=False, port=settings.port)
    app.register_listener(partial(_load, model, settings), "before_server_start")
    app.register_listener(_close, "after_server_stop")
    app.run(host=settings.host, port=settings.port, protocol=Connection, backlog=_BACKLOG, access_log=False, motd=False)
    # Everything is stored by now. A normal exit would wait for actions that hang.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0 if app.is_stopping else 1)


async def _load(model: Path, settings: Settings, app: Sanic, loop: AbstractEventLoop) -> None:
    """Load the model before the server accepts requests; raises ModelUnusable, StoreEmpty or StoreUnreadable."""
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.knowledge import current_world
    from bot.runtime.in_process_actions import InProcessActions
    from bot.runtime.lean import make_lean

    if settings.runtime == "lean":
        make_lean()
    endpoints = AvailableEndpoints(
        action=InProcessActions(), nlg=EndpointConfig(type="bot.runtime.nlg.JinjaNaturalLanguageGenerator")
    )
    agent = await load_agent(str(model), endpoints=endpoints, loop=loop)
    if not agent.is_ready():
        raise ModelUnusable(f"{model} cannot be loaded: remove it and start again, it will be trained anew")
    _use_our_stores(agent, settings)
    current_world()
    await agent.parse_message(_FIRST_MESSAGE)
    tune_interpreter()
    app.ctx.agent = agent


async def _close(app: Sanic, _loop: AbstractEventLoop) -> None:
    app.ctx.agent.tracker_store.close()


def _use_our_stores(agent: Agent, settings: Settings) -> None:
    """Give the agent our stores.

    Rasa's own tracker store is wrapped in one that keeps conversations in memory when storing fails.
    """
    from bot.stores.locks import LocalLockStore, RedisLockStore
    from bot.stores.tracker import SqlTrackerStore

    tracker_store = SqlTrackerStore(settings.tracker_url, agent.domain)
    lock_store = RedisLockStore(settings.redis_url) if settings.redis_url else LocalLockStore()
    for user in (agent, agent.processor):
        user.tracker_store, user.lock_store = tracker_store, lock_store
