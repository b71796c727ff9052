"""The seam to the review of questions that were not answered well: what the channel tells it, and when.

Called in a thread, so that it may wait for a database. What it keeps of a conversation must be redacted, and must
go with `forget`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exchange:
    """One message of a reply: the question as it was typed ("" for a choice), how it ended, what was asked."""

    question: str
    outcome: str
    facets: tuple[str, ...]


def replied(conversation: str, exchange: Exchange) -> None:
    """A message was given in reply; called once for each before it is sent."""


def rated(conversation: str, exchange: Exchange, useful: bool, reason: str | None) -> None:
    """A message was rated; `reason` is as it was typed, 300 characters at most, and may hold personal data."""


def forget(conversation: str) -> None:
    """The conversation was erased: nothing that came from it may stay."""
