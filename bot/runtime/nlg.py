"""Rasa's response generator. It fills the responses of domain.yml by means of bot/wording.py."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.wording import Responses, Wording


class JinjaNaturalLanguageGenerator(TemplatedNaturalLanguageGenerator):
    """A Rasa response generator with Jinja templates, so that plurals and agreements stay in domain.yml."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)

    @property
    def responses(self) -> Responses:
        """The responses of the domain. Rasa sets them after it has loaded the model, which contains the domain."""
        return self._responses

    @responses.setter
    def responses(self, responses: Responses) -> None:
        self._responses = responses
        self._wording = Wording(responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return the message for the response `utter_action`: its text and buttons. None if there is no such response.

        `values` in `kwargs` fill the template. `choices` in `kwargs` become buttons; each has a response,
        values and a payload.
        """
        if utter_action not in self._responses:
            return None
        message: dict[str, Any] = {"text": self.word(utter_action, kwargs.get("values") or {})}
        buttons = [
            {"title": self.word(choice["response"], choice["values"]), "payload": choice["payload"]}
            for choice in kwargs.get("choices") or []
        ]
        if buttons:
            message["buttons"] = buttons
        return message

    def word(self, response: str, values: dict[str, Any]) -> str:
        """Return the text of a response with these values; raises jinja2.TemplateError if a value is missing."""
        return self._wording.word(response, values)
