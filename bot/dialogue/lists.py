"""Rules about lists: what comes next in one, searches of the catalogue, the formations that lead to a job."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue.ref import Ref, job_ref
from bot.dialogue import subjects
from bot.dialogue.context import Context
from bot.dialogue.question import (
    LeadTo,
    Listed,
    Missing,
    More,
    Page,
    Question,
    Search,
    Unknown,
)
from bot.dialogue.tell import tell, tell_groups
from bot.understanding.reading import Act, Lead
from bot.understanding.topics import Topic


def more(c: Context) -> tuple[Question, ...]:
    """ "la suite": of a long section of a job, or of the last list."""
    if c.reading.act is not Act.MORE or c.names:
        return ()
    jobs = tuple(ref.id for ref in c.focus if ref.is_job)
    if jobs and c.state.last in ("Tell", "Page"):
        return (Page(jobs, c.state.topics, c.state.page + 1),)
    return (More(c.offered[c.state.offer.shown :]),)


def listed(c: Context) -> tuple[Question, ...]:
    """ "quels BTS se font en 3 ans ?", "listez les FCIL": formations of a type, named in the plural."""
    name = c.asked[0] if len(c.asked) == 1 and not c.origins else None
    if name is None or not name.kind or name.whole_job or c.says("after_something", "become", "enters"):
        return ()
    if name.lead is not Lead.MANY or not c.says("is_open") or c.says("leads_there"):
        return ()
    return (_search(c),)


def searched(c: Context) -> tuple[Question, ...]:
    """A search of the catalogue."""
    several = len(c.asked) == 1 and len(c.asked[0].formations) > 1 and bool(c.asked[0].kind)
    many = several and (c.asked[0].plural or c.asked[0].lead is Lead.MANY) and not c.topics
    if c.reading.act is not Act.SEARCH and not many:
        return ()
    if c.origins and not c.asked and c.says("after_something"):
        return ()  # "qu'est-ce qui existe après un CAP pâtissier ?"
    if not c.reading.search and not c.names and not c.reading.wish and (c.focus or c.offered):
        topics = c.topics or c.reading.measured
        return (
            subjects.spoken_of(Context(replace(c.reading, act=Act.ASK, topics=topics), c.state, c.world))
            if topics
            else ()
        )
    return (_search(c),)


def _search(c: Context) -> Question:
    """List what a name may mean, or what holds the words looked for."""
    kind = c.reading.wish.kind
    named = [
        g for g in c.groups
        if not g.is_job and (not kind or g.name.kind or any(c.world.is_kind(ref, kind) for ref in g.refs))
    ]  # fmt: skip
    if named:
        return Listed(tuple(ref.id for ref in named[0].refs), named[0].name.text)
    said = next((n.text for n in c.asked if n.words), " ".join(c.reading.search))
    return Search(c.reading.search, c.reading.wish, said) if said or c.reading.wish else Missing(search=True)


def for_a_job(c: Context) -> tuple[Question, ...]:
    """From a job to the formations that lead there."""
    jobs = [g for g in c.groups if g.is_job]
    searches = (c.reading.act is Act.SEARCH or c.says("leads_to")) and bool(jobs or _job_meant(c))
    asks = Topic.FORMATIONS in c.topics or searches or _kind_for_a_job(c)
    if not asks or (c.groups and not jobs and len(c.topics) > 1) or (jobs and len(jobs) < len(c.groups)):
        return ()
    if jobs and len(set(c.topics) - {Topic.FORMATIONS}) and not _kind_for_a_job(c):
        return ()
    if (
        len(jobs) == 1
        and len(jobs[0].refs) == 1
        and c.says("diploma_word")
        and c.topics == (Topic.FORMATIONS,)
        and any(c.world.has_fiche(ref.id) for g in jobs for ref in g.refs)
    ):
        return tell_groups(jobs, (Topic.ACCESS,), c)  # "il faut quoi comme diplôme ?"
    if jobs:
        beside = tuple(i for g in jobs if g.name.whole_formation for i in g.name.formations)
        labels = tuple(dict.fromkeys(ref.id for g in jobs for ref in g.refs))
        return (LeadTo(labels, c.reading.wish, jobs[0].name.text, beside),)
    if c.groups:
        if any(g.name.lead is Lead.ONE_DOES for g in c.groups) or not c.follows_up:
            return (Listed(tuple(ref.id for g in c.groups for ref in g.refs), c.groups[0].name.text, of_a_job=True),)
        return ()
    if c.reading.head and not c.unknown:
        return tell(c.reading.head.refs, (Topic.FORMATIONS,), c, c.reading.head)
    if c.unknown:
        return ()
    spoken_of = _job_meant(c)
    if spoken_of and not c.reading.unseen:
        return (LeadTo(tuple(ref.id for ref in spoken_of), c.reading.wish),)
    said = " ".join(c.reading.unseen or c.reading.search)
    if not said or c.reading.act is Act.SEARCH or c.formation_spoken_of and not c.reading.unseen:
        return ()
    return (Unknown(said, (Topic.FORMATIONS,), tuple(map(job_ref, c.world.resolver.near_jobs(said))), job=True),)


def _kind_for_a_job(c: Context) -> bool:
    """ "ascensoriste, avec quel bac pro ?", "un CAP pour devenir ébéniste": formations of a type that lead to a job."""
    if not c.kinds or not any(g.is_job for g in c.groups):
        return False
    which = any(kind.lead in (Lead.WHICH, Lead.MANY) for kind in c.kinds)
    return which or (c.says("become") and not c.topics)


def _job_meant(c: Context) -> tuple[Ref, ...]:
    """The job that a message without a name goes on about: the one in focus, or the last one if words point at it."""
    in_focus = tuple(ref for ref in c.focus if ref.is_job)
    if c.groups or c.unknown:
        return ()
    points = Topic.FORMATIONS in c.topics or c.says("leads_there", "this_job", "become_it")
    return in_focus or (c.job_spoken_of if points else ())


def goes_there(c: Context) -> tuple[Question, ...]:
    """ "y a un CAP pour ça ?", "il faut quelle formation ?" of the job just spoken of."""
    spoken_of = _job_meant(c)
    if not spoken_of or c.reading.unseen and not c.says("leads_there"):
        return ()
    if c.topics and not {Topic.FORMATIONS, Topic.ACCESS, Topic.TYPE}.issuperset(c.topics):
        return ()
    if c.says("leads_there") or (
        c.says("diploma_asked") and c.reading.act in (Act.SEARCH, Act.LOST, Act.NAME, Act.PICK)
    ):
        return (LeadTo(tuple(ref.id for ref in spoken_of), c.reading.wish),)
    return ()
