"""Converts reviewed questions to training phrases with annotated names, in data/nlu/reviewed.yml (format of Rasa)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from bot.catalogue.normalize import tokenize
from bot.catalogue.resolver import Resolver
from bot.review.redact import plain, redact

_PLACEHOLDER = re.compile(r"<[A-Z_]+>")
_SYNTAX = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "|": " "})


class PhraseRefused(Exception):
    """Raised when a phrase cannot be used for training. The message says why and what to do."""


def annotated(text: str, resolver: Resolver) -> str:
    """Return `text` as a training phrase on one line, with the names of the catalogue annotated.

    Other characters with a meaning in Rasa's format are replaced.
    """
    phrase = plain(text.translate(_SYNTAX)).lstrip("-/# ")
    pieces, at = [], 0
    for mention in resolver.resolve(phrase):
        if mention.known and mention.words:
            entity = "formation" if mention.formations else "job"
            pieces += [phrase[at : mention.start], f"[{phrase[mention.start : mention.end]}]({entity})"]
            at = mention.end
    return "".join([*pieces, phrase[at:]])


def add_phrase(file: Path, intent: str, phrase: str) -> bool:
    """Add `phrase` to the phrases of `intent` in `file`. Return False if it is already there.

    The file is created if it does not exist, and replaced atomically. Raises PhraseRefused if the phrase contains
    personal data, has no word, or belongs to another intent in the file.
    """
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", phrase)
    if _PLACEHOLDER.search(bare) or redact(bare) != bare:
        raise PhraseRefused(f'it holds personal data ("{redact(bare)}"): write the phrase without it, with --text "…"')
    if not tokenize(bare):
        raise PhraseRefused('it has no word: write one with --text "…"')
    phrases = _read(file)
    told = {_key(known): name for name, examples in phrases.items() for known in examples}
    other = told.get(_key(phrase))
    if other == intent:
        return False
    if other is not None:
        raise PhraseRefused(f"{file.name} holds it already, under {other}: remove it there first")
    phrases.setdefault(intent, []).append(phrase)
    _write(file, phrases)
    return True


def _key(phrase: str) -> str:
    return " ".join(token.text for token in tokenize(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", phrase)))


def _read(file: Path) -> dict[str, list[str]]:
    if not file.exists():
        return {}
    try:
        blocks = yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"] or []
        return {
            block["intent"]: [line.removeprefix("- ") for line in block["examples"].splitlines() if line.strip()]
            for block in blocks
        }
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise PhraseRefused(f"{file} is no file of training phrases: mend or remove it") from error


def _write(file: Path, phrases: Mapping[str, list[str]]) -> None:
    lines = ["# Reviewed questions, written by: python -m bot review export-phrase", 'version: "3.1"', "", "nlu:"]
    for intent in sorted(phrases):
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {phrase}" for phrase in phrases[intent])]
    draft = file.with_suffix(".tmp")
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(draft, file)
