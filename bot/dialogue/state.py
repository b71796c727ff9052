"""What a conversation remembers between two messages, and the only function that writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue.answers import SHOWN_FORMATIONS, Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.ref import Ref, formation_ref, job_ref
from bot.codec import decode, encode
from bot.dialogue.question import (
    AskStep,
    Compare,
    Distress,
    LeadTo,
    Listed,
    Missing,
    More,
    Note,
    Outside,
    Page,
    Propose,
    Question,
    Restart,
    Say,
    Search,
    StopGuidance,
    Suggest,
    Tell,
    Unknown,
    Way,
    Which,
)
from bot.guidance.interview import Interview
from bot.understanding.topics import Topic

REMEMBERED = 6
# The most that one comparison sets side by side.
TOGETHER = 4


@dataclass(frozen=True)
class Offer:
    """What the last list displayed, in its order, of which `shown` were told.

    `asks` tells that the reply asked which one is meant, or for a name where there are no `refs`: then `topics` is the
    question that waits for it.
    """

    refs: tuple[Ref, ...] = ()
    shown: int = 0
    topics: tuple[Topic, ...] = ()
    asks: bool = False


@dataclass(frozen=True)
class State:
    """What a conversation remembers; ids and labels only, JSON both ways.

    `focus` is what the last answer was about, `recent` the last fiches spoken of, the latest last. `topics` is what was
    asked last, `offer` what was displayed last. `said` are the words of the last name beside its type. `page` counts
    the pages told of a long section. `misses` counts messages in a row that were not understood. `formal` is true once
    somebody said "vous". `interview` is what was said of oneself. `distress` is what was told of it, and by whom, until
    something else is asked. `last` is the name of the last question about fiches.
    """

    focus: tuple[Ref, ...] = ()
    recent: tuple[Ref, ...] = ()
    topics: tuple[Topic, ...] = ()
    offer: Offer = Offer()
    said: tuple[str, ...] = ()
    page: int = 0
    misses: int = 0
    formal: bool = False
    interview: Interview = Interview()
    distress: tuple[str, ...] = ()
    last: str = ""

    def as_json(self) -> dict[str, Any]:
        encoded: dict[str, Any] = encode(self)
        return encoded

    @classmethod
    def from_json(cls, data: Any) -> State:
        """The state in `data`; anything malformed is forgotten."""
        state = decode(cls, data)
        return replace(state, misses=max(0, state.misses), page=max(0, state.page))

    def after(self, answered: Sequence[tuple[Question, Sequence[Reply]]], formal: bool = False) -> State:
        """The state after these questions got these replies; `formal` tells that the message said "vous"."""
        state = replace(self, distress=(), formal=self.formal or formal)
        for question, replies in answered:
            state = _after(state, question, replies)
            if isinstance(question, _ABOUT_FICHES):
                state = replace(state, last=type(question).__name__)
        return state


# Questions whose reply tells of fiches, lists them or asks which is meant: the last of them is remembered by its name.
_ABOUT_FICHES = (Tell, Compare, Page, Which, LeadTo, Search, Listed, Propose, Way, Suggest, More, AskStep)


def _after(state: State, question: Question, replies: Sequence[Reply]) -> State:
    match question:
        case Restart():
            return State(formal=state.formal)
        case Tell():
            return _told(state, question.refs, question.topics, question.said, replies)
        case Page():
            return replace(state, page=question.page, misses=0)
        case Compare():
            return replace(_told(state, question.refs, question.topics, (), replies), offer=Offer(question.refs))
        case Which():
            offer = Offer(question.refs, topics=question.topics, asks=True)
            return replace(state, offer=offer, misses=0)
        case Missing() | Unknown():
            return replace(state, offer=replace(state.offer, topics=question.topics, asks=True, refs=()), misses=0)
        case LeadTo() | Search() | Listed() | Propose() | Way() | Suggest() | More():
            return _listed(state, question, replies)
        case AskStep():
            return replace(state, interview=question.interview, offer=Offer(), misses=0)
        case Note():
            return replace(state, interview=question.interview)
        case StopGuidance():
            return replace(state, interview=Interview(), topics=(), misses=0)
        case Outside():
            state = replace(state, misses=state.misses + 1)
            return replace(_focused(state, question.refs), said=question.said) if question.refs else state
        case Distress():
            return replace(state, distress=(question.about, question.speaker))
        case Say():
            return replace(state, misses=state.misses + 1 if question.lost else state.misses)
    return state


def _focused(state: State, refs: Sequence[Ref]) -> State:
    """`state` with `refs` spoken of."""
    recent = (*(ref for ref in state.recent if ref not in refs), *refs)[-REMEMBERED:]
    return replace(state, focus=tuple(refs), recent=recent)


def _told(
    state: State, refs: tuple[Ref, ...], topics: tuple[Topic, ...], said: tuple[str, ...], replies: Sequence[Reply]
) -> State:
    """After fiches were told; of several, one may be picked, and formations told beside a job are a list."""
    beside = tuple(formation_ref(f.id) for reply in replies for f in reply.formations)
    listed = beside if all(ref.is_job for ref in refs) else refs if len(refs) > 1 else ()
    offer = Offer(listed, SHOWN_FORMATIONS) if listed else replace(state.offer, topics=(), asks=False)
    after = replace(_focused(state, refs), topics=topics, offer=offer, page=0, misses=0)
    return replace(after, said=said or after.said)


def _listed(state: State, question: Question, replies: Sequence[Reply]) -> State:
    """After a list was displayed: it is the offer, and what it is about stays spoken of."""
    formations = tuple(dict.fromkeys(formation_ref(f.id) for reply in replies for f in reply.formations))
    jobs = tuple(dict.fromkeys(job_ref(label) for reply in replies for label in reply.jobs))
    if isinstance(question, More):
        return replace(state, offer=replace(state.offer, shown=state.offer.shown + SHOWN_FORMATIONS))
    if not any(reply.outcome is Outcome.ANSWERED for reply in replies):
        asked = replies[-1].facets if replies else ()
        waits = Facet.GUIDANCE not in asked and Facet.PATH not in asked
        offer = Offer(topics=getattr(question, "topics", ()), asks=True) if waits else state.offer
        return replace(_told_of_oneself(state, question, ()), offer=offer, misses=0)
    state = _told_of_oneself(state, question, tuple(ref.id for ref in jobs))
    about_jobs = isinstance(question, (Suggest, Propose)) and jobs
    listed = jobs if about_jobs else formations
    shown = len(listed) if isinstance(question, (Suggest, Propose, Way)) else SHOWN_FORMATIONS
    if not about_jobs:
        state = _focused(state, jobs) if jobs else state
    only = formations if len(formations) == 1 and not isinstance(question, Way) else ()
    focus = () if about_jobs else only or jobs
    return replace(
        _focused(state, focus),
        topics=(Topic.FORMATIONS,) if isinstance(question, (LeadTo, Way)) else (),
        offer=Offer(listed, shown),
        page=0,
        misses=0,
    )


def _told_of_oneself(state: State, question: Question, labels: tuple[str, ...]) -> State:
    """`state` with what guidance now knows, and the jobs that it showed."""
    if isinstance(question, Way):
        return replace(state, interview=replace(question.interview, step=""))
    if not isinstance(question, Suggest):
        return state
    interview = question.interview
    if labels:
        shown = replace(interview, step="", shown=(*interview.shown, *labels), last=labels)
        return replace(state, interview=shown)
    passed = interview.passed if interview.shown else ()
    return replace(state, interview=replace(interview, step="", shown=(), last=(), passed=passed))
