"""What the tenth and the hundredth turn of a conversation cost, with our tracker store and with stock Rasa's.

python -m benchmarks.turns prints a table: processor time of one message, model and action included, everything in one
process over a SQLite file, the two stores in turn. Processor time, which other programs do not lengthen.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from bot.runtime.environment import prepare
from bot.runtime.logs import quiet_logs, quiet_warnings
from bot.runtime.model import QUIET, ensure_model

CONVERSATIONS = 3
TURNS = 100
QUESTIONS = ("quels métiers après MSPC ?", "et ça dure combien de temps ?", "comment on y entre ?", "merci")
# Around the tenth and the hundredth turn: the same four questions.
TENTH, HUNDREDTH = range(8, 12), range(96, 100)


async def measure(model: Path) -> dict[str, dict[int, list[float]]]:
    """Seconds of each turn by its number, for each store."""
    from rasa.core.agent import Agent, load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.runtime.in_process_actions import InProcessActions
    from bot.stores.tracker import SqlTrackerStore

    quiet_logs()
    nlg = EndpointConfig(type="bot.runtime.nlg.JinjaNaturalLanguageGenerator")
    agent: Agent = await load_agent(str(model), endpoints=AvailableEndpoints(action=InProcessActions(), nlg=nlg))
    seconds: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        stores: dict[str, Any] = {
            "stock SQLTrackerStore": SQLTrackerStore(agent.domain, db=f"{folder}/stock.db"),
            "ours": SqlTrackerStore(f"sqlite:///{folder}/ours.db", agent.domain),
        }
        for conversation in range(CONVERSATIONS):
            for turn in range(TURNS):
                for name, store in stores.items():
                    agent.tracker_store = agent.processor.tracker_store = store
                    message = UserMessage(QUESTIONS[turn % 4], CollectingOutputChannel(), f"c{conversation}")
                    before = time.process_time()
                    said = await agent.handle_message(message)
                    seconds[name][turn].append(time.process_time() - before)
                    assert said
    return seconds


def table(seconds: dict[str, dict[int, list[float]]]) -> str:
    """Medians in milliseconds, and their ratio."""
    lines = ["| store | turn 10, ms | turn 100, ms | ratio |", "| --- | --- | --- | --- |"]
    for name, turns in seconds.items():
        early, late = (statistics.median(s for t in span for s in turns[t]) * 1000 for span in (TENTH, HUNDREDTH))
        lines.append(f"| {name} | {early:.1f} | {late:.1f} | {late / early:.2f} |")
    return "\n".join(lines)


def main() -> None:
    os.environ.update(QUIET)
    quiet_warnings()
    prepare()
    print(table(asyncio.run(measure(ensure_model()))))


if __name__ == "__main__":
    main()
