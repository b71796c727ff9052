"""What the rules say of the last states of a conversation is remembered: Rasa tries all rules for each action."""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import USER
from rasa.shared.nlu.constants import TEXT

State = dict[str, dict[str, Any]]

_stock = RulePolicy.load.__func__
_MOST_ANSWERS = 4096


class RememberedRules:
    """Stands for `_get_possible_keys` of a policy that was loaded: its rules do not change any more."""

    def __init__(self, policy: RulePolicy) -> None:
        self._ask = policy._get_possible_keys
        rules = [
            policy._rule_key_to_state(key) for lookup in policy.lookup.values() for key in lookup if key[:1] == "["
        ]
        # No rule looks further back.
        self._depth = max(map(len, rules), default=0)
        self._texts = any(TEXT in state.get(USER, {}) for rule in rules for state in rule)
        self._answers: dict[tuple[int, str], frozenset[str]] = {}

    def __call__(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules of `lookup` that hold in `states`."""
        seen = states[-self._depth :] if self._depth else []
        if not self._texts:
            seen = [_without_text(state) for state in seen]
        # Which of the policy's tables it is, and all that its rules may see.
        question = id(lookup), json.dumps([len(states) < self._depth, seen], sort_keys=True)
        answer = self._answers.get(question)
        if answer is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[question] = frozenset(self._ask(lookup, states))
        return set(answer)


def apply() -> None:
    """Let policies that are loaded from now on remember."""
    RulePolicy.load = classmethod(_load)


def _load(cls: type[RulePolicy], /, *args: Any, **kwargs: Any) -> RulePolicy:
    policy = _stock(cls, *args, **kwargs)
    policy._get_possible_keys = RememberedRules(policy)
    return policy


def _without_text(state: State) -> State:
    user = state.get(USER)
    return {**state, USER: {key: value for key, value in user.items() if key != TEXT}} if user else state
