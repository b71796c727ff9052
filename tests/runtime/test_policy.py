"""The policy learns an action for each intent from the rules, and says what is wrong with a longer rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.policies.policy import SupportedData
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.loading import load_data_from_files
from rasa.shared.core.training_data.structures import StoryGraph

from bot.runtime.policy import OneStepPolicy, RuleTooLong
from bot.settings import ROOT

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet, leave, other]
actions: [action_answer, action_wave]
"""
)
CONTEXT = ExecutionContext(GraphSchema({}), "test")
RULES = """
version: "3.1"
rules:
  - rule: greeting
    steps:
      - intent: greet
      - action: action_wave
  - rule: the rest
    steps:
      - or:
          - intent: leave
          - intent: other
      - action: action_answer
"""


def trained(rules: str, folder: Path) -> OneStepPolicy:
    """The policy that learnt `rules`, kept in `folder` and loaded again."""
    file = folder / "rules.yml"
    file.write_text(rules, encoding="utf-8")
    graph = StoryGraph(load_data_from_files([str(file)], DOMAIN))
    trackers = TrainingDataGenerator(graph, DOMAIN, augmentation_factor=0).generate()
    (folder / "model").mkdir()
    storage = LocalModelStorage.create(folder / "model")
    config = OneStepPolicy.get_default_config()
    resource = OneStepPolicy.create(config, storage, Resource("policy"), CONTEXT).train(trackers, DOMAIN)
    return OneStepPolicy.load(config, storage, resource, CONTEXT)


def action(policy: OneStepPolicy, *events: object) -> str:
    """What the policy wants after `events` of a conversation that has begun."""
    tracker = DialogueStateTracker.from_events("someone", [ActionExecuted("action_listen"), *events])
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    assert sum(prediction.probabilities) == 1.0
    return str(DOMAIN.action_names_or_texts[prediction.max_confidence_index])


def said(intent: str) -> UserUttered:
    return UserUttered("…", {"name": intent, "confidence": 1.0})


def test_each_intent_has_the_action_of_its_rule(tmp_path: Path) -> None:
    policy = trained(RULES, tmp_path)
    assert [action(policy, said(intent)) for intent in ("greet", "leave", "other")] == [
        "action_wave",
        "action_answer",
        "action_answer",
    ]


def test_an_intent_without_a_rule_and_no_intent_at_all_have_the_fallback_action(tmp_path: Path) -> None:
    policy = trained(RULES, tmp_path)
    assert action(policy, said("unforeseen")) == action(policy, UserUttered("…")) == "action_answer"


def test_after_an_action_it_listens(tmp_path: Path) -> None:
    assert action(trained(RULES, tmp_path), said("greet"), ActionExecuted("action_wave")) == "action_listen"


def test_restart_and_back_are_rasas_own(tmp_path: Path) -> None:
    policy = trained(RULES, tmp_path)
    assert action(policy, said("restart")) == "action_restart"
    assert action(policy, said("back")) == "action_back"


@pytest.mark.parametrize(
    "steps",
    [
        ["intent: greet", "action: action_wave", "action: action_answer"],
        ["intent: greet", "action: action_wave", "intent: leave", "action: action_answer"],
    ],
)
def test_a_rule_of_several_steps_is_refused_by_its_name(steps: list[str], tmp_path: Path) -> None:
    lines = "".join(f"\n      - {step}" for step in steps)
    with pytest.raises(RuleTooLong, match="a long rule"):
        trained(f'version: "3.1"\nrules:\n  - rule: a long rule\n    steps:{lines}\n', tmp_path)


def test_it_learns_from_rules_and_every_intent_of_the_domain_has_one() -> None:
    assert OneStepPolicy.supported_data() is SupportedData.RULE_DATA
    domain = Domain.load(str(ROOT / "domain.yml"))
    steps = load_data_from_files([str(path) for path in (ROOT / "data" / "rules").glob("*.yml")], domain)
    told = {event.intent_name for step in steps for event in step.events if isinstance(event, UserUttered)}
    own = set(domain.intents) - {"restart", "back", "out_of_scope", "session_start", "nlu_fallback"}
    assert own <= told
