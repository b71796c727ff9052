"""What is typed loses what only hides or turns other characters, and keeps what writing needs."""

from __future__ import annotations

import pytest

from bot.catalogue.normalize import fold, tokenize
from bot.channel.requests import BadRequest, MessageRequest, parse


def typed(text: str) -> str:
    request = parse(MessageRequest, {"session": "s", "text": text})
    return str(request.text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("durée \u202edu CAP\u202c", "durée du CAP"),
        ("CAP\U000e0041\U000e007f fleuriste", "CAP fleuriste"),
        ("\ufeffdu\u00adrée\u2060", "durée"),
        ("\u2066/restart\u2069", "/restart"),
        ("👩\u200d🔧 et ❤\ufe0f", "👩\u200d🔧 et ❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_format_characters_go_but_joiners_and_selectors_stay(text: str, kept: str) -> None:
    assert typed(text) == kept


@pytest.mark.parametrize("text", ["\u202e", " \u200b\u2060 ", "\U000e0041"])
def test_nothing_but_format_characters_is_no_text(text: str) -> None:
    with pytest.raises(BadRequest):
        typed(text)


def test_a_joiner_parts_no_word() -> None:
    assert fold("mou\u200drir") == "mourir"
    assert [token.text for token in tokenize("je veux mou\u200cri\u200dr")] == ["je", "veux", "mourir"]
