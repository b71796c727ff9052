"""The names of a message as the dialogue reads them: mentions of the resolver with what stands around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.mention import Mention
from bot.catalogue.normalize import expand_sms, fold, tokenize
from bot.catalogue.ref import formation_ref, job_ref
from bot.catalogue.talk import LINKING_WORDS
from bot.understanding.reading import Fit, Lead, Name
from bot.understanding.topics import FORMATION_ONLY, Topic
from bot.world import World

_LEADS = (
    (Lead.ONE_DOES, frozenset("devenir deviens devient devienne devenu devenue etre comme".split())),
    (Lead.OF_THE_JOB, frozenset("metier boulot job taf travail profession poste".split())),
    (Lead.OF_STUDIES, frozenset("diplome titre certificat examen exam etudes cursus formation ecole".split())),
    (Lead.WHICH, frozenset(["quel", "quelle"])),
    (Lead.MANY, frozenset("quels quelles les des ces tous toutes liste listez lister listes plusieurs".split())),
    (Lead.OWN, frozenset("mon ma mes notre son sa ton ta".split())),
    (Lead.THIS, frozenset("ce cet cette".split())),
    (Lead.ONE, frozenset(["un", "une"])),
)
# A type before letters that no fiche has ("bac STL"): a series of the bac that somebody has or prepares.
_SERIES_OF = frozenset(["bac", "bac techno", "bac général"])
_BETWEEN = frozenset("un une d de du des la l le".split())


def names_of(text: str, mentions: Sequence[Mention], topics: Sequence[Topic], world: World) -> list[Name]:
    """The names in `text`, in order: what the resolver found, and a job named whole after "devenir" or the like."""
    names = [_name(text, mention, world) for mention in mentions]
    if not topics or not FORMATION_ONLY.issuperset(topics):
        ends = [*(name.start for name in names), len(text)][1:]
        names = [opened(name, text, end, world) for name, end in zip(names, ends, strict=True)]
    become = None if any(name.jobs for name in names) else _to_become(text, names, world)
    return sorted([*names, become], key=lambda name: name.start) if become else names


def job_by_head(text: str, names: Sequence[Name], world: World) -> Name | None:
    """The jobs whose names begin with a word of the message that names nothing else ("prof", "mécanicienne auto")."""
    free = _without(text, names)
    head, labels, _ = world.resolver.job_heads.opened(free)
    if not labels or not head or fold(head) in LINKING_WORDS:
        return None
    start = free.index(head)
    known = tuple(label for label in labels if world.has_fiche(label)) or labels
    name = Name(start, start + len(head), head, tuple(job_ref(j) for j in known), words=(head.lower(),))
    return replace(name, lead=_lead(text, start))


def _name(text: str, mention: Mention, world: World) -> Name:
    refs = (*map(formation_ref, mention.formations), *map(job_ref, mention.jobs))
    if not mention.words:
        fit = Fit.KIND
    elif not refs:
        fit = Fit.STATUS if mention.type in _SERIES_OF else Fit.UNKNOWN
    else:
        fit = Fit.WHOLE if mention.whole or mention.whole_job else Fit.PART
    return Name(
        mention.start,
        mention.end,
        mention.text,
        refs,
        tuple(map(formation_ref, mention.near)),
        mention.type,
        mention.words,
        fit,
        whole_formation=mention.whole,
        whole_job=mention.whole_job,
        now_called=mention.now_called,
        lead=_lead(text, mention.start),
        plural=_is_plural(mention),
    )


def _lead(text: str, start: int) -> Lead:
    """What stands before a name, articles apart."""
    before = [expand_sms(token.text) for token in tokenize(text[:start])][-3:]
    while before:
        found = next((lead for lead, words in _LEADS if before[-1] in words), None)
        if found and not (found is Lead.ONE and len(before) > 1 and before[-2] in _LEADS[0][1] | _LEADS[1][1]):
            return found
        if before[-1] not in _BETWEEN:
            return Lead.NONE
        before.pop()
    return Lead.NONE


def _is_plural(mention: Mention) -> bool:
    first = next((token.text for token in tokenize(mention.text)), "")
    return bool(mention.type) and first.endswith("s") and first not in ("bts", "cs", "ms")


def _to_become(text: str, names: Sequence[Name], world: World) -> Name | None:
    for lead in (token for token in tokenize(text) if token.text in _LEADS[0][1] or token.text in _LEADS[1][1]):
        rest = text[lead.end :]
        label, length = world.resolver.job_heads.begun_by(rest)
        start, end = lead.end + len(rest) - len(rest.lstrip()), lead.end + length
        if label and not any(name.words and name.start < end and start < name.end for name in names):
            said = text[start:end]
            words = tuple(token.text for token in tokenize(said))
            return Name(
                start, end, said, (job_ref(label),), words=words, fit=Fit.WHOLE, whole_job=True, lead=Lead.ONE_DOES
            )
    return None


def _without(text: str, names: Sequence[Name]) -> str:
    for name in names:
        text = text[: name.start] + " " * (name.end - name.start) + text[name.end :]
    return text


def opened(name: Name, text: str, next_start: int, world: World) -> Name:
    """`name` with the jobs that its first word opens, where it was taken for a formation or for another job."""
    if name.kind:
        return name
    head, labels, more_said = world.resolver.job_heads.opened(text[name.start : next_start])
    if name.jobs and name.whole_job and not more_said:
        return name  # a baker is no "boulanger-pâtissier"
    if not labels or not name.text.startswith(head) or set(labels) & set(name.jobs):
        return name
    if name.jobs and len(labels) > 1:
        return name
    formations = tuple(ref for ref in name.refs if not ref.is_job)
    return replace(name, refs=(*formations, *map(job_ref, labels)), whole_job=False)
