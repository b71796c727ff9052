"""The actions run in the server's own process: no second process to start, no HTTP hop, no silent failure.

Stands where Rasa expects the endpoint of an action server; the same classes run under `rasa run actions`.
"""

from __future__ import annotations

from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """An action endpoint whose request runs the action here."""

    def __init__(self, package: str = "actions") -> None:
        # The domain is not sent along: no action of ours reads it.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run the action that Rasa would post to an action server; returns its events and responses."""
        return await self._executor.run(kwargs["json"])
