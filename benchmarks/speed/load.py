"""Clients that talk at once, each in conversations of its own, each message sent as soon as the last was answered."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TURNS = 8
Say = Callable[[str], Awaitable[bool]]
Open = Callable[[aiohttp.ClientSession, str], Awaitable[Say]]

# Eight turns each, all of which their bot understands.
MOODS = ("bonjour", "je suis triste", "oui", "salut", "génial", "tu es un robot ?", "tu es humain ?", "au revoir")
QUESTIONS = (
    "bonjour",
    "quels métiers après MSPC ?",
    "et ça dure combien de temps ?",
    "comment on y entre ?",
    "c'est quoi le bac pro microtechniques ?",
    "et que faire après ?",
    "c'est quel niveau ?",
    "merci beaucoup",
)


_ENDINGS = ("", " stp", " svp", " !", " ..", " ?")


def varied(text: str) -> str:
    """The text as one of hundreds would type it: nothing is gained by having answered it before."""
    words = (word.capitalize() if random.random() < 0.4 and word.islower() else word for word in text.split())
    return " ".join(words) + random.choice(_ENDINGS)


@dataclass
class Pass:
    """What some clients saw: the seconds that each reply took, in all how long, how many replies were wrong."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    wrong: int = 0


async def open_stock(http: aiohttp.ClientSession, url: str) -> Say:
    """A conversation with stock Rasa's REST channel."""
    sender = secrets.token_hex(16)

    async def say(text: str) -> bool:
        async with http.post(f"{url}/webhooks/rest/webhook", json={"sender": sender, "message": text}) as reply:
            return reply.status == 200 and bool(await reply.json())

    return say


async def open_jalon(http: aiohttp.ClientSession, url: str) -> Say:
    """A conversation with Jalon's web API."""
    async with http.post(f"{url}/chat/session", json={}) as reply:
        session = (await reply.json())["session"]

    async def say(text: str) -> bool:
        async with http.post(f"{url}/chat/message", json={"session": session, "text": text}) as reply:
            return reply.status == 200 and bool((await reply.json())["messages"])

    return say


async def open_floor(http: aiohttp.ClientSession, url: str) -> Say:
    """A conversation with the server that does nothing."""

    async def say(text: str) -> bool:
        async with http.post(f"{url}/message", json={"text": text}) as reply:
            return reply.status == 200 and bool(await reply.json())

    return say


def run(url: str, open_one: Open, texts: tuple[str, ...], clients: int, conversations: int) -> Pass:
    """`conversations` of all clients together, each of the texts in their order."""
    return asyncio.run(_run(url, open_one, texts, clients, conversations))


async def _run(url: str, open_one: Open, texts: tuple[str, ...], clients: int, conversations: int) -> Pass:
    seen, left = Pass(), iter(range(conversations))
    timeout = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:

        async def client() -> None:
            for _ in left:
                say = await open_one(http, url)
                for text in texts:
                    await _timed(say, varied(text), seen)

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        seen.wall = time.perf_counter() - start
    return seen


async def _timed(say: Say, text: str, seen: Pass) -> None:
    start = time.perf_counter()
    try:
        right: Any = await say(text)
    except (aiohttp.ClientError, asyncio.TimeoutError):
        right = False
    seen.seconds.append(time.perf_counter() - start)
    seen.wrong += not right
