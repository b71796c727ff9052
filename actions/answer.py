"""The action behind every message: tracker -> conversation -> responses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.normalize import tokenize
from bot.conversation import converse
from bot.dialogue.state import State
from bot.full_text_search import current_full_text_search
from bot.knowledge import current_world
from bot.review.store import Reason, reason_to_keep
from bot.understanding.rasa_reader import reading_of

STATE_SLOT = "dialogue_state"
_CHOOSE = "/choose"


class ActionAnswer(Action):
    """Answers the last message from the fiches, or says honestly why not."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the replies and keep the state of the dialogue."""
        state = State.from_json(tracker.get_slot(STATE_SLOT))
        reading = reading_of(tracker.latest_message)
        reading = replace(reading, tap=reading.tap or _button_typed(reading.words, tracker.events))
        turn = converse(reading, state, current_world(), current_full_text_search().find)
        for reply in turn.replies:
            review = reason_to_keep(reading.intent, reply.outcome.value, state.offer.asks and bool(state.offer.refs))
            utter(dispatcher, reply, turn.rule, review)
        # The turn ends here: without that, the rules are asked, to say the same.
        return [SlotSet(STATE_SLOT, turn.state.as_json()), FollowupAction("action_listen")]


def _button_typed(typed: Sequence[str], events: Sequence[dict[str, Any]]) -> Ask | None:
    """The question of the button just shown whose title is typed, or None; none either where two buttons share it."""
    asks = set[Ask]()
    turns = 0
    for event in reversed(events):
        turns += event.get("event") == "user"
        if turns > 1 or not typed:
            break
        for button in (event.get("data") or {}).get("buttons") or () if event.get("event") == "bot" else ():
            if [token.text for token in tokenize(button["title"])] == list(typed):
                asks.add(Ask.from_json(json.loads(button["payload"].removeprefix(_CHOOSE))["choice"]))
    return asks.pop() if len(asks) == 1 else None


def utter(dispatcher: CollectingDispatcher, reply: Reply, rule: str, review: Reason | None = None) -> None:
    """Send one reply: its response, values and choices, its `answer` for machines, its rule, why to review it."""
    dispatcher.utter_message(
        response=reply.response,
        values=reply.values,
        choices=[_choice(choice) for choice in reply.choices],
        json_message={"answer": reply.answer(), "rule": rule, "review": review.value if review else None},
    )


def _choice(choice: Choice) -> dict[str, Any]:
    payload = _CHOOSE + json.dumps({"choice": choice.ask.as_json()}, ensure_ascii=False, separators=(",", ":"))
    return {"response": choice.response, "values": choice.values, "payload": payload}
