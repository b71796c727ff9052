"""Words the replies: responses of domain.yml as Jinja templates, with the values that the actions give. No Rasa."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import DictLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

Responses = dict[str, list[dict[str, Any]]]

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~])")


class Markdown(str):
    """Text that is Markdown already and goes out as it is."""


def escape(value: Any) -> str:
    """A value as Markdown that shows it to the letter."""
    return value if isinstance(value, Markdown) else _MARKDOWN.sub(r"\\\1", str(value))


def responses_environment(responses: Responses) -> SandboxedEnvironment:
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
    environment.globals |= {"vous": False, "child": False}
    return environment


class Wording:
    """The responses of one domain, ready to be worded."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses
        self._environment = responses_environment(responses)

    def word(self, response: str, values: dict[str, Any]) -> str:
        """The text of a response; raises jinja2.TemplateError when a template and its values do not fit."""
        count = len(self._responses[response])
        variant = int(values.get("variant", 0)) % count
        template = self._environment.get_template(response if variant == 0 else f"{response}#{variant}")
        text = template.render(values)
        return re.sub(r"\n{3,}", "\n\n", text).strip()
