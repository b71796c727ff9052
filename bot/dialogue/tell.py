"""From names and topics to questions on fiches: told, asked which, or set side by side."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.ref import Ref, formation_ref
from bot.dialogue.context import Context, Group
from bot.dialogue.question import Compare, LeadTo, NotOfAFormation, Outside, Question, Tell, Unknown, Which
from bot.dialogue.state import TOGETHER
from bot.understanding.reading import Lead, Name
from bot.understanding.topics import FORMATION_ONLY, JOB_ONLY, Topic

_JOBS_TOLD = 4


def tell(refs: Sequence[Ref], topics: Sequence[Topic], c: Context, name: Name | None = None) -> tuple[Question, ...]:
    """The question on the fiches that one name may mean: told where one answer holds for all, else asked which."""
    if refs[0].is_job:
        return _tell_jobs(tuple(refs), topics, c, name)
    return _tell_formations(tuple(refs), topics, c, name)


def _tell_formations(
    refs: tuple[Ref, ...], topics: Sequence[Topic], c: Context, name: Name | None
) -> tuple[Question, ...]:
    if Topic.FORMATIONS in topics:  # "quel diplôme il faut avoir avant ?"
        topics = tuple(dict.fromkeys(Topic.ACCESS if topic is Topic.FORMATIONS else topic for topic in topics))
    if topics and JOB_ONLY.issuperset(topics):
        return (NotOfAFormation(tuple(ref.id for ref in refs), tuple(topics)),)
    asked = c.topics_for(refs, topics)
    if not c.one_answer(refs, asked):
        return (Which(refs, asked if topics else (), name.text if name else ""),)
    return (Tell(refs, asked, c.reading.about, name.words if name else (), _renamed([name] if name else [])),)


def _tell_jobs(refs: tuple[Ref, ...], topics: Sequence[Topic], c: Context, name: Name | None) -> tuple[Question, ...]:
    said = name.text if name else ""
    labels = tuple(ref.id for ref in refs)
    if name and name.lead is Lead.OF_STUDIES and len(c.world.catalogue.formations_listing(labels)) == 1:
        return _of_the_formations(labels, topics, c, said)  # "l'examen de guide de haute montagne"
    if tuple(topics) == (Topic.JOBS,) and any(c.world.has_fiche(label) for label in labels):
        topics = (Topic.DESCRIPTION,)  # "couvreur, c'est quoi comme boulot ?"
    if topics and FORMATION_ONLY.issuperset(topics):
        return _of_the_formations(labels, topics, c, said)
    told = tuple(topic for topic in topics if topic is not Topic.FORMATIONS)
    if Topic.SALARY in told and not c.world.catalogue.job_fiches:
        return (Outside("pay", said),)
    has_fiche = any(c.world.has_fiche(label) for label in labels)
    if topics and not told:
        return (LeadTo(labels, c.reading.wish, said),)
    if not has_fiche and (not told or {Topic.ACCESS, Topic.DURATION}.issuperset(told)):
        return (LeadTo(labels, c.reading.wish, said),)
    asked = c.topics_for(refs, told)
    if not c.one_answer(refs, asked):
        return (Which(refs, tuple(topics), said),)
    leading = not topics or asked == (Topic.ACCESS,) or Topic.FORMATIONS in topics
    return (Tell(refs[:_JOBS_TOLD], asked, c.reading.about, name.words if name else (), leading=leading),)


def _of_the_formations(labels: tuple[str, ...], topics: Sequence[Topic], c: Context, said: str) -> tuple[Question, ...]:
    """What is only asked of formations, of the one that leads to a job; else the list of them."""
    leading = c.world.catalogue.formations_listing(labels)
    if len(leading) == 1:
        return _tell_formations((formation_ref(leading[0].id),), topics, c, None)
    return (LeadTo(labels, c.reading.wish, said),)


def tell_groups(groups: Sequence[Group], topics: Sequence[Topic], c: Context) -> tuple[Question, ...]:
    """The questions on all that a message names: formations side by side, jobs together, unclear ones asked which."""
    if len(groups) == 1:
        return tell(groups[0].refs, topics, c, groups[0].name)
    formations = [group for group in groups if not group.is_job]
    jobs = [group for group in groups if group.is_job]
    if formations and jobs:
        return _mixed(formations, jobs, topics, c)
    if jobs:
        return _several_jobs(jobs, topics, c)
    return _side_by_side(formations, topics, c)


def _mixed(
    formations: Sequence[Group], jobs: Sequence[Group], topics: Sequence[Topic], c: Context
) -> tuple[Question, ...]:
    """A formation and a job in one message: what can be asked of both is asked of the formation."""
    of_job = tuple(topic for topic in topics if topic in JOB_ONLY)
    of_formation = tuple(topic for topic in topics if topic not in JOB_ONLY)
    questions: tuple[Question, ...] = ()
    if of_formation or not of_job:
        questions += tell_groups(formations, of_formation or ((Topic.JOBS,) if not topics else ()), c)
    if of_job:
        questions += tell_groups(jobs, of_job, c)
    return questions


def _several_jobs(groups: Sequence[Group], topics: Sequence[Topic], c: Context) -> tuple[Question, ...]:
    told = tuple(topic for topic in topics if topic is not Topic.FORMATIONS)
    if topics and not told:
        return (LeadTo(tuple(ref.id for group in groups for ref in group.refs), c.reading.wish, groups[0].name.text),)
    asked = c.topics_for(groups[0].refs, told)
    unclear = [group for group in groups if not c.one_answer(group.refs, asked)]
    if unclear:
        return (Which(unclear[0].refs, asked, unclear[0].name.text),)
    refs = tuple(dict.fromkeys(ref for group in groups for ref in group.refs))[:_JOBS_TOLD]
    return (Compare(refs, tuple(topics), c.reading.most, c.reading.about),)


def _side_by_side(groups: Sequence[Group], topics: Sequence[Topic], c: Context) -> tuple[Question, ...]:
    if topics and JOB_ONLY.issuperset(topics):
        return (NotOfAFormation(tuple(ref.id for group in groups for ref in group.refs), tuple(topics)),)
    asked = tuple(topic for topic in topics if topic not in JOB_ONLY)
    unclear = [g for g in groups if len(g.refs) > 1 and not (asked and c.one_answer(g.refs, asked))]
    if unclear:
        others = [g for g in groups if g not in unclear]
        which = Which(unclear[0].refs, asked, unclear[0].name.text)
        told = tell_groups(others, asked, c) if others and asked else ()
        return (*told, which)
    refs = tuple(dict.fromkeys(ref for group in groups for ref in group.refs))
    renamed = _renamed([group.name for group in groups])
    if len(refs) == 1:
        return tell(refs, asked, c, groups[-1].name)
    return (Compare(refs[:TOGETHER], asked, c.reading.most, c.reading.about, renamed),)


def unknown(name: Name, topics: Sequence[Topic], c: Context) -> Unknown:
    """The question on a name that nobody knows, with those that are like it."""
    near = name.near or tuple(formation_ref(id_) for id_ in c.world.resolver.near(name.text))
    return Unknown(name.text, tuple(topics), near, name.now_called)


def _renamed(names: Sequence[Name]) -> tuple[tuple[str, str], ...]:
    return tuple((name.text, name.now_called) for name in names if name.now_called)
