"""What a message is taken to ask, once the conversation is known: the typed result of `interpret`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.catalogue.answers import Ask
from bot.catalogue.fiche import Outcome
from bot.catalogue.filters import Wish
from bot.catalogue.ref import Ref
from bot.guidance.interview import Interview
from bot.understanding.reading import Theme
from bot.understanding.topics import Topic

__all__ = ["Ask", "Decision", "Question"]


@dataclass(frozen=True)
class Tell:
    """Tell topics of fiches that share the answer: one, or several that say the same.

    `about` are the keys of what exactly is asked, `said` the words of the name, `renamed` old names with today's,
    `leading` tells to add the formations that lead to a job, `unsaid` that the fiche does not tell what is asked.
    """

    refs: tuple[Ref, ...]
    topics: tuple[Topic, ...] = ()
    about: frozenset[str] = frozenset()
    said: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    leading: bool = False
    unsaid: bool = False


@dataclass(frozen=True)
class Compare:
    """Set fiches side by side; `most` is the direction of a superlative, "" where none is asked."""

    refs: tuple[Ref, ...]
    topics: tuple[Topic, ...] = ()
    most: str = ""
    about: frozenset[str] = frozenset()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LeadTo:
    """List the formations that lead to jobs, within a wish; `said` is the job as typed."""

    labels: tuple[str, ...]
    wish: Wish = Wish()
    said: str = ""
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """List formations (ids) found already; `said` names them; `of_a_job` tells that a job was asked for."""

    ids: tuple[str, ...]
    said: str = ""
    of_a_job: bool = False


@dataclass(frozen=True)
class Search:
    """Search the catalogue for words, a type and a wish."""

    words: tuple[str, ...] = ()
    wish: Wish = Wish()
    said: str = ""


@dataclass(frozen=True)
class Propose:
    """Propose fiches whose texts speak of a theme, or else ask `otherwise`."""

    theme: Theme
    otherwise: tuple[Any, ...] = ()
    guided: bool = False


@dataclass(frozen=True)
class More:
    """Show the next of the last list (`refs`: what is left of it)."""

    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Page:
    """Show page `page` of what was left out of long sections."""

    labels: tuple[str, ...]
    topics: tuple[Topic, ...]
    page: int


@dataclass(frozen=True)
class Which:
    """Ask which fiche is meant; `again` tells that the last answer fitted none."""

    refs: tuple[Ref, ...]
    topics: tuple[Topic, ...] = ()
    said: str = ""
    again: bool = False


@dataclass(frozen=True)
class Unknown:
    """Say that nobody knows a name; `job` tells that a job was meant, `search` that it was looked for."""

    said: str
    topics: tuple[Topic, ...] = ()
    near: tuple[Ref, ...] = ()
    now_called: str | None = None
    job: bool = False
    search: bool = False


@dataclass(frozen=True)
class Missing:
    """Ask of which formation or job; `kinds` are types named alone, `job` tells that a job is meant."""

    topics: tuple[Topic, ...] = ()
    kinds: tuple[str, ...] = ()
    job: bool = False
    situation: bool = False
    search: bool = False
    compare: bool = False


@dataclass(frozen=True)
class Outside:
    """Say that no fiche tells this, and where to look for it; `subject` is what it is about ("place", "fees"…)."""

    subject: str
    said_text: str = ""
    refs: tuple[Ref, ...] = ()
    said: tuple[str, ...] = ()
    variant: int = 0


@dataclass(frozen=True)
class NotOfAFormation:
    """Say that a formation has no pay or hours, and offer its jobs."""

    ids: tuple[str, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Say:
    """Say one response; `lost` tells that the message was not understood."""

    response: str
    outcome: Outcome = Outcome.SMALLTALK
    values: dict[str, Any] = field(default_factory=dict)
    examples: bool = False
    begin: bool = False
    lost: bool = False


@dataclass(frozen=True)
class Restart:
    """Forget the conversation."""


@dataclass(frozen=True)
class Note:
    """Remember what was said of oneself; nothing is replied."""

    interview: Interview


@dataclass(frozen=True)
class Gone:
    """Say that what was tapped is no longer in the catalogue."""

    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True)
class Distress:
    """Answer distress: what it is about and who tells it. `response` names the reply."""

    about: str
    speaker: str
    response: str = "distress"


@dataclass(frozen=True)
class OpenToAll:
    """Say that all jobs are open to all; `alone` tells that nothing else is asked."""

    alone: bool = True


@dataclass(frozen=True)
class AskStep:
    """Ask a question of the guidance interview."""

    step: str
    interview: Interview
    again: bool = False
    noted: bool = False
    start: int | None = None


@dataclass(frozen=True)
class Suggest:
    """Suggest jobs that go with what was said of oneself."""

    interview: Interview


@dataclass(frozen=True)
class StopGuidance:
    """End guidance, and forget what was said of oneself."""


@dataclass(frozen=True)
class Way:
    """Tell the ways to a job from where one stands."""

    label: str
    interview: Interview


Question = (
    Tell | Compare | LeadTo | Listed | Search | Propose | More | Page | Which | Unknown | Missing | Outside
    | NotOfAFormation | Say | Restart | Note | Gone | Distress | OpenToAll | AskStep | Suggest | StopGuidance | Way
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """What a message asks, and the name of the rule that found it."""

    rule: str
    questions: tuple[Question, ...]
