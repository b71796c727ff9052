"""The Rasa component that reads messages: it sets the reading, and from it the intent and the entities."""

from __future__ import annotations

import logging
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
    TEXT_TOKENS,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.catalogue.answers import Ask
from bot.knowledge import current_world
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask
from bot.nlu.understanding import Understanding
from bot.understanding.intents import act_of, topics_of_intent
from bot.understanding.reader import Reader
from bot.understanding.reading import Name, Reading

logger = logging.getLogger(__name__)

READING = "reading"
_WORD = re.compile(r"\w+")


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class MessageReader(GraphComponent, IntentClassifier, EntityExtractorMixin):
    """Sets `reading`, `intent`, `intent_ranking` and the entities `formation` and `job` of a message.

    It sets the words as tokens too: `rasa test nlu` compares entities word by word.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        understanding: Understanding | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._reader = Reader(understanding) if understanding else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageReader:
        """Create an untrained component; the catalogue is read at the first message, not here."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the training phrases, with their annotated names masked."""
        masked, in_the_open = [], []
        for message in training_data.intent_examples:
            spans = [
                (e[ENTITY_ATTRIBUTE_START], e[ENTITY_ATTRIBUTE_END], _mask_of(e[ENTITY_ATTRIBUTE_TYPE]))
                for e in message.get(ENTITIES, [])
            ]
            text, intent = message.get(TEXT), message.get(INTENT)
            masked.append((mask(text, spans), intent))
            if spans:
                in_the_open.append((text, intent))
        understanding = Understanding.train(masked, in_the_open)
        self._reader = Reader(understanding)
        with self._model_storage.write_to(self._resource) as folder:
            understanding.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageReader:
        """Load the trained component; an untrained one, with a warning, if its files are missing."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, Understanding.load(folder))
        except (ValueError, FileNotFoundError):
            logger.warning("%s was not trained: every message will be a fallback.", cls.__name__)
            return cls(config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message; every fiche in the store is known, trained or not."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str) and text and self._reader is not None:
                self._set(message, self._reader.read(text, current_world()))
        return messages

    def _set(self, message: Message, reading: Reading) -> None:
        ranking = [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: score} for name, score in reading.ranking]
        intent = {INTENT_NAME_KEY: reading.intent, PREDICTED_CONFIDENCE_KEY: reading.confidence}
        entities = self.add_extractor_name([_entity(name) for name in reading.names if name.refs])
        tokens = [Token(word[0], word.start()) for word in _WORD.finditer(reading.text)]
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(TEXT_TOKENS, tokens)
        message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        message.set(READING, reading.as_json(), add_to_output=True)


def reading_of(parsed: dict[str, Any]) -> Reading:
    """The reading in the `latest_message` of a tracker.

    A button and a message given as an intent have none: theirs is made of the entity `choice`, or of the intent.
    """
    if isinstance(parsed.get(READING), dict):
        return Reading.from_json(parsed[READING])
    choices = [
        e for e in parsed.get(ENTITIES) or [] if isinstance(e, dict) and e.get(ENTITY_ATTRIBUTE_TYPE) == "choice"
    ]
    intent = (parsed.get(INTENT) or {}).get(INTENT_NAME_KEY) or "nlu_fallback"
    tap = Ask.from_json(choices[0].get(ENTITY_ATTRIBUTE_VALUE)) if choices else None
    act, outside = act_of(intent)
    return Reading(
        text=str(parsed.get(TEXT) or ""),
        intent=intent,
        act=act,
        outside=outside,
        topics=topics_of_intent(intent),
        tap=tap,
    )


def _entity(name: Name) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: "formation" if name.formations else "job",
        ENTITY_ATTRIBUTE_START: name.start,
        ENTITY_ATTRIBUTE_END: name.end,
        ENTITY_ATTRIBUTE_VALUE: name.text,
    }


def _mask_of(entity: str) -> str:
    return MASK_JOB if entity == "job" else MASK_FORMATION
