"""The replies to distress: the numbers to call, in an order that depends on what is told and by whom."""

from __future__ import annotations

from typing import Any

from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Outcome
from bot.dialogue.question import Distress
from bot.understanding.distress import distress_table

_WHOM = Choice("choice_distress_whom", {}, Ask(guide="help:whom"))
_NUMBERS = Choice("choice_distress_numbers", {}, Ask(guide="help:numbers"))
_CHOICES = {"distress": (_WHOM,), "distress_whom": (_NUMBERS,), "distress_followed": (_NUMBERS, _WHOM)}


def distress_reply(question: Distress) -> Reply:
    """The reply with the numbers to call, worded for the person who writes."""
    table = distress_table()
    about = question.about if question.about in table["about"] else "other"
    speaker = question.speaker if question.speaker in table["speaker"] else "self"
    values: dict[str, Any] = {"about": about, "speaker": speaker, "lines": list(table["about"][about]["lines"])}
    if speaker == "adult":
        values["vous"] = True
    return Reply(question.response, Outcome.DISTRESS, values, choices=_CHOICES[question.response])
