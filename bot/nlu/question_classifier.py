"""Rasa component: the intent of a message and all the facets it asks, with the names in it masked."""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.catalogue.mention import Mention
from bot.knowledge import current_knowledge
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask
from bot.nlu.mention_extractor import MENTIONS
from bot.nlu.understanding import Understanding, Understood
from bot.reading import Reading

logger = logging.getLogger(__name__)

QUESTION = "question"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Sets `intent`, `intent_ranking` and `question` (facets, mentions, words nobody knows) of a message."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        understanding: Understanding | None = None,
    ) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._understanding = understanding

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Creates an untrained component."""
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
        self._understanding = Understanding.train(masked, in_the_open)
        with self._model_storage.write_to(self._resource) as folder:
            self._understanding.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Loads the trained component; untrained, with a warning, where its files are missing."""
        try:
            with model_storage.read_from(resource) as folder:
                return cls(config, model_storage, resource, Understanding.load(folder))
        except (ValueError, FileNotFoundError):
            logger.warning("%s was not trained: every message will be a fallback.", cls.__name__)
            return cls(config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what each message asks."""
        for message in messages:
            if message.get(TEXT) and self._understanding is not None:
                self._read(message, self._understanding)
        return messages

    def _read(self, message: Message, understanding: Understanding) -> None:
        text = message.get(TEXT)
        mentions = tuple(Mention(**_tuples(m)) for m in message.get(MENTIONS, []))
        understood = understanding.read(text, mentions)
        reading = _reading(text, understood, mentions, _beside(understood.rest, understanding))
        message.set(
            INTENT,
            {INTENT_NAME_KEY: understood.intent, PREDICTED_CONFIDENCE_KEY: understood.confidence},
            add_to_output=True,
        )
        message.set(
            INTENT_RANKING_KEY,
            [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: score} for name, score in understood.ranking],
            add_to_output=True,
        )
        message.set(QUESTION, reading.as_json(), add_to_output=True)


def _beside(rest: str, understanding: Understanding) -> Reading | None:
    """What is asked in the rest of a message that tells of distress, its names found anew; None where nothing is."""
    if not rest:
        return None
    mentions = tuple(current_knowledge().resolver.resolve(rest))
    understood = understanding.read_beside(rest, mentions)
    return _reading(rest, understood, mentions) if understood else None


def _reading(
    text: str, understood: Understood, mentions: tuple[Mention, ...], beside: Reading | None = None
) -> Reading:
    return Reading(
        text,
        understood.intent,
        understood.confidence,
        understood.facets,
        mentions,
        understood.unseen,
        beside=beside,
    )


def _mask_of(entity: str) -> str:
    return MASK_JOB if entity == "job" else MASK_FORMATION


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
