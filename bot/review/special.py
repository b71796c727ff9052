"""Recognises questions that must not be kept: those with words on health, religion or orientation (special.toml)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import tomli

from bot.catalogue.normalize import expand_sms, tokenize

_TABLE = Path(__file__).with_name("special.toml")
_KINDS = ("health", "religion", "orientation")


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    table = tomli.loads(_TABLE.read_text(encoding="utf-8"))
    return re.compile(rf"\b(?:{'|'.join(word for kind in _KINDS for word in table[kind])})\b")


def is_special(text: str) -> bool:
    """Return whether a text contains a word about data that article 9 of the GDPR protects."""
    return bool(_words().search(" ".join(expand_sms(token.text) for token in tokenize(text))))
