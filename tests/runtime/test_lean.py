"""What JALON_RUNTIME=lean changes gives what Rasa gives without it, on the trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runtime import lean
from bot.runtime.lean import PlainGraphRunner, is_empty_remembered
from bot.settings import ROOT

TEXTS = ("bonjour", "quels métiers après MSPC ?", "et la durée ?", "")


@pytest.fixture(autouse=True)
def _over_the_seeds(seeds_store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_DATABASE_URL", seeds_store)


@pytest.fixture(scope="module")
def runners(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, DaskGraphRunner, PlainGraphRunner]:
    """The metadata of the model, and the model in both runners."""
    loaded = [
        load_predict_graph_runner(tmp_path_factory.mktemp("unpacked"), model, LocalModelStorage, runner)
        for runner in (DaskGraphRunner, PlainGraphRunner)
    ]
    return loaded[0][0], loaded[0][1], loaded[1][1]


def test_both_runners_read_and_decide_alike(runners: tuple[Any, Any, Any]) -> None:
    metadata, dask, plain = runners
    tracker = DialogueStateTracker.from_events("someone", [], metadata.domain.slots)
    for text in TEXTS:
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: tracker}
        parsed = [runner.run(inputs, [metadata.nlu_target])[metadata.nlu_target][0] for runner in (dask, plain)]
        assert parsed[0].as_dict(only_output_properties=True) == parsed[1].as_dict(only_output_properties=True)
        tracker.update(UserUttered(text, parsed[0].get("intent")), metadata.domain)
        inputs = {PLACEHOLDER_TRACKER: tracker}
        decided = [runner.run(inputs, [metadata.core_target])[metadata.core_target] for runner in (dask, plain)]
        assert decided[0].probabilities == decided[1].probabilities
        assert decided[0].policy_name == decided[1].policy_name


def test_a_graph_without_its_inputs_fails_in_both(runners: tuple[Any, Any, Any]) -> None:
    metadata, dask, plain = runners
    for runner in (dask, plain):
        with pytest.raises(GraphRunError):
            runner.run({}, [metadata.nlu_target])


def test_whether_a_domain_is_empty_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    domain = Domain.load(str(ROOT / "domain.yml"))
    assert not is_empty_remembered(domain)
    assert is_empty_remembered(Domain.empty())
    monkeypatch.setattr(lean, "_is_empty", lambda _: pytest.fail("asked again"))
    assert not is_empty_remembered(domain)
