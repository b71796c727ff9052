"""Each change of bot/runtime/lean beside what Rasa does without it, on the trained model."""

from __future__ import annotations

import ast
import inspect
import itertools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from bot.runtime.in_process_actions import InProcessActions
from bot.runtime.lean import action_results, events, log_copies, rules, unknown_features
from bot.runtime.lean.graph import PlainGraphRunner
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


def test_a_plain_run_of_the_graph_gives_what_dask_gives(runners: tuple[Any, Any, Any]) -> None:
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER

    metadata, dask, plain = runners
    tracker = DialogueStateTracker.from_events("someone", [], metadata.domain.slots)
    for text in TEXTS:
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: tracker}
        parsed = [runner.run(inputs, [metadata.nlu_target])[metadata.nlu_target][0] for runner in (dask, plain)]
        assert parsed[0].as_dict(only_output_properties=True) == parsed[1].as_dict(only_output_properties=True)
        tracker.update(UserUttered(text, parsed[0].get("intent")), metadata.domain)
        decided = [
            runner.run({PLACEHOLDER_TRACKER: tracker}, [metadata.core_target])[metadata.core_target]
            for runner in (dask, plain)
        ]
        assert decided[0].probabilities == decided[1].probabilities
        assert decided[0].policy_name == decided[1].policy_name


def test_a_graph_without_its_inputs_fails_as_in_dask(runners: tuple[Any, Any, Any]) -> None:
    metadata, dask, plain = runners
    for runner in (dask, plain):
        with pytest.raises(GraphRunError):
            runner.run({}, [metadata.nlu_target])


def test_every_event_is_found_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Event, "resolve_by_type", staticmethod(events._resolve))
    for kind in all_subclasses(Event):
        for _ in range(2):
            assert Event.resolve_by_type(kind.type_name) is events._stock(kind.type_name)
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event"):
            Event.resolve_by_type("no such event")
        assert Event.resolve_by_type("no such event", UserUttered) is UserUttered
        assert Event.resolve_by_type("topic", UserUttered) is None


def test_only_results_of_other_processes_are_checked() -> None:
    wrong = {"events": "none", "responses": []}
    assert action_results._validate(RemoteAction("action_answer", InProcessActions()), wrong)
    elsewhere = RemoteAction("action_answer", EndpointConfig("http://127.0.0.1:9/webhook"))
    assert action_results._validate(elsewhere, {"events": [], "responses": []})
    with pytest.raises(ValidationError):
        action_results._validate(elsewhere, wrong)


@pytest.fixture
def policy(model: Path, tmp_path: Path) -> RulePolicy:
    """The rules of the model, loaded as `apply` lets them be."""
    storage, metadata = LocalModelStorage.from_model_archive(tmp_path, model)
    node = next(node for node in metadata.predict_schema.nodes.values() if node.uses is RulePolicy)
    config = {**RulePolicy.get_default_config(), **node.config}
    context = ExecutionContext(GraphSchema({}), "test")
    return rules._load(RulePolicy, config, storage, Resource(node.resource.name), context)


def test_rules_remembered_are_the_rules_that_hold(policy: RulePolicy) -> None:
    lookup, remembered = policy.lookup["rules"], policy._get_possible_keys
    assert len(lookup) > 50
    known = [state for key in lookup for state in policy._rule_key_to_state(key)]
    spoken = [{**state, "user": {"text": f"message {number}"}} for number, state in enumerate(known)]
    slotted = [{**state, "slots": {"dialogue_state": (1.0,)}} for state in known[:5]]
    some = known[::9] + spoken[::25] + slotted + [{}]
    conversations = [[*before, last] for before in ([], [{}], some[:3]) for last in known + spoken]
    conversations += [list(pair) for pair in itertools.product(some, repeat=2)]
    for states in [*conversations, *conversations]:
        assert remembered(lookup, states) == RulePolicy._get_possible_keys(policy, lookup, states)


def test_rules_want_what_they_want_without_remembering(policy: RulePolicy) -> None:
    domain = Domain.load(str(ROOT / "domain.yml"))
    for intent in [*domain.intents, "unforeseen"]:
        tracker = DialogueStateTracker.from_events("someone", [ActionExecuted("action_listen")], domain.slots)
        tracker.update(UserUttered("hello", {"name": intent, "confidence": 1.0}))
        for executed in ("action_answer", "action_listen", None):
            for text in (True, False):
                wanted = RulePolicy._find_action_from_rules(policy, tracker, domain, text)
                found = policy._find_action_from_rules(tracker, domain, text)
                assert (found[0], found[2]) == (wanted[0], wanted[2])
                assert found[1] == wanted[1] or found[0] is None
            if executed:
                tracker.update(ActionExecuted(executed))


def test_an_answer_of_the_rules_may_be_changed_by_who_got_it(policy: RulePolicy) -> None:
    states = policy._rule_key_to_state(next(iter(policy.lookup["rules"])))
    first = policy._get_possible_keys(policy.lookup["rules"], states)
    assert first
    first.clear()
    assert policy._get_possible_keys(policy.lookup["rules"], states)


def test_whether_a_domain_is_empty_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    domain = Domain.load(str(ROOT / "domain.yml"))
    assert not unknown_features._is_empty(domain)
    assert unknown_features._is_empty(Domain.empty())
    monkeypatch.setattr(unknown_features, "_stock", lambda _: pytest.fail("asked again"))
    assert not unknown_features._is_empty(domain)


@pytest.mark.parametrize("module", log_copies._MODULES)
def test_nothing_is_copied_there_but_for_the_log(module: Any) -> None:
    tree = ast.parse(inspect.getsource(module))
    logged = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug"
        for inner in ast.walk(node)
    }
    copies = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"]
    assert copies
    assert all(id(node) in logged for node in copies)


@pytest.mark.parametrize("without", ["", "packages"])
def test_what_serves_loads_no_tensorflow_unless_asked(without: str) -> None:
    code = (
        "from bot.settings import load_settings; from bot.runtime.changes import change_rasa;"
        "change_rasa(load_settings());"
        "import sys, rasa.core.run, rasa.core.agent;"
        "print(hasattr(sys.modules['tensorflow'], '__version__'))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={"JALON_RUNTIME_WITHOUT": without, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.stdout.strip() == str(bool(without)), done.stderr[-2000:]
