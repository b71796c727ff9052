"""Runs the bot in the terminal, in one conversation. The user chooses by number or in words."""

from __future__ import annotations

import asyncio
import os
import secrets
import textwrap
from pathlib import Path

from bot.runtime.environment import prepare
from bot.runtime.logs import quiet_logs, quiet_warnings
from bot.runtime.model import QUIET
from bot.settings import Settings

_WIDTH = 88


def chat(model: Path, settings: Settings) -> None:
    """Hold a conversation in the terminal until Ctrl-D or Ctrl-C."""
    os.environ.update(QUIET)
    quiet_warnings()
    prepare(serving=True)
    try:
        asyncio.run(_talk(model, settings))
    except (EOFError, KeyboardInterrupt):
        print()


async def _talk(model: Path, settings: Settings) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from bot.runtime.in_process_actions import InProcessActions
    from bot.runtime.lean import make_lean

    if settings.runtime == "lean":
        make_lean()
    quiet_logs()
    endpoints = AvailableEndpoints(
        action=InProcessActions(), nlg=EndpointConfig(type="bot.runtime.nlg.JinjaNaturalLanguageGenerator")
    )
    agent = await load_agent(str(model), endpoints=endpoints)
    conversation = secrets.token_hex(8)
    payloads: list[str] = []
    _show(agent.processor.nlg.word("greeting", {}))
    while True:
        typed = (await asyncio.to_thread(input, "\n> ")).strip()
        if not typed:
            continue
        chosen = payloads[int(typed) - 1] if typed.isdigit() and 0 < int(typed) <= len(payloads) else None
        channel = CollectingOutputChannel()
        await agent.handle_message(UserMessage(chosen or typed.lstrip("/"), channel, conversation))
        payloads = []
        for message in channel.messages:
            _show(message.get("text", ""))
            for button in message.get("buttons", []):
                payloads.append(button["payload"])
                print(f"  [{len(payloads)}] {button['title']}")


def _show(text: str) -> None:
    print()
    for line in text.splitlines():
        print("\n".join(textwrap.wrap(line, _WIDTH)) or "")
