"""A Rasa policy for rules with one intent and one action, which it keeps in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import rasa.shared.utils.io
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    RULE_SNIPPET_ACTION_NAME,
    USER_INTENT_BACK,
    USER_INTENT_RESTART,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

_FILE = "actions_of_intents.json"
# Commands that Rasa offers in every assistant: `/restart` and `/back`, typed in `rasa shell`.
_DEFAULTS = {USER_INTENT_RESTART: "action_restart", USER_INTENT_BACK: "action_back"}


class RuleTooLong(RasaException):
    """Raised when a rule of data/rules has more than one intent and one action."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class OneStepPolicy(Policy):
    """Runs the action that the rules give for the intent of the message, then listens.

    Rasa's RulePolicy compares the whole conversation with every rule, twice for each action, which takes a tenth of
    the processor time of a message. Our rules only depend on the last message.
    """

    def __init__(self, *args: Any, actions: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._actions = actions or {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default configuration. `fallback_action` is the action for an intent without a rule."""
        return {"priority": 1, "fallback_action": "action_answer"}

    @staticmethod
    def supported_data() -> SupportedData:
        """Return that the policy learns only from rules. Stories are tests."""
        return SupportedData.RULE_DATA

    def train(self, training_trackers: Sequence[DialogueStateTracker], domain: Domain, **kwargs: Any) -> Resource:
        """Store the action of each intent that has a rule; raises RuleTooLong."""
        for tracker in training_trackers:
            if tracker.is_rule_tracker:
                intent, action = _only_step(tracker)
                self._actions[intent] = action
        with self._model_storage.write_to(self._resource) as folder:
            rasa.shared.utils.io.dump_obj_as_json_to_file(folder / _FILE, self._actions)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OneStepPolicy:
        """Return the trained policy."""
        with model_storage.read_from(resource) as folder:
            actions = rasa.shared.utils.io.read_json_file(folder / _FILE)
        return cls(config, model_storage, resource, execution_context, actions=actions)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the action for the last message's intent or, after that action, `action_listen`."""
        action = ACTION_LISTEN_NAME
        if tracker.latest_action_name == ACTION_LISTEN_NAME and tracker.latest_message is not None:
            intent = tracker.latest_message.intent.get("name") or ""
            action = self._actions.get(intent) or _DEFAULTS.get(intent) or self.config["fallback_action"]
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=action == ACTION_LISTEN_NAME)


def _only_step(tracker: DialogueStateTracker) -> tuple[str, str]:
    """Return the intent and the action of a rule; raises RuleTooLong if it has others."""
    intents = [event.intent_name for event in tracker.events if isinstance(event, UserUttered)]
    actions = [
        event.action_name
        for event in tracker.events
        if isinstance(event, ActionExecuted) and event.action_name not in (ACTION_LISTEN_NAME, RULE_SNIPPET_ACTION_NAME)
    ]
    if len(intents) != 1 or len(actions) != 1 or not intents[0]:
        raise RuleTooLong(
            f"The rule «{tracker.sender_id}» has the intents {intents} and the actions {actions}: "
            "a rule of data/rules is one intent and the action that answers it."
        )
    return intents[0], actions[0]
