"""Rasa component: the formations and jobs of the live catalogue named in a message, as entities."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
    TEXT_TOKENS,
)
from rasa.shared.nlu.training_data.message import Message

from bot.catalogue.mention import Mention
from bot.knowledge import current_knowledge

MENTIONS = "mentions"
_WORD = re.compile(r"\w+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MentionExtractor(GraphComponent, EntityExtractorMixin):
    """Sets entities `formation` and `job`, and for later components the mentions as the resolver gives them.

    It sets the words as tokens too: `rasa test nlu` compares entities word by word.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MentionExtractor:
        """Creates the component; the catalogue is read at the first message, not here."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message; every formation in the store is known, trained or not."""
        for message in messages:
            text = message.get(TEXT)
            if not isinstance(text, str):
                continue
            mentions = current_knowledge().resolver.resolve(text)
            message.set(MENTIONS, [asdict(mention) for mention in mentions])
            entities = self.add_extractor_name([_entity(mention) for mention in mentions if mention.known])
            message.set(TEXT_TOKENS, [Token(word[0], word.start()) for word in _WORD.finditer(text)])
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages


def _entity(mention: Mention) -> dict[str, Any]:
    return {
        ENTITY_ATTRIBUTE_TYPE: "formation" if mention.formations else "job",
        ENTITY_ATTRIBUTE_START: mention.start,
        ENTITY_ATTRIBUTE_END: mention.end,
        ENTITY_ATTRIBUTE_VALUE: mention.text,
    }
