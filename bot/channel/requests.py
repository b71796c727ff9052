"""Defines and validates the JSON bodies that clients send. Their schema is docs/openapi.json."""

from __future__ import annotations

import unicodedata
from typing import Any

from pydantic import BaseModel, Extra, Field, StrictBool, StrictStr, ValidationError, root_validator, validator

MAX_TEXT = 500
MAX_REASON = 300
MAX_BODY = 16_384
MAX_TOKEN = 512
MAX_CHOICE = 2048
MAX_MESSAGE = 64
_PRINTABLE = r"^[\x21-\x7e]+$"


class BadRequest(Exception):
    """Raised to refuse a request with this HTTP status and error code. The response `error_CODE` gives the sentence."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class _Body(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False

    @root_validator(pre=True)
    def _left_out_or_given(cls, values: dict[str, Any]) -> dict[str, Any]:
        if None in values.values():
            raise ValueError("null")
        return values


class SessionRequest(_Body):
    """The body of `POST /chat/session`: an empty object."""


class SessionOnlyRequest(_Body):
    """The body of `POST /chat/restart` and `DELETE /chat/session`."""

    session: StrictStr = Field(max_length=MAX_TOKEN)


class FeedbackRequest(_Body):
    """The body of `POST /chat/feedback`: the id of a message of the bot, and whether it was useful."""

    session: StrictStr = Field(max_length=MAX_TOKEN)
    message: StrictStr = Field(max_length=MAX_MESSAGE, regex=_PRINTABLE)
    useful: StrictBool
    reason: StrictStr | None = None

    @validator("reason")
    def _typed(cls, value: str | None) -> str | None:
        return None if value is None else _ordinary(value, MAX_REASON)


class MessageRequest(_Body):
    """The body of `POST /chat/message`: typed text or the id of a choice.

    A message with a `key` can be sent again safely.
    """

    session: StrictStr = Field(max_length=MAX_TOKEN)
    text: StrictStr | None = None
    choice: StrictStr | None = Field(default=None, max_length=MAX_CHOICE)
    key: StrictStr | None = Field(default=None, max_length=64, regex=_PRINTABLE)

    @validator("text")
    def _typed(cls, value: str | None) -> str | None:
        return None if value is None else _ordinary(value, MAX_TEXT)

    @root_validator(skip_on_failure=True)
    def _one_of(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values.get("text") is None) == (values.get("choice") is None):
            raise ValueError("text or choice")
        return values


_JOINERS = frozenset("\u200c\u200d")


def _ordinary(typed: str, longest: int) -> str:
    """`typed` in Unicode form NFC, stripped, without format characters; joiners stay, for emoji and other scripts.

    Raises ValueError if nothing is left, if it is too long, or if it has control characters.
    """
    composed = unicodedata.normalize("NFC", typed)
    text = "".join(c for c in composed if c in _JOINERS or unicodedata.category(c) != "Cf")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise ValueError("control characters")
    text = text.strip()
    if not 1 <= len(text) <= longest:
        raise ValueError("length")
    return text


def parse(model: type[_Body], data: Any) -> Any:
    """Return `data`, decoded JSON, as a request of type `model`; raises BadRequest 422 if it is not valid."""
    if not isinstance(data, dict):
        raise BadRequest(422, "fields")
    try:
        return model.parse_obj(data)
    except ValidationError as error:
        fields = {str(problem["loc"][0]) for problem in error.errors()}
        raise BadRequest(422, fields.pop() if fields in ({"text"}, {"reason"}) else "fields") from error
