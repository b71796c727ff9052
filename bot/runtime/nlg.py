"""Words the replies: responses of domain.yml as Jinja templates, with the values that the actions give."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


class Markdown(str):
    """Text that is Markdown already and goes out as it is."""


def escape(value: Any) -> str:
    """A value as Markdown that shows it to the letter."""
    return value if isinstance(value, Markdown) else _MARKDOWN.sub(r"\\\1", str(value))


def responses_environment(responses: dict[str, list[dict[str, Any]]]) -> SandboxedEnvironment:
    """The templates of a domain; several texts of one response are alternatives, chosen by `variant`."""
    sources = {
        name if number == 0 else f"{name}#{number}": str(variation.get("text", ""))
        for name, variations in responses.items()
        for number, variation in enumerate(variations)
    }
    environment = SandboxedEnvironment(
        loader=DictLoader(sources),
        undefined=StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters["markdown"] = Markdown
    return environment


class JinjaNaturalLanguageGenerator(TemplatedNaturalLanguageGenerator):
    """Rasa's generator of responses, with Jinja in place of format strings, so that plurals stay with the words."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)

    @property
    def responses(self) -> dict[str, list[dict[str, Any]]]:
        """The responses of the domain; Rasa sets them once the model, and with it the domain, is loaded."""
        return self._responses

    @responses.setter
    def responses(self, responses: dict[str, list[dict[str, Any]]]) -> None:
        self._responses = responses
        self._environment = responses_environment(responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message for a response: text, buttons; None when the domain has no such response."""
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
        """The text of a response; raises jinja2.TemplateError when a template and its values do not fit."""
        count = len(self._responses[response])
        variant = int(values.get("variant", 0)) % count
        template = self._environment.get_template(response if variant == 0 else f"{response}#{variant}")
        text = template.render(values)
        return re.sub(r"\n{3,}", "\n\n", text).strip()
