"""What an action of this process returns is taken as it is; what comes from elsewhere is still checked."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.runtime import in_process_actions
from bot.runtime.in_process_actions import InProcessActions, trust_own_results

WRONG = {"events": "none", "responses": []}


def test_only_results_of_other_processes_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", in_process_actions._validate_by_schema)
    trust_own_results()
    assert RemoteAction("action_answer", InProcessActions())._validate_action_result(WRONG)
    elsewhere = RemoteAction("action_answer", EndpointConfig("http://127.0.0.1:9/webhook"))
    assert elsewhere._validate_action_result({"events": [], "responses": []})
    with pytest.raises(ValidationError):
        elsewhere._validate_action_result(WRONG)
