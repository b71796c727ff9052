"""The rules that tell what a message asks, in their order. Each takes the message in its conversation, and returns the
questions that it finds, or none: then the next rule is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.catalogue.fiche import Facet
from bot.catalogue.ref import formation_ref, job_ref
from bot.dialogue import guidance, lists, picks, subjects, talk, transitions
from bot.dialogue.context import Context
from bot.dialogue.question import (
    AskStep,
    Compare,
    Decision,
    Distress,
    Gone,
    Missing,
    OpenToAll,
    Outside,
    Page,
    Propose,
    Question,
    Restart,
    Say,
    Search,
    Suggest,
    Tell,
    Unknown,
    Way,
    Which,
)
from bot.dialogue.state import State
from bot.dialogue.tell import tell
from bot.understanding.reading import Act, Reading
from bot.understanding.topics import Topic, topics_of
from bot.world import World

Rule = Callable[[Context], tuple[Question, ...]]

_HELP = "help:"
_FOLLOWING_DISTRESS = frozenset(
    {Act.THANK, Act.GOODBYE, Act.GREET, Act.AGREE, Act.REFUSE, Act.LOST, Act.HYPERBOLE, Act.OUTSIDE, Act.INSULT,
     Act.MORE, Act.NAME}
)  # fmt: skip
# With words for who people are in the text, these acts say nothing about what else is asked.
_NOT_READ = frozenset(
    {Act.OUTSIDE, Act.LOST, Act.HYPERBOLE, Act.INSULT, Act.NAME, Act.PICK, Act.TELL, Act.AGREE, Act.REFUSE, Act.SEARCH}
)


def interpret(reading: Reading, state: State, world: World) -> Decision:
    """What a message asks, and the rule that says so: the first one of RULES that finds a question."""
    context = Context(reading, state, world)
    for rule in RULES:
        questions = rule(context)
        if questions:
            return Decision(rule.__name__, questions)
    raise AssertionError("the last rule takes every message")


def tapped(c: Context) -> tuple[Question, ...]:
    """A button."""
    ask = c.reading.tap
    if ask is None:
        return ()
    if ask.guide.startswith(_HELP):
        response = "distress" if ask.guide == f"{_HELP}numbers" else "distress_whom"
        about, speaker = c.state.distress if len(c.state.distress) == 2 else ("other", "self")
        return (Distress(about, speaker, response),)
    labels = tuple(label for label in ask.jobs if label in c.world.catalogue.jobs)
    topics = topics_of(ask.facets)
    if Facet.PATH in ask.facets and labels:
        return (Way(labels[0], c.state.interview),)
    if ask.guide:
        return guidance.tapped(ask, c)
    if labels and ask.page:
        return (Page(labels, topics, ask.page),)
    if len(labels) > 1 and topics != (Topic.FORMATIONS,):
        return (Compare(tuple(map(job_ref, labels)), topics),)
    if labels:
        return tell(tuple(map(job_ref, labels)), topics, c)
    refs = tuple(formation_ref(i) for i in ask.formations if i in c.world.catalogue.formations)
    return tell(refs, topics, c) if refs else (Gone(topics),)


def distress(c: Context) -> tuple[Question, ...]:
    """Distress comes first, then what is asked beside it."""
    if c.reading.act is not Act.DISTRESS:
        return ()
    about, speaker = c.reading.distress
    first = Distress(about or "other", speaker or "self")
    if c.reading.beside is None:
        return (first,)
    beside = interpret(c.reading.beside, replace(c.state, distress=()), c.world).questions
    return (first, *(question for question in beside if not isinstance(question, (Outside, Say, Missing))))


def after_distress(c: Context) -> tuple[Question, ...]:
    """A message just after one about distress that asks nothing else."""
    if len(c.state.distress) != 2 or c.reading.act not in _FOLLOWING_DISTRESS:
        return ()
    if any(name.refs or name.kind for name in c.names):
        return ()
    return (Distress(*c.state.distress, "distress_followed"),)


def open_to_all(c: Context) -> tuple[Question, ...]:
    """A question that depends on who people are: all jobs are open to all, then what else is asked."""
    rest = c.reading.people
    if rest is None:
        return ()
    if not rest.names:
        return (OpenToAll(alone=True),)
    if rest.act in _NOT_READ:
        rest = replace(rest, act=Act.SEARCH, topics=())
    asked = interpret(replace(rest, people=None), c.state, c.world).questions
    return (OpenToAll(alone=False), *(q for q in asked if not isinstance(q, (Outside, Say))))


def start_over(c: Context) -> tuple[Question, ...]:
    """ "on recommence"."""
    return (Restart(),) if c.reading.act is Act.RESTART and not guidance.resumes(c) and not c.groups else ()


def by_theme(rule: Rule) -> Rule:
    """A rule whose question is left open where the texts of fiches may speak of what is looked for."""

    def themed(c: Context) -> tuple[Question, ...]:
        questions = rule(c)
        return themes(c, questions) if questions else ()

    themed.__name__ = rule.__name__
    return themed


def themes(c: Context, questions: tuple[Question, ...]) -> tuple[Question, ...]:
    """`questions`, or a search in the texts of the fiches before them where they leave the message open."""
    theme = c.reading.theme
    if theme is None or c.state.interview.step or c.reading.act in (Act.COMPARE, Act.DISTRESS):
        return questions
    first = questions[0]
    guided = isinstance(first, Suggest) and theme.jobs and theme.first and len(theme.words) > 1
    asks = isinstance(first, AskStep) and theme.jobs
    is_open = isinstance(first, (Unknown, Search, Missing)) or (isinstance(first, Say) and first.lost)
    is_open = is_open or (isinstance(first, Outside) and first.subject == "other")
    bare = bool(c.names) and not any(name.words for name in c.names)
    in_years = bool(theme.wish.years) and c.topics == (Topic.DURATION,)
    is_open = is_open or (isinstance(first, (Which, Tell)) and theme.first and (bare or in_years))
    return (Propose(theme, questions, guided=guided),) if is_open or guided or asks else questions


RULES: tuple[Rule, ...] = (
    tapped,
    distress,
    after_distress,
    open_to_all,
    start_over,
    guidance.way_to_a_job,
    guidance.stopped,
    guidance.interview,
    picks.by_rank,
    by_theme(guidance.after_suggestions),
    by_theme(guidance.advised),
    picks.agreed,
    talk.courtesy,
    picks.one_before,
    picks.the_other,
    lists.more,
    picks.both,
    picks.by_words,
    lists.listed,
    by_theme(lists.for_a_job),
    by_theme(lists.goes_there),
    by_theme(lists.searched),
    picks.fragment,
    subjects.said_in_the_fiche,
    subjects.not_said,
    subjects.from_what_one_has,
    by_theme(talk.outside),
    picks.options,
    picks.beside_the_last,
    talk.small_talk,
    talk.help_to_choose,
    talk.situation,
    transitions.entering_it,
    transitions.from_a_class,
    transitions.what_comes_next,
    transitions.leads_to_the_job,
    transitions.into_the_one_spoken_of,
    transitions.after_the_origin,
    by_theme(transitions.kind_alone),
    picks.sibling,
    by_theme(subjects.unknown_names),
    subjects.named,
    subjects.job_by_its_head,
    by_theme(subjects.another_name),
    subjects.spoken_of,
    by_theme(subjects.unseen_name),
    subjects.no_job_we_know,
    by_theme(subjects.missing),
    by_theme(talk.lost),
)
