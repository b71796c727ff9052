"""Remembers which rules apply to which states; Rasa tries all rules twice for each action."""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT

State = dict[str, dict[str, Any]]

_stock = RulePolicy.load.__func__
_MOST_ANSWERS = 4096


class RememberedRules:
    """Replaces two methods of a loaded rule policy by versions that remember their results: its rules are fixed."""

    def __init__(self, policy: RulePolicy) -> None:
        self._possible = policy._get_possible_keys
        self._action = policy._find_action_from_rules
        rules = [
            policy._rule_key_to_state(key) for lookup in policy.lookup.values() for key in lookup if key[:1] == "["
        ]
        # The most states that a rule looks at.
        self._depth = max(map(len, rules), default=0)
        # If every rule requires an intent, none can apply when Rasa looks at the text alone.
        self._intents = all(INTENT in rule[-1].get(USER, {}) and TEXT not in rule[-1][USER] for rule in rules)
        self._answers: dict[tuple[int, str], frozenset[str]] = {}

    def possible(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The keys of the rules in `lookup` that apply to `states`, as `RulePolicy._get_possible_keys` gives them."""
        seen = states[-self._depth :] if self._depth else []
        # The key: which lookup table, and everything that its rules can see.
        question = id(lookup), json.dumps([len(states) < self._depth, seen], sort_keys=True)
        answer = self._answers.get(question)
        if answer is None:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[question] = frozenset(self._possible(lookup, states))
        return set(answer)

    def action(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """What `RulePolicy._find_action_from_rules` returns; skipped where no rule can match a text."""
        if use_text_for_last_user_input and self._intents and not tracker.active_loop_name:
            return None, None, False
        found: tuple[str | None, str | None, bool] = self._action(tracker, domain, use_text_for_last_user_input)
        return found


def apply() -> None:
    """Make rule policies that are loaded from now on remember their results."""
    RulePolicy.load = classmethod(_load)


def _load(cls: type[RulePolicy], /, *args: Any, **kwargs: Any) -> RulePolicy:
    policy = _stock(cls, *args, **kwargs)
    rules = RememberedRules(policy)
    policy._get_possible_keys, policy._find_action_from_rules = rules.possible, rules.action
    return policy
