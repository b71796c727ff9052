"""Rules about ways between formations: into one, after one, from a type of diploma or a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.ref import formation_ref
from bot.dialogue.context import Context
from bot.dialogue.question import (
    Listed,
    Question,
)
from bot.dialogue.tell import tell, unknown
from bot.understanding.reading import Act, Lead, Name
from bot.understanding.topics import JOB_ONLY, Topic

_FEW_OF_A_KIND = 12
_TOWARDS = frozenset({Topic.ACCESS, Topic.FURTHER_STUDY})
_OPEN = frozenset({Topic.FURTHER_STUDY, Topic.JOBS, Topic.ACCESS, Topic.FORMATIONS})


def kind_alone(c: Context) -> tuple[Question, ...]:
    """A type named alone: one of those offered, one that leads to the job spoken of, or the same name's other type."""
    if len(c.kinds) != 1 or c.groups or c.unknown or c.kinds[0].lead is Lead.OWN:
        return ()
    kind, topics = c.kinds[0], c.topics_meant
    of_kind = tuple(ref for ref in c.formation_spoken_of if c.world.is_kind(ref, kind.kind or ""))
    if of_kind and (kind.lead is Lead.THIS or not c.follows_up or c.topics):
        return tell(of_kind, topics, c)
    offered = tuple(ref for ref in c.offered if c.world.is_kind(ref, kind.kind or ""))
    if offered and len(offered) < len(c.offered):
        return tell(offered, topics, c)
    if c.says("enters", "at_the_end_after", "after_something") or kind.lead is Lead.OWN:
        return ()
    jobs = tuple(ref for ref in c.focus if ref.is_job)
    if jobs and c.topics and {Topic.ACCESS, Topic.LEVEL}.issuperset(c.topics):
        return tell(jobs, c.topics, c)  # "la licence est-elle obligatoire ?"
    leading = [
        formation_ref(f.id) for f in c.world.catalogue.formations_listing([ref.id for ref in jobs])
        if c.world.resolver.is_kind(f.id, kind.kind or "")
    ]  # fmt: skip
    if leading and (not topics or not JOB_ONLY & set(topics)):
        return tell(leading, c.topics, c) if c.topics else (Listed(tuple(r.id for r in leading), kind.text),)
    return _same_name_of_kind(c, kind, topics)


def _same_name_of_kind(c: Context, kind: Name, topics: Sequence[Topic]) -> tuple[Question, ...]:
    """ "et le bac pro ?" after "CAP cuisine": the bac pro cuisine."""
    switches = not c.topics or c.follows_up or not set(c.topics) & _TOWARDS
    if c.state.said and switches and (not c.topics or c.follows_up or kind.lead is not Lead.ONE):
        again = c.world.resolver.resolve(f"{kind.text} {' '.join(c.state.said)}")
        turned = [m for m in again if m.formations]
        if turned:
            return tell([formation_ref(i) for i in turned[0].formations], topics, c)
        if not c.topics:
            said = f"{kind.text} {' '.join(c.state.said)}"
            return (unknown(replace(kind, text=said, near=(), words=c.state.said), topics, c),)
    few = c.world.resolver.of_kind(kind.kind or "")
    if not c.state.said and 0 < len(few) <= _FEW_OF_A_KIND:
        return tell([formation_ref(i) for i in few], topics, c)
    return ()


def into_the_one_spoken_of(c: Context) -> tuple[Question, ...]:
    """ "un bac pro X est-il accepté ?", "et avec un CAP ?": into the formation spoken of, from what is named."""
    formations = c.formation_spoken_of if not any(ref.is_job for ref in c.focus) else ()
    if not formations or c.groups or c.unknown or not c.origins:
        return ()
    alone = not any(name.words and name.refs for name in c.origins)
    from_below = alone or any(c.is_below(name, formations) for name in c.origins)
    if not c.says("enters") and not (from_below and (c.follows_up or Topic.ACCESS in c.topics)):
        return ()
    if c.topics and not _OPEN | {Topic.DURATION} >= set(c.topics):
        return ()
    topics = c.topics if Topic.DURATION in c.topics or Topic.ACCESS in c.topics else (Topic.ACCESS,)
    return tell(formations, tuple(t for t in topics if t in (Topic.ACCESS, Topic.DURATION)), c)


def after_the_origin(c: Context) -> tuple[Question, ...]:
    """ "après le bac pro coiffure on peut faire un BTS ?": what comes after the only formation that is named."""
    known = [n for n in c.origins if n.formations and n.words]
    if c.groups or c.unknown or len(known) != 1 or (c.formation_spoken_of and c.says("enters")):
        return ()
    if not _OPEN.issuperset(c.topics):
        topics = c.topics
    else:
        topics = (Topic.JOBS,) if c.topics == (Topic.JOBS,) else (Topic.FURTHER_STUDY,)
        if set(c.topics) >= {Topic.JOBS, Topic.FURTHER_STUDY}:
            topics = (Topic.FURTHER_STUDY, Topic.JOBS)
        if c.follows_up and len(again := set(topics) & set(c.state.topics)) == 1:
            topics = tuple(again)
    return tell(c.meaning(known[0]), topics, c, known[0])


def entering_it(c: Context) -> tuple[Question, ...]:
    """ "faut déjà être préparatrice pour y entrer ?": into the formation spoken of, whatever else is named."""
    formations = tuple(ref for ref in c.focus if not ref.is_job)
    if not formations or not c.says("enters_there") or any(n.kind and n.words for n in c.asked):
        return ()
    if c.topics and not _OPEN | {Topic.DURATION} >= set(c.topics):
        return ()
    return tell(formations, (Topic.DURATION,) if c.topics == (Topic.DURATION,) else (Topic.ACCESS,), c)


def from_a_class(c: Context) -> tuple[Question, ...]:
    """ "on peut y aller direct après la 3e ?": from one's class into the formation spoken of."""
    formations = tuple(ref for ref in c.focus if not ref.is_job)
    said = c.reading.profile.situation
    if not formations or not said or any(n.words for n in c.names) or c.reading.act in (Act.ADVISE, Act.TELL):
        return ()
    if not {Topic.ACCESS, Topic.FURTHER_STUDY}.issuperset(c.topics) or (not c.topics and not c.says("from_there")):
        return ()
    return tell(formations, (Topic.ACCESS,), c)


def what_comes_next(c: Context) -> tuple[Question, ...]:
    """ "on peut faire un BTS après ?", "et devenir aide-soignant après ?": after the formation spoken of."""
    formations = tuple(ref for ref in c.focus if not ref.is_job)
    towards = c.follows_up and c.says("then") and bool(c.kinds)
    after = c.says("at_the_end_after") or towards
    if not formations or len(c.names) != 1 or not after or not _OPEN.issuperset(c.topics):
        return ()
    labels = {ref.id for g in c.groups for ref in g.refs if ref.is_job}
    listed = any(labels & set(f.jobs) for f in c.formations(formations))
    return tell(formations, (Topic.JOBS if listed else Topic.FURTHER_STUDY,), c)


def leads_to_the_job(c: Context) -> tuple[Question, ...]:
    """ "ça permet de devenir syndic ?": the jobs of the formation spoken of."""
    formations = tuple(ref for ref in c.focus if not ref.is_job)
    if not formations or not c.groups or not all(g.is_job for g in c.groups) or not c.says("allows"):
        return ()
    return tell(formations, (Topic.JOBS,), c)
