"""The action behind every question: tracker -> dialogue -> responses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.catalogue.answers import Choice, Reply
from bot.dialogue import State, Turn, decide
from bot.dialogue.proposals import propose, theme_of
from bot.full_text_search import current_full_text_search
from bot.knowledge import current_knowledge
from bot.reading import Reading
from bot.review.store import Reason, reason_to_keep

STATE_SLOT = "dialogue_state"


class ActionAnswer(Action):
    """Answers the last message from the fiches, or says honestly why not."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the replies and keep the state of the dialogue."""
        state = State.from_json(tracker.get_slot(STATE_SLOT))
        reading = Reading.from_parse(tracker.latest_message)
        replies, after = _answer(reading, state)
        for reply in replies:
            utter(dispatcher, reply, reason_to_keep(reading.intent, reply.outcome.value, bool(state.candidates)))
        # The turn ends here: without that, the rules are asked, to say the same.
        return [SlotSet(STATE_SLOT, after.as_json()), FollowupAction("action_listen")]


def _answer(reading: Reading, state: State) -> Turn:
    """The turn that the dialogue decides or, where that leaves a theme without fiches, what their texts propose."""
    knowledge = current_knowledge()
    turn = decide(reading, state, knowledge)
    theme = theme_of(reading, state, turn)
    found = current_full_text_search().find(theme.words) if theme else None
    if theme is None or found is None:
        return turn
    return propose(theme, *found, replace(state, formal=turn[1].formal), knowledge) or turn


def utter(dispatcher: CollectingDispatcher, reply: Reply, review: Reason | None = None) -> None:
    """Send one reply: its response, its values, its choices, its `answer` for machines, why to review it."""
    dispatcher.utter_message(
        response=reply.response,
        values=reply.values,
        choices=[_choice(choice) for choice in reply.choices],
        json_message={"answer": reply.answer(), "review": review.value if review else None},
    )


def _choice(choice: Choice) -> dict[str, Any]:
    payload = "/choose" + json.dumps({"choice": choice.ask.as_json()}, ensure_ascii=False, separators=(",", ":"))
    return {"response": choice.response, "values": choice.values, "payload": payload}
