"""Runs the actions in the server's own process, without an action server and its HTTP requests.

It replaces Rasa's endpoint for an action server. The same action classes also run with `rasa run actions`.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from bot.settings import patient

# Time limit of an action, which normally takes milliseconds. If it is exceeded, the message is refused.
ACTION_SECONDS = 2.0
# How many actions can run, or hang, at the same time.
_THREADS = 32


class InProcessActions(EndpointConfig):
    """An action endpoint that runs actions in threads of this process instead of sending requests."""

    def __init__(self, package: str = "actions") -> None:
        # With this option the domain is not sent to the actions, which do not read it.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="action")
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        for name, run in self._executor.actions.items():
            if not inspect.iscoroutinefunction(run):
                self._executor.actions[name] = functools.partial(self._in_thread, run)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run the action call in `json`, which Rasa would post, and return its events and responses.

        Raises asyncio.TimeoutError after ACTION_SECONDS.
        """
        return await asyncio.wait_for(self._executor.run(kwargs["json"]), patient(ACTION_SECONDS))

    async def _in_thread(self, run: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, run, *arguments)


_validate_by_schema = RemoteAction._validate_action_result


def trust_own_results() -> None:
    """Make Rasa accept the results of actions in this process without validation.

    Rasa otherwise reads a JSON schema again for each result, which takes 30 ms.
    """
    RemoteAction._validate_action_result = _validate


def _validate(self: RemoteAction, result: dict[str, Any]) -> bool:
    return isinstance(self.action_endpoint, InProcessActions) or _validate_by_schema(self, result)
