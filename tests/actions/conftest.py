"""A Rasa agent with the trained model over the seeds, its actions in this process, its conversations in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.runtime.in_process_actions import InProcessActions
from bot.runtime.logs import quiet_logs
from bot.runtime.nlg import JinjaNaturalLanguageGenerator
from bot.settings import ROOT


@pytest.fixture(autouse=True)
def _over_the_seeds(seeds_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", seeds_store)


@pytest.fixture(scope="session")
def agent(model: Path) -> Agent:
    """The agent as `bot.runtime.server` puts it together."""
    quiet_logs()
    domain = Domain.load(str(ROOT / "domain.yml"))
    agent = Agent(
        domain=domain,
        generator=JinjaNaturalLanguageGenerator(None, domain),
        tracker_store=InMemoryTrackerStore(domain),
        action_endpoint=InProcessActions(),
    )
    agent.load_model(model)
    return agent
