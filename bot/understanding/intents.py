"""The intents of the domain: what each says of the act and the topics of a message.

Rasa's rules, stories and `rasa test nlu` speak of intents. The dialogue does not: it reads acts and topics.
"""

from __future__ import annotations

from bot.catalogue.fiche import Facet
from bot.understanding.reading import Act
from bot.understanding.topics import Topic, topics_of

FACETS_OF_INTENT: dict[str, tuple[Facet, ...]] = {
    "ask_access": (Facet.ACCESS,),
    "ask_duration": (Facet.DURATION,),
    "ask_jobs": (Facet.JOBS,),
    "ask_further_study": (Facet.FURTHER_STUDY,),
    "ask_what_after": (Facet.FURTHER_STUDY, Facet.JOBS),
    "ask_description": (Facet.DESCRIPTION,),
    "ask_level": (Facet.LEVEL,),
    "ask_type": (Facet.TYPE,),
    "ask_code": (Facet.CODE,),
    "ask_acronym": (Facet.SIGLE,),
    "ask_link": (Facet.LINK,),
    "ask_expectations": (Facet.EXPECTATIONS,),
    "ask_formations_for_job": (Facet.FORMATIONS_FOR_JOB,),
    "ask_job_description": (Facet.JOB_DESCRIPTION,),
    "ask_job_salary": (Facet.JOB_SALARY,),
    "ask_job_access": (Facet.JOB_ACCESS,),
    "ask_job_level": (Facet.JOB_LEVEL,),
    "ask_job_skills": (Facet.JOB_SKILLS,),
    "ask_job_conditions": (Facet.JOB_CONDITIONS,),
    "ask_job_status": (Facet.JOB_STATUS,),
    "ask_job_interests": (Facet.JOB_INTERESTS,),
    "search_formations": (Facet.SEARCH,),
    "compare": (Facet.COMPARISON,),
}
_ACTS = {
    "search_formations": Act.SEARCH,
    "compare": Act.COMPARE,
    "ask_guidance": Act.ADVISE,
    "tell_situation": Act.TELL,
    "inform": Act.NAME,
    "choose": Act.PICK,
    "affirm": Act.AGREE,
    "deny": Act.REFUSE,
    "ask_more": Act.MORE,
    "greet": Act.GREET,
    "goodbye": Act.GOODBYE,
    "thank": Act.THANK,
    "ask_help": Act.HELP,
    "bot_challenge": Act.CHALLENGE,
    "start_over": Act.RESTART,
    "insult": Act.INSULT,
    "hyperbole": Act.HYPERBOLE,
    "distress": Act.DISTRESS,
}
_OUTSIDE = {
    "ask_place": "place",
    "ask_dates": "dates",
    "ask_fees": "fees",
    "ask_chances": "chances",
    "ask_salary": "pay",
    "out_of_scope": "other",
}


# The intents that ask topics.
QUESTIONS = frozenset({*FACETS_OF_INTENT, "ask_salary"}) - {"search_formations", "compare"}


def act_of(intent: str) -> tuple[Act, str]:
    """The act of an intent, and what it is about where that is outside of the fiches ("" else)."""
    if intent in _OUTSIDE:
        return Act.OUTSIDE, _OUTSIDE[intent]
    if intent in _ACTS:
        return _ACTS[intent], ""
    return (Act.ASK if intent in FACETS_OF_INTENT else Act.LOST), ""


def topics_of_intent(intent: str) -> tuple[Topic, ...]:
    """The topics that an intent asks."""
    return (Topic.SALARY,) if intent == "ask_salary" else topics_of(FACETS_OF_INTENT.get(intent, ()))


def label_of(act: Act, outside: str) -> str:
    """The name of an act for the models, which tell apart what a message outside of the fiches is about."""
    return f"{act.value}_{outside}" if outside else act.value


def act_of_label(label: str) -> tuple[Act, str]:
    """The act that `label_of` named, and what it is about where that is outside of the fiches ("" else)."""
    act, _, outside = label.partition("_")
    return Act(act), outside
