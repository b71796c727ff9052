"""One message in its conversation: who is meant by its names, and what is spoken of where it names nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.catalogue.answers import share_facts
from bot.catalogue.fiche import Formation
from bot.catalogue.job_answers import share_job_facts
from bot.catalogue.ref import Ref, formation_ref, job_ref
from bot.dialogue.state import State
from bot.understanding.reading import Act, Fit, Lead, Name, Reading, Role
from bot.understanding.topics import FORMATION_ONLY, JOB_ONLY, OF_FORMATION, OF_JOB, Topic, facets_of
from bot.world import World

# Asked of a formation, though a job may have the same name.
_OF_STUDIES = FORMATION_ONLY | {Topic.TYPE, Topic.DURATION}
# Questions whose reply displays a list.
_LISTS = frozenset({"LeadTo", "Listed", "Search", "Propose", "Suggest", "Which", "Way", "More"})


@dataclass(frozen=True)
class Group:
    """What one name means: fiches that it fits equally well, of one kind, and the name."""

    refs: tuple[Ref, ...]
    name: Name

    @property
    def is_job(self) -> bool:
        return self.refs[0].is_job


@dataclass(frozen=True)
class Context:
    """A reading with the state before it and the world: what every rule looks at."""

    reading: Reading
    state: State
    world: World

    def says(self, *cues: str) -> bool:
        """Whether the message matches one of these cues."""
        return self.reading.says(*cues)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What the message itself asks; of a superlative what it measures."""
        compares = self.reading.act is Act.COMPARE or self.says("superlative", "comparing", "both")
        measured = self.reading.measured if compares else ()
        return tuple(dict.fromkeys((*measured, *self.reading.topics)))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """The names of the message, without what the catalogue no longer holds."""
        return tuple(
            replace(name, refs=tuple(ref for ref in name.refs if self.world.holds(ref))) for name in self.reading.names
        )

    @cached_property
    def asked(self) -> tuple[Name, ...]:
        """The names that the message asks about."""
        return tuple(n for n in self.names if n not in self.origins and n.role in (Role.SUBJECT, Role.COMPARED))

    @cached_property
    def uncovered(self) -> tuple[str, ...]:
        """The words that describe something and stand in no name of the message."""
        named = {word for name in self.names for word in name.words}
        return tuple(word for word in self.reading.search if word not in named)

    @cached_property
    def origins(self) -> tuple[Name, ...]:
        """Where one comes from, as far as the message names it."""
        return tuple(
            n
            for n in self.names
            if n.role is Role.ORIGIN or n.fit is Fit.STATUS or self._is_own(n) or self._is_below_another(n)
        )

    def _is_below_another(self, name: Name) -> bool:
        """Whether a name is of a lower level than another, where it is asked how to get in: from there one comes."""
        if self.reading.act is Act.COMPARE or not (Topic.ACCESS in self.topics or self.says("enters")):
            return False
        if self.says("both", "same", "comparing"):
            return False
        others = [n for n in self.names if n is not name and n.kind and n.role is Role.SUBJECT and not n.joined]
        if name.joined:
            return False
        rung = self._rung(name)
        return rung is not None and any((other := self._rung(n)) is not None and other > rung for n in others)

    def is_below(self, name: Name, refs: Sequence[Ref]) -> bool:
        """Whether a name is of a lower level than the formations `refs`."""
        rung, levels = self._rung(name), [self.world.rung(ref) for ref in refs]
        return rung is not None and all(level is not None and level > rung for level in levels)

    def _rung(self, name: Name) -> int | None:
        """The level of the formations that a name may mean, None where they differ or do not say."""
        rungs = {self.world.rung(ref) for ref in name.refs if not ref.is_job and self.world.holds(ref)}
        return rungs.pop() if len(rungs) == 1 else None

    def _is_own(self, name: Name) -> bool:
        """Whether a diploma is what somebody has, to enter the formation spoken of ("un bac pro X peut y entrer ?")."""
        asks_entry = not self.topics or Topic.ACCESS in self.topics
        one = name.lead in (Lead.ONE, Lead.OWN) and bool(name.kind)
        alone = len(self.names) == 1 and bool(self.formation_spoken_of) and self.focus == self.formation_spoken_of
        return one and alone and asks_entry and self.says("enters") and not self.says("at_the_end_after")

    @cached_property
    def goals(self) -> tuple[Name, ...]:
        """The jobs that the message names as what one wants to become with what it asks about."""
        return tuple(n for n in self.names if n.role is Role.GOAL)

    @cached_property
    def kinds(self) -> tuple[Name, ...]:
        """The types named alone ("le CAP") among what is asked about."""
        return tuple(n for n in self.asked if n.fit is Fit.KIND)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What each known name asked about means."""
        found = [Group(refs, name) for name in self.asked if name.words and (refs := self.meaning(name))]
        if any(group.name.kind for group in found) and self.reading.act is not Act.COMPARE:
            # Beside a clear name, a word that several titles hold is an aside ("spé arts plastiques").
            found = [g for g in found if g.name.kind or g.name.joined or len(g.refs) == 1]
        return tuple({group.refs: group for group in found}.values())

    @property
    def just_listed(self) -> bool:
        """Whether the last reply displayed a list."""
        return self.state.last in _LISTS

    @cached_property
    def unknown(self) -> tuple[Name, ...]:
        """The names asked about that nobody knows; a series of the bac is one where nothing else is spoken of."""
        asked = self.asked if self.groups or self.focus or len(self.names) > 1 else self.names
        return tuple(name for name in asked if name.words and not name.refs)

    @property
    def names_something(self) -> bool:
        """Whether the message names a fiche, or something that is none."""
        return bool(self.groups or self.unknown)

    @cached_property
    def follows_up(self) -> bool:
        return self.says("follow_up")

    # --- who is meant by a name

    def meaning(self, name: Name) -> tuple[Ref, ...]:
        """The fiches, of one kind, that a name fits equally well."""
        jobs, formations = name.jobs, name.formations
        if jobs and (not formations or self._means_job(name)):
            return tuple(map(job_ref, jobs))
        return tuple(map(formation_ref, self._of_kinds_said(name, self._narrowed(name))))

    def _of_kinds_said(self, name: Name, ids: tuple[str, ...]) -> tuple[str, ...]:
        """Of several formations with one name, those of the type that stands elsewhere ("pas le TP, le CAP")."""
        if len(ids) < 2 or name.kind:
            return ids
        wanted = {n.kind for n in self.kinds if n.kind}
        refused = {n.kind for n in self.names if n.role is Role.EXCLUDED and n.fit is Fit.KIND and n.kind}
        kept = [i for i in ids if not any(self.world.resolver.is_kind(i, kind) for kind in refused)]
        of_kind = [i for i in kept if any(self.world.resolver.is_kind(i, kind) for kind in wanted)]
        return tuple(of_kind or kept or ids)

    def _means_job(self, name: Name) -> bool:
        """Whether a name that formations and jobs share means the job."""
        topics = set(self.topics) or set(self.waiting)
        if name.kind or name.lead is Lead.OF_STUDIES:
            return False
        if topics & JOB_ONLY or name.lead is Lead.ONE_DOES and self.world.catalogue.job_fiches:
            return True
        if name.whole_job and any(kind.lead in (Lead.WHICH, Lead.MANY) for kind in self.kinds):
            return True  # "ascensoriste, avec quel bac pro ?"
        if self.says("job_word") and topics <= {Topic.DESCRIPTION, Topic.JOBS}:
            return True
        if not name.whole_job or not any(self.world.has_fiche(label) for label in name.jobs):
            return False
        if name.lead in (Lead.ONE_DOES, Lead.OF_THE_JOB, Lead.ONE) or self.says("this_job"):
            return True
        if topics in ({Topic.JOBS}, {Topic.JOBS, Topic.DESCRIPTION}):
            return not self.says("after_something")
        if topics & _OF_STUDIES:
            return False
        if self.follows_up and not topics and self.state.topics and self.state.focus:
            return self.state.focus[-1].is_job
        return True

    def _narrowed(self, name: Name) -> tuple[str, ...]:
        """Of several formations that a name without a type fits, those of the type just spoken of."""
        last = next((ref for ref in reversed(self.state.focus) if not ref.is_job), None)
        if len(name.formations) < 2 or name.kind or not self.follows_up or last is None:
            return name.formations
        kind = self.world.catalogue.formations[last.id].type if self.world.holds(last) else None
        same = tuple(f.id for f in self.world.formations(name.formations) if f.type == kind)
        return same or name.formations

    # --- what is spoken of

    @cached_property
    def focus(self) -> tuple[Ref, ...]:
        """What the last answer was about."""
        return self._still(self.state.focus)

    @cached_property
    def recent(self) -> tuple[Ref, ...]:
        """The last fiches spoken of, the latest last."""
        return self._still(self.state.recent)

    @cached_property
    def offered(self) -> tuple[Ref, ...]:
        """What the last list displayed, in its order."""
        return self._still(self.state.offer.refs)

    @cached_property
    def waiting(self) -> tuple[Topic, ...]:
        """The question that waits for a name or a choice."""
        return self.state.offer.topics if self.state.offer.asks else ()

    @cached_property
    def job_spoken_of(self) -> tuple[Ref, ...]:
        """The jobs of the last answer, else the last one spoken of."""
        in_focus = tuple(ref for ref in self.focus if ref.is_job)
        last = tuple(ref for ref in self.recent if ref.is_job)[-1:]
        if in_focus or not last or not self.focus:
            return in_focus or last
        # Another formation than those that lead to the job: the job is no longer spoken of.
        leading = {f.id for f in self.world.catalogue.formations_leading_to(last[0].id)}
        return last if all(ref.id in leading for ref in self.focus) else ()

    @cached_property
    def formation_spoken_of(self) -> tuple[Ref, ...]:
        """The formations of the last answer, else the last one spoken of."""
        in_focus = tuple(ref for ref in self.focus if not ref.is_job)
        return in_focus or tuple(ref for ref in self.recent if not ref.is_job)[-1:]

    def _still(self, refs: Sequence[Ref]) -> tuple[Ref, ...]:
        return tuple(ref for ref in refs if self.world.holds(ref))

    def formations(self, refs: Iterable[Ref]) -> list[Formation]:
        """The formations among `refs`."""
        return self.world.formations([ref.id for ref in refs if not ref.is_job])

    # --- what a group can be told

    def one_answer(self, refs: Sequence[Ref], topics: Sequence[Topic]) -> bool:
        """Whether one answer holds for all of `refs`: they say the same on the topics, or all are silent."""
        if len(refs) < 2:
            return True
        if refs[0].is_job:
            return share_job_facts(facets_of(topics, True), [ref.id for ref in refs], self.world.catalogue)
        facets = facets_of(topics, False)
        formations = self.formations(refs)
        silent = not any(f.has(facet) for f in formations for facet in facets)
        return silent or share_facts(facets, formations)

    def topics_for(self, refs: Sequence[Ref], topics: Sequence[Topic]) -> tuple[Topic, ...]:
        """Those of `topics` that can be asked of `refs`; of a bare name its description, or what there is instead."""
        table = OF_JOB if refs[0].is_job else OF_FORMATION
        kept = self._sure_or_said(refs, tuple(topic for topic in dict.fromkeys(topics) if topic in table))
        if kept or refs[0].is_job:
            return kept or (Topic.DESCRIPTION,)
        formations = self.formations(refs)
        if any(f.has(OF_FORMATION[Topic.DESCRIPTION]) for f in formations):
            return (Topic.DESCRIPTION,)
        structured = (Topic.TYPE, Topic.DURATION, Topic.LEVEL)
        return tuple(t for t in structured if formations[0].has(OF_FORMATION[t]))[:2] or (Topic.DESCRIPTION,)

    def _sure_or_said(self, refs: Sequence[Ref], topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
        """`topics` without the doubtful ones on which all of `refs` are silent, where others are left."""
        sure = tuple(t for t in topics if t not in self.reading.doubtful or self._said(refs, t))
        return sure or topics

    def _said(self, refs: Sequence[Ref], topic: Topic) -> bool:
        """Whether one of the fiches says something on a topic."""
        if not refs[0].is_job:
            return any(f.has(OF_FORMATION[topic]) for f in self.formations(refs))
        fiches = [self.world.catalogue.job_fiches.get(ref.id) for ref in refs]
        return any(fiche is not None and fiche.has(OF_JOB[topic]) for fiche in fiches)

    @property
    def topics_meant(self) -> tuple[Topic, ...]:
        """What the message asks or, where it asks nothing itself, the question that waits or that it follows up."""
        if self.topics:
            return self.topics
        if self.waiting:
            return self.waiting
        bare = bool(self.kinds) and not self.groups
        follows = self.follows_up or bare or self.says("same", "pointing", "the_other")
        return self.state.topics if follows else ()
