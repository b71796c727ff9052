"""What one message says, read once and whole: after this nobody looks at its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.catalogue.answers import Ask
from bot.catalogue.filters import Wish
from bot.catalogue.ref import Ref
from bot.codec import decode, encode
from bot.guidance.profile import Profile
from bot.understanding.topics import Topic


class Act(str, Enum):
    """What somebody does with a message."""

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
    OUTSIDE = "outside"
    HYPERBOLE = "hyperbole"
    DISTRESS = "distress"
    LOST = "lost"


class Role(str, Enum):
    """The part that a name plays in a message."""

    SUBJECT = "subject"
    ORIGIN = "origin"
    GOAL = "goal"
    EXCLUDED = "excluded"
    COMPARED = "compared"
    ASIDE = "aside"


class Fit(str, Enum):
    """How a name in a message fits the names of the catalogue."""

    WHOLE = "whole"
    PART = "part"
    UNKNOWN = "unknown"
    KIND = "kind"  # a type alone ("le CAP")
    STATUS = "status"  # where somebody stands ("en terminale STMG")


class Lead(str, Enum):
    """What stands before a name, articles apart."""

    NONE = ""
    ONE_DOES = "become"  # "devenir", "être"
    OF_THE_JOB = "job"  # "le métier de"
    OF_STUDIES = "studies"  # "le diplôme de"
    ONE = "one"  # "un", "une"
    WHICH = "which"  # "quel"
    MANY = "many"  # "les", "quels", "liste des"
    OWN = "own"  # "mon"
    THIS = "this"  # "ce"


@dataclass(frozen=True)
class Theme:
    """What fiches are looked for by their texts: those that hold each of `words`, or one that means the same.

    `jobs` tells that jobs are looked for rather than formations. `said` are the words as typed; `first` tells whether
    the message begins with the theme.
    """

    jobs: bool
    words: tuple[tuple[str, ...], ...]
    said: tuple[str, ...] = ()
    wish: Wish = Wish()
    first: bool = False


@dataclass(frozen=True)
class Name:
    """A name in a message, at the characters `start` to `end` of it.

    `refs` are the formations and jobs that it may mean, none if nobody knows it; `near` are names like it. `kind` is
    the key of the type said ("bac pro"), `words` what is said beside the type. `now_called` is today's name of an old
    one. `lead` is what stands before it; `plural` tells that its type is said in the plural ("les BTS"),
    `joined` that it is named together with another ("A et B").
    """

    start: int
    end: int
    text: str
    refs: tuple[Ref, ...] = ()
    near: tuple[Ref, ...] = ()
    kind: str | None = None
    words: tuple[str, ...] = ()
    fit: Fit = Fit.PART
    whole_job: bool = False
    role: Role = Role.SUBJECT
    now_called: str | None = None
    whole_formation: bool = False
    lead: Lead = Lead.NONE
    plural: bool = False
    joined: bool = False

    @property
    def formations(self) -> tuple[str, ...]:
        """The ids of the formations that it may mean."""
        return tuple(ref.id for ref in self.refs if not ref.is_job)

    @property
    def jobs(self) -> tuple[str, ...]:
        """The labels of the jobs that it may mean."""
        return tuple(ref.id for ref in self.refs if ref.is_job)

    @property
    def is_bare_kind(self) -> bool:
        return self.fit in (Fit.KIND, Fit.STATUS)


@dataclass(frozen=True)
class Reading:
    """One message as understood.

    `text` is kept for records only, `intent`, `confidence` and `ranking` for Rasa.
    `act` is what is done; for OUTSIDE, `outside` says with what ("place", "dates", "fees", "chances", "other").
    `topics` are all that is asked, most certain first, `doubtful` those of them that may not be asked. `names` are the
    names, in order. `only_name` tells that the message is the name of one thing and nothing else. `head` are the jobs
    opened by a word that names nothing else.
    `cues` are the keys of the patterns of cues.toml that the message matches. `words` are its words, folded.
    `ranks` are places in a list ("le 2e" is 2, "le dernier" -1); `lone_rank` is one that counts only where a choice is
    awaited ("2"). `options` are letters of options ("l'option A"). `most` is the direction of a superlative ("least",
    "greatest"), `measured` what it measures.
    `wish` is what a list is wished to be. `profile` is what is said of oneself, `until` the level, in years after the
    bac, up to which one would study. `about` are the keys of what exactly is asked of a fiche (`saying.py`). `search`
    are the words that describe what is looked for, `theme` what the texts of fiches are searched for.
    `untaught` are words that no training phrase holds, `unseen` those of them that stand as a name does; `sigle` are
    capital letters that no fiche has.
    `tap` is the button tapped, if any. `distress` is what is told of it and by whom, `beside` what such a message asks
    as well. `people` is what is asked without the words for who people are, where the message asks by them.
    """

    text: str = ""
    intent: str = "nlu_fallback"
    act: Act = Act.LOST
    outside: str = ""
    confidence: float = 1.0
    ranking: tuple[tuple[str, float], ...] = ()
    topics: tuple[Topic, ...] = ()
    doubtful: frozenset[Topic] = frozenset()
    names: tuple[Name, ...] = ()
    cues: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    ranks: tuple[int, ...] = ()
    lone_rank: int | None = None
    wish: Wish = Wish()
    profile: Profile = Profile()
    until: int | None = None
    about: frozenset[str] = frozenset()
    search: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    sigle: str = ""
    untaught: frozenset[str] = frozenset()
    theme: Theme | None = None
    most: str = ""
    measured: tuple[Topic, ...] = ()
    options: tuple[str, ...] = ()
    head: Name | None = None
    only_name: bool = False
    question_mark: bool = False
    tap: Ask | None = None
    beside: Reading | None = None
    distress: tuple[str, str] = ("", "")
    people: Reading | None = field(default=None)

    def says(self, *cues: str) -> bool:
        """Whether the message matches one of these patterns of cues.toml at least."""
        return not self.cues.isdisjoint(cues)

    def as_json(self) -> dict[str, Any]:
        encoded: dict[str, Any] = encode(self)
        return encoded

    @classmethod
    def from_json(cls, data: Any) -> Reading:
        """The reading in `data`; malformed parts are left at their defaults."""
        return decode(cls, data)
