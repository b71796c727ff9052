"""Processor time of one message, JALON_RUNTIME lean and stock: python -m benchmarks.message_cost.

Processor time of one message, everything in one process, conversations in SQLite; memory after it; processor time until
the model is loaded. Every row is the best of some processes of its own: what else the machine does only adds.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import resident_mb, say, table
from bot.runtime.environment import prepare
from bot.runtime.logs import quiet_logs, quiet_warnings
from bot.runtime.model import QUIET, ensure_model
from bot.settings import ROOT, load_settings

PROCESSES = 2
CONVERSATIONS = 10
ROUNDS = 5


def main() -> None:
    """Print the table."""
    model = ensure_model()
    rows = {f"`JALON_RUNTIME={runtime}`": {"JALON_RUNTIME": runtime} for runtime in ("lean", "stock")}
    best: dict[str, list[float]] = {}
    for _ in range(PROCESSES):
        for title, variables in rows.items():
            found = _in_a_process(model, variables)
            best[title] = [min(pair) for pair in zip(best.get(title, found), found, strict=True)]
            say(f"{title}: {found[0]:.1f} ms")
    head = ["runtime", "CPU ms a message", "RAM MB", "CPU s to load"]
    print(table(head, [[title, f"{ms:.1f}", f"{mb:.0f}", f"{s:.1f}"] for title, (ms, mb, s) in best.items()]))


def _in_a_process(model: Path, variables: dict[str, str]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JALON_")}
        stores = {
            "JALON_DATABASE_URL": f"sqlite:///{folder}/catalogue.db",
            "JALON_TRACKER_URL": f"sqlite:///{folder}/conversations.db",
        }
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.message_cost", str(model)]
        environment = {**inherited, **QUIET, **stores, **variables}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


async def _measured(model: Path) -> list[float]:
    settings = load_settings()
    quiet_warnings()
    prepare(serving=True)
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from benchmarks.speed.load import QUESTIONS, varied
    from bot.catalogue.ingest import ingest
    from bot.runtime.in_process_actions import InProcessActions
    from bot.runtime.lean import make_lean
    from bot.stores.tracker import SqlTrackerStore

    if settings.runtime == "lean":
        make_lean()
    quiet_logs()
    ingest(settings.seeds, settings.database_url)
    nlg = EndpointConfig(type="bot.runtime.nlg.JinjaNaturalLanguageGenerator")
    agent = await load_agent(str(model), endpoints=AvailableEndpoints(action=InProcessActions(), nlg=nlg))
    agent.tracker_store = agent.processor.tracker_store = SqlTrackerStore(settings.tracker_url, agent.domain)
    loaded, turns = time.process_time(), []
    for number in range(1 + ROUNDS):
        before = time.process_time()
        for conversation in range(CONVERSATIONS):
            for text in QUESTIONS:
                channel = CollectingOutputChannel()
                assert await agent.handle_message(UserMessage(varied(text), channel, f"{number}-{conversation}"))
        turns.append((time.process_time() - before) / CONVERSATIONS / len(QUESTIONS))
    return [min(turns[1:]) * 1000, resident_mb(), loaded]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(_measured(Path(sys.argv[1])))))
    else:
        main()
