"""The labels that the models tell apart: the act of a message, the topics that it asks, the role of each name in it."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a message asks of a formation or of a job."""

    ACCESS = "access"
    DURATION = "duration"
    JOBS = "jobs"
    FURTHER_STUDY = "further_study"
    DESCRIPTION = "description"
    LEVEL = "level"
    TYPE = "type"
    CODE = "code"
    SIGLE = "sigle"
    LINK = "link"
    EXPECTATIONS = "expectations"
    SALARY = "salary"
    CONDITIONS = "conditions"
    STATUS = "status"
    INTERESTS = "interests"
    FORMATIONS = "formations"


class Act(StrEnum):
    """What somebody does with a message; five kinds of questions are outside of what fiches answer."""

    ASK = "ask"
    COMPARE = "compare"
    SEARCH = "search"
    ADVISE = "advise"
    TELL = "tell"
    NAME = "name"
    PICK = "pick"
    AGREE = "agree"
    REFUSE = "refuse"
    MORE = "more"
    GREET = "greet"
    GOODBYE = "goodbye"
    THANK = "thank"
    HELP = "help"
    CHALLENGE = "challenge"
    RESTART = "restart"
    INSULT = "insult"
    OUTSIDE_PLACE = "outside_place"
    OUTSIDE_DATES = "outside_dates"
    OUTSIDE_FEES = "outside_fees"
    OUTSIDE_CHANCES = "outside_chances"
    OUTSIDE_OTHER = "outside_other"
    HYPERBOLE = "hyperbole"
    DISTRESS = "distress"
    LOST = "lost"


class Role(StrEnum):
    """The part that a name plays in a message."""

    SUBJECT = "subject"
    ORIGIN = "origin"
    GOAL = "goal"
    EXCLUDED = "excluded"
    COMPARED = "compared"
    ASIDE = "aside"


# The intents of data/nlu that ask topics; all of them are the act ASK.
TOPICS_OF_INTENT: dict[str, frozenset[Topic]] = {
    "ask_access": frozenset({Topic.ACCESS}),
    "ask_duration": frozenset({Topic.DURATION}),
    "ask_jobs": frozenset({Topic.JOBS}),
    "ask_further_study": frozenset({Topic.FURTHER_STUDY}),
    "ask_what_after": frozenset({Topic.FURTHER_STUDY, Topic.JOBS}),
    "ask_description": frozenset({Topic.DESCRIPTION}),
    "ask_level": frozenset({Topic.LEVEL}),
    "ask_type": frozenset({Topic.TYPE}),
    "ask_code": frozenset({Topic.CODE}),
    "ask_acronym": frozenset({Topic.SIGLE}),
    "ask_link": frozenset({Topic.LINK}),
    "ask_expectations": frozenset({Topic.EXPECTATIONS}),
    "ask_formations_for_job": frozenset({Topic.FORMATIONS}),
    "ask_job_description": frozenset({Topic.DESCRIPTION}),
    "ask_job_salary": frozenset({Topic.SALARY}),
    "ask_job_access": frozenset({Topic.ACCESS}),
    "ask_job_level": frozenset({Topic.LEVEL}),
    "ask_job_skills": frozenset({Topic.EXPECTATIONS}),
    "ask_job_conditions": frozenset({Topic.CONDITIONS}),
    "ask_job_status": frozenset({Topic.STATUS}),
    "ask_job_interests": frozenset({Topic.INTERESTS}),
    "ask_salary": frozenset({Topic.SALARY}),
}
_ACT_OF_INTENT = {
    "compare": Act.COMPARE,
    "search_formations": Act.SEARCH,
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
    "ask_place": Act.OUTSIDE_PLACE,
    "ask_dates": Act.OUTSIDE_DATES,
    "ask_fees": Act.OUTSIDE_FEES,
    "ask_chances": Act.OUTSIDE_CHANCES,
    "out_of_scope": Act.OUTSIDE_OTHER,
    "hyperbole": Act.HYPERBOLE,
    "distress": Act.DISTRESS,
}
NAMELESS = frozenset(
    {
        *(Act.GREET, Act.GOODBYE, Act.THANK, Act.AGREE, Act.REFUSE, Act.HELP, Act.CHALLENGE, Act.INSULT, Act.MORE),
        Act.HYPERBOLE,
    }
)


def act_of(intent: str) -> Act:
    """Return the act of an intent of data/nlu; `Act.LOST` for any other name, such as that of a fallback."""
    return Act.ASK if intent in TOPICS_OF_INTENT else _ACT_OF_INTENT.get(intent, Act.LOST)
