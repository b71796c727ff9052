"""Refused requests in the log: what and how many, once a minute, nothing of what was in them."""

from __future__ import annotations

import pytest

from bot.channel.refusals import SECONDS, Refusals


def test_the_first_at_once_and_the_rest_by_the_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    refusals = Refusals(clock=lambda: now[0])
    for _ in range(1000):
        refusals.note("POST /chat/message", 429)
    refusals.note("POST /chat/message", 422)
    assert caplog.messages == [
        "1 refused with status 429 at POST /chat/message",
        "1 refused with status 422 at POST /chat/message",
    ]
    now[0] = SECONDS
    refusals.note("POST /chat/message", 429)
    assert caplog.messages[2:] == ["1000 refused with status 429 at POST /chat/message"]
