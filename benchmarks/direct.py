"""Our NLU called directly, without Rasa around it, whole and with one of its parts left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path

from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask
from bot.nlu.understanding import Phrase, Understanding
from bot.understanding.intents import FACETS_OF_INTENT


class Variant(str, Enum):
    """What is left out."""

    WHOLE = "whole"
    ONE_MODEL = "one_model"
    NO_MASKING = "no_masking"
    ONLY_MASKED = "only_masked"


def train(variant: Variant, data: Path, folder: Path) -> None:
    """Train as bot/nlu/question_classifier.py does but for the part left out; the model goes into `folder`."""
    masked, in_the_open = _phrases(data)
    if variant is Variant.NO_MASKING:
        plain = [phrase for phrase in masked if MASK_FORMATION not in phrase[0] and MASK_JOB not in phrase[0]]
        masked, in_the_open = [*plain, *in_the_open], []
    elif variant is Variant.ONLY_MASKED:
        in_the_open = []
    Understanding.train(masked, in_the_open).save(folder)


class Reader:
    """Reads messages with a trained model and the live catalogue."""

    def __init__(self, variant: Variant, folder: Path) -> None:
        self._variant = variant
        self._understanding = Understanding.load(folder)

    def read(self, text: str) -> tuple[str, Sequence[str]]:
        """The intent of a message and the facets it asks."""
        from bot.knowledge import current_world

        mentions = current_world().resolver.resolve(text)
        if self._variant is Variant.NO_MASKING:
            mentions = [replace(mention, words=()) for mention in mentions]
        understood = self._understanding.read(text, mentions)
        one = self._variant is Variant.ONE_MODEL
        return understood.intent, FACETS_OF_INTENT.get(understood.intent, ()) if one else understood.facets


def _phrases(data: Path) -> tuple[list[Phrase], list[Phrase]]:
    """The training phrases with their names masked, and those that have names, as they stand."""
    from rasa.shared.nlu.training_data.loading import load_data

    masked: list[Phrase] = []
    in_the_open: list[Phrase] = []
    for message in load_data(str(data)).intent_examples:
        text, intent = message.get("text"), message.get("intent")
        spans = [
            (e["start"], e["end"], MASK_JOB if e["entity"] == "job" else MASK_FORMATION)
            for e in message.get("entities", [])
        ]
        masked.append((mask(text, spans), intent))
        if spans:
            in_the_open.append((text, intent))
    return masked, in_the_open
