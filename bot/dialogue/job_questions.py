"""Turns about what one does in a job, earns, needs; and whether a message is about a job at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.catalogue import job_answers
from bot.catalogue.answers import SHOWN_FORMATIONS, Ask, Reply
from bot.catalogue.fiche import Facet, Formation, Outcome
from bot.catalogue.filters import Wish
from bot.catalogue.job_fiche import JOB_FACETS
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.selection import read_choice
from bot.catalogue.telling import asked_about
from bot.dialogue.context import FOLLOW_UP, asks_for_a_kind, targets
from bot.dialogue.jobs import job_turn
from bot.dialogue.state import Knowledge, State, Turn, to_facets, to_values
from bot.reading import Reading

# The same question, of a formation and of a job.
_OF_A_JOB = {
    Facet.DESCRIPTION: Facet.JOB_DESCRIPTION,
    Facet.ACCESS: Facet.JOB_ACCESS,
    Facet.LEVEL: Facet.JOB_LEVEL,
    Facet.EXPECTATIONS: Facet.JOB_SKILLS,
    Facet.DURATION: Facet.JOB_ACCESS,
}
_OF_A_FORMATION = {job: formation for formation, job in _OF_A_JOB.items() if formation is not Facet.DURATION}
# Facets that also tell which formations lead to the job.
_WITH_FORMATIONS = frozenset({Facet.JOB_ACCESS, Facet.FORMATIONS_FOR_JOB})
_COMPARED = (Facet.JOB_SALARY, Facet.JOB_LEVEL)
_SIBLINGS = 2  # other jobs whose names begin as a name said does, from which on it is asked which is meant
_MOST_TOLD = 4  # jobs told in one message
# Intents of messages that name something and ask nothing that is understood.
_ABOUT_A_NAME = frozenset({"inform", "choose", "affirm", "deny", "nlu_fallback"})
_OF_ONE = frozenset("un une devenir deviens devient etre metier comme".split())
_OF_STUDIES = frozenset("diplome diplomes formation titre certificat exam examen etudes ecole cursus".split())
_JOB_WORDS = frozenset("metier metiers profession boulot".split())
_LEADS_TO_A_JOB = frozenset("devenir deviens devient devienne etre comme metier".split())
_MORE_OR_LESS = re.compile(r"\b(plus|moins|mieux|autant|aussi|pareil)\b.*\b(que|qu)\b")
_NAMING = frozenset("un une d de du des les l la le etre devenir devenu devient comme metier".split())


@dataclass(frozen=True)
class _Named:
    """Jobs that one name may mean."""

    labels: tuple[str, ...]
    said: str


def about_jobs(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message about jobs, or None: then it is about formations, or about nothing of the kind."""
    state = replace(state, jobs=tuple(label for label in state.jobs if label in knowledge.catalogue.jobs))
    if reading.ask is not None:
        return _chosen(reading.ask, state, knowledge)
    picked = _picked(reading, state, knowledge)
    if picked is not None:
        return picked
    if reading.intent == "ask_more" and not reading.mentions:
        return _more(state, knowledge)
    if {Facet.SEARCH} & set(reading.facets):
        return None
    asked = _job_facets(reading.facets)
    if state.candidates and not asked:
        return None
    if asked or _is_bare(reading):
        reading = replace(reading, mentions=tuple(_opened(m, reading.text, knowledge) for m in reading.mentions))
    if _is_bare(reading):
        reading = replace(reading, facets=())
        asked = ()
    reading = replace(reading, mentions=tuple(targets(reading, state)))
    goes_on = not reading.facets and bool(_job_facets(to_facets(state.facets)))
    named = _jobs_named(reading, bool(asked) or goes_on, knowledge)
    formation_named = any(m.formations and m not in named for m in reading.mentions)
    if formation_named:
        if not named:
            return _not_of_a_formation(reading, asked, [], state, knowledge) if asked else None
        asked = tuple(f for f in asked if f not in _OF_A_FORMATION)
        return _answer(asked, _groups(named, asked, knowledge), reading, state, knowledge) if asked else None
    if named:
        return _about_named(named, asked, reading, state, knowledge)
    return _about_context(asked, reading, state, knowledge)


def naming_what_to_become(reading: Reading, knowledge: Knowledge) -> Reading:
    """`reading` with the job named whole after "devenir" or the like, where its words alone name nothing.

    "comment devenir professeur des écoles": two words of talk, and a job.
    """
    if any(m.jobs for m in reading.mentions):
        return reading
    for lead in (token for token in tokenize(reading.text) if token.text in _LEADS_TO_A_JOB):
        rest = reading.text[lead.end :]
        label, length = knowledge.resolver.job_heads.begun_by(rest)
        start = lead.end + len(rest) - len(rest.lstrip())
        end = lead.end + length
        if label and not any(m.words and m.start < end and start < m.end for m in reading.mentions):
            said = reading.text[start:end]
            words = tuple(token.text for token in tokenize(said))
            mention = Mention(start, end, said, jobs=(label,), words=words, whole_job=True)
            apart = (m for m in reading.mentions if m.end <= start or end <= m.start)
            return replace(reading, mentions=tuple(sorted((*apart, mention), key=lambda m: m.start)))
    return reading


def of_formations(reading: Reading, state: State) -> Reading:
    """`reading` with its questions on a job turned into those on a formation, for when no job is answered for."""
    if not _job_facets(reading.facets):
        return reading
    # "devenir pilote de ligne" asks for no "bac pro pilote de ligne de production".
    named = any(m.formations and not (m.jobs and not m.type and _is_one(m, reading)) for m in reading.mentions)
    spoken_of = bool(state.formations) and not reading.mentions and not reading.unseen
    access = Facet.ACCESS if named or spoken_of else Facet.FORMATIONS_FOR_JOB
    counterparts = {**_OF_A_FORMATION, Facet.JOB_ACCESS: access}
    facets = [counterparts.get(f, f) for f in reading.facets if f not in JOB_FACETS or f in counterparts]
    if facets:
        return replace(reading, facets=tuple(dict.fromkeys(facets)))
    return replace(reading, facets=(), intent="ask_salary" if Facet.JOB_SALARY in reading.facets else "out_of_scope")


def _about_named(
    named: Sequence[Mention], asked: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge
) -> Turn | None:
    """A message that names jobs and no formation."""
    fiches = knowledge.catalogue.job_fiches
    has_fiche = any(label in fiches for m in named for label in m.jobs)
    if asks_for_a_kind(reading, reading.mentions):
        return None
    of_studies = not asked and len(_leading_of(named, knowledge)) == 1 and not any(_is_one(m, reading) for m in named)
    if of_studies and not {Facet.DESCRIPTION}.issuperset(reading.facets):
        return None  # of the one formation that leads there
    facets = tuple(dict.fromkeys(_OF_A_JOB.get(f, f) if has_fiche else f for f in reading.facets))
    if facets == (Facet.JOBS,) and has_fiche and any(m.type and not m.known for m in reading.mentions):
        facets = (Facet.JOB_LEVEL,)  # "on peut être maçon avec un CAP ?"
    if Facet.FORMATIONS_FOR_JOB in facets and not _job_facets(facets):
        return None
    if Facet.COMPARISON in facets and len(named) > 1 and has_fiche:
        facets = asked or _COMPARED
    if not facets:
        if state.waiting and not _job_facets(to_facets(state.waiting)):
            return None
        facets = _meant(reading, state)
    facets = tuple(f for f in facets if f in JOB_FACETS or f is Facet.FORMATIONS_FOR_JOB)
    if _job_facets(facets) and len(named) == len(state.jobs) == 1 and _MORE_OR_LESS.search(fold(reading.text)):
        # "c'est mieux payé que plombier ?": the job spoken of beside the one named.
        spoken_of = _Named(state.jobs, state.jobs[0])
        return _answer(_job_facets(facets), [spoken_of, *_groups(named, facets, knowledge)], reading, state, knowledge)
    only_named = _is_bare(reading) or reading.intent in _ABOUT_A_NAME
    if not facets and not reading.facets and has_fiche and len(named) == 1 and only_named:
        return _bare(_groups(named, (), knowledge)[0], reading, state, knowledge)
    if not _job_facets(facets) or (not has_fiche and set(facets) <= _WITH_FORMATIONS):
        return None
    if not fiches and Facet.JOB_SALARY in facets:
        return None
    return _answer(facets, _groups(named, facets, knowledge), reading, state, knowledge)


def _about_context(asked: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """A message that names neither a job nor a formation: about the job spoken of, one that nobody knows, or none."""
    if asked and not knowledge.catalogue.job_fiches:
        return None
    if asked:
        said, folded = _unknown_name(reading, state), fold(reading.text)
        words = knowledge.resolver.content_words(reading.text)
        head, labels, beside = knowledge.resolver.job_heads.opened(reading.text)
        if labels and re.search(
            rf"\b(metier|boulot|job|taf) (de |d ?'? ?)(un |une )?{re.escape(fold(head))}\b", folded
        ):
            said = ""  # "les défauts du métier de prof"
        opens = bool(labels) and fold(head) in {fold(word) for word in reading.unseen}
        if opens and (len(labels) > 1 or len(words) == beside + 1):
            said = ""  # "mécanicienne auto" opens several, "monteur d'ascenseurs" one that holds all that is said
            labels = tuple(label for label in labels if label in knowledge.catalogue.job_fiches) or labels
        if said:
            near = knowledge.resolver.near_jobs(" ".join(words) or said)
            reply = job_answers.unknown_job_asked(asked, said, near, knowledge.catalogue)
            return [reply], _waiting(state, asked)
        if labels and _is_named(head, reading.text):
            return _answer(asked, [_Named(labels, head)], reading, state, knowledge)
    spoken_of = _Named(state.jobs, ", ".join(state.jobs)) if state.jobs else _only_job(state, knowledge)
    meant = asked
    clear = spoken_of and not (state.formations or state.candidates or reading.unseen or reading.mentions)
    if not meant and clear and all(f in _OF_A_JOB for f in reading.facets):
        meant = tuple(dict.fromkeys(_OF_A_JOB[f] for f in reading.facets))
    if meant and spoken_of:
        return _answer(meant, [_Named((label,), label) for label in spoken_of.labels], reading, state, knowledge)
    if not asked:
        return None
    formations = knowledge.formations(state.candidates or state.formations)
    if formations:
        return _not_of_a_formation(reading, asked, formations, state, knowledge)
    return [Reply("missing_job", Outcome.MISSING, facets=asked)], _waiting(state, asked)


def _answer(
    facets: tuple[Facet, ...], groups: Sequence[_Named], reading: Reading, state: State, knowledge: Knowledge
) -> Turn:
    """Answer about each job named; one whose fiches differ on what is asked is asked about first."""
    catalogue = knowledge.catalogue
    told = tuple(f for f in facets if f in JOB_FACETS)
    for group in groups:
        if len(group.labels) > 1 and not job_answers.share_job_facts(told, group.labels, catalogue):
            reply = job_answers.ambiguous_job(facets, group.labels, group.said, catalogue)
            return [reply], replace(_waiting(state, facets), job_candidates=group.labels)
    labels = tuple(dict.fromkeys(label for group in groups for label in group.labels[:_MOST_TOLD]))[:_MOST_TOLD]
    alone = len(labels) == 1 and (facets == (Facet.JOB_ACCESS,) or Facet.FORMATIONS_FOR_JOB in facets)
    leading = _leading(labels, knowledge) if alone else []
    replies = job_answers.answer_jobs(told, labels, catalogue, asked_about(reading.text), leading)
    return replies, _after(facets, labels, leading, state)


def _bare(group: _Named, reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """A job's name alone: what one does, and which formations lead there."""
    if len(group.labels) > 1:
        return _answer((Facet.JOB_DESCRIPTION,), [group], reading, state, knowledge)
    leading = _leading(group.labels, knowledge)
    facets = (Facet.JOB_DESCRIPTION,)
    replies = job_answers.answer_jobs(facets, group.labels, knowledge.catalogue, leading=leading)
    return replies, _after(facets, group.labels, leading, state)


def _after(facets: Sequence[Facet], labels: tuple[str, ...], leading: Sequence[Formation], state: State) -> State:
    ids = tuple(formation.id for formation in leading)
    return replace(
        state,
        facets=to_values(facets),
        jobs=labels,
        formations=ids if len(ids) == 1 else (),
        listed=ids or state.listed,
        shown=SHOWN_FORMATIONS,
        waiting=(),
        candidates=(),
        job_candidates=(),
        said=(),
        misses=0,
        page=0,
    )


def _waiting(state: State, facets: Sequence[Facet]) -> State:
    return replace(state, waiting=to_values(facets), candidates=(), job_candidates=(), misses=0)


def _chosen(ask: Ask, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a button that asks about jobs, or None."""
    labels = tuple(label for label in ask.jobs if label in knowledge.catalogue.jobs)
    facets = tuple(f for f in ask.facets if f in JOB_FACETS)
    if not labels or Facet.FORMATIONS_FOR_JOB in ask.facets and not facets:
        return None
    if ask.page:
        return _page(facets, labels, ask.page, state, knowledge)
    nothing_typed = Reading("", "inform")
    if not facets:
        return _bare(_Named(labels, labels[0]), nothing_typed, state, knowledge)
    return _answer(ask.facets, [_Named((label,), label) for label in labels], nothing_typed, state, knowledge)


def _picked(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message that picks among the jobs just offered, or None when it does not."""
    offered = [label for label in state.job_candidates if label in knowledge.catalogue.jobs]
    if not offered or any(m.formations for m in reading.mentions):
        return None
    waiting = tuple(f for f in to_facets(state.waiting) if f in JOB_FACETS or f is Facet.FORMATIONS_FOR_JOB)
    facets = _job_facets(reading.facets) or waiting
    named = [label for m in reading.mentions for label in m.jobs]
    kept = [label for label in offered if label in named]
    if named and not kept:
        return None
    if not kept:
        # Labels are picked from as titles are: by number, rank or fragment.
        pick = read_choice(reading.text, [Formation(label, label, (), (), ()) for label in offered], waiting=True)
        if pick is None:
            return None
        kept = [formation.id for formation in pick.formations]
    if kept and not _job_facets(facets) and Facet.FORMATIONS_FOR_JOB in facets:
        return job_turn(tuple(kept), (), Wish(), ", ".join(kept), replace(state, job_candidates=()), knowledge)
    if not kept:
        again = job_answers.ambiguous_job(facets, offered, "", knowledge.catalogue)
        return [replace(again, response="ambiguous_job_again")], state
    return _answer(facets, [_Named(tuple(kept), reading.text)], reading, state, knowledge)


def _more(state: State, knowledge: Knowledge) -> Turn | None:
    return _page(_job_facets(to_facets(state.facets)), state.jobs, state.page + 1, state, knowledge)


def _page(
    facets: tuple[Facet, ...], labels: tuple[str, ...], page: int, state: State, knowledge: Knowledge
) -> Turn | None:
    """Page `page` of what was left out of long sections, or None where there is no more."""
    reply = job_answers.rest(facets, labels, page, knowledge.catalogue) if facets and labels else None
    return ([reply], replace(_after(facets, labels, (), state), page=page)) if reply else None


def _not_of_a_formation(
    reading: Reading, asked: tuple[Facet, ...], context: Sequence[Formation], state: State, knowledge: Knowledge
) -> Turn | None:
    """A formation has no salary nor hours of work; its jobs have. None where the same can be asked of a formation."""
    if any(f in _OF_A_FORMATION for f in asked) or not knowledge.catalogue.job_fiches:
        return None
    if any(f not in JOB_FACETS for f in reading.facets):
        return None
    ids = [i for m in reading.mentions for i in m.formations]
    formations = knowledge.formations(ids) or list(context)
    labels = list(dict.fromkeys(label for formation in formations[:1] for label in formation.jobs))
    choices = job_answers.salaries_of(labels, knowledge.catalogue) if Facet.JOB_SALARY in asked else ()
    reply = Reply("scope_of_a_job", Outcome.OUT_OF_SCOPE, {"choices": len(choices)}, choices=choices)
    return [reply], replace(state, misses=0)


def asked_of_jobs(facets: Sequence[Facet]) -> tuple[Facet, ...]:
    """What `facets` ask where jobs are spoken of."""
    return _job_facets(tuple(dict.fromkeys(_OF_A_JOB.get(f, f) for f in facets)))


def ask_which_job(facets: tuple[Facet, ...], labels: Sequence[str], state: State, knowledge: Knowledge) -> Turn:
    """Ask of which of the jobs just shown; the question waits."""
    reply = job_answers.ambiguous_job(facets, labels, "", knowledge.catalogue)
    return [reply], replace(_waiting(state, facets), job_candidates=tuple(labels))


def _job_facets(facets: Sequence[Facet]) -> tuple[Facet, ...]:
    return tuple(f for f in facets if f in JOB_FACETS)


def _jobs_named(reading: Reading, of_a_job: bool, knowledge: Knowledge) -> list[Mention]:
    """The mentions that mean a job.

    A name that is a formation's too does where only a job can be asked so, where the job alone is named whole, and
    after "devenir", "un" or the like.
    """
    fiches = knowledge.catalogue.job_fiches
    named = []
    for mention in reading.mentions:
        if not mention.jobs or (mention.type and (mention.formations or not mention.whole_job)):
            continue
        has_fiche = mention.whole_job and any(label in fiches for label in mention.jobs)
        open_question = not mention.whole and set(reading.facets) <= {Facet.DESCRIPTION}
        job_first = has_fiche and (
            open_question or _is_one(mention, reading) or _only_job_tells(mention, reading, knowledge)
        )
        if not mention.formations or (of_a_job and not _is_diploma(mention, reading)) or job_first:
            named.append(mention)
    return named


def _only_job_tells(mention: Mention, reading: Reading, knowledge: Knowledge) -> bool:
    """Whether the fiche of the job tells what those of the formations with the same name do not."""
    asked = [f for f in reading.facets if f in _OF_A_JOB]
    if not asked or len(asked) < len(reading.facets):
        return False
    fiches = [
        knowledge.catalogue.job_fiches[label] for label in mention.jobs if label in knowledge.catalogue.job_fiches
    ]
    silent = not any(f.has(facet) for f in knowledge.formations(mention.formations) for facet in asked)
    return silent and any(fiche.has(_OF_A_JOB[facet]) for fiche in fiches for facet in asked)


def _is_one(mention: Mention, reading: Reading) -> bool:
    """Whether a name is said of someone: "devenir fleuriste", "un fleuriste"."""
    before = [token.text for token in tokenize(reading.text[: mention.start])]
    return bool(_OF_ONE.intersection(before[-1:]))


def _is_diploma(mention: Mention, reading: Reading) -> bool:
    """Whether a name is said of studies: "le diplôme d'expert automobile"."""
    before = [token.text for token in tokenize(reading.text[: mention.start])]
    return bool(_OF_STUDIES.intersection(before[-3:]))


def _opened(mention: Mention, text: str, knowledge: Knowledge) -> Mention:
    """`mention` with the jobs that its first word opens, where it was taken for a formation or for another job."""
    if mention.type:
        return mention
    head, labels, _ = knowledge.resolver.job_heads.opened(text[mention.start :])
    if not labels or not mention.text.startswith(head) or set(labels) & set(mention.jobs):
        return mention
    if mention.jobs and len(labels) > 1:
        return mention
    return replace(mention, jobs=labels, whole_job=False)


def _is_bare(reading: Reading) -> bool:
    """Whether a message is the name of one job and nothing else ("le métier de volcanologue ?")."""
    if len(reading.mentions) != 1 or not reading.mentions[0].jobs:
        return False
    mention = reading.mentions[0]
    outside = tokenize(reading.text[: mention.start] + " " + reading.text[mention.end :])
    return all(token.text in GAP_WORDS or token.text in _JOB_WORDS for token in outside)


def _meant(reading: Reading, state: State) -> tuple[Facet, ...]:
    """What a job's name alone asks: the question that waits for it, or again the last one when it follows up."""
    if state.waiting:
        return _job_facets(to_facets(state.waiting))
    return _job_facets(to_facets(state.facets)) if FOLLOW_UP.match(fold(reading.text).strip()) else ()


def _groups(named: Sequence[Mention], facets: Sequence[Facet], knowledge: Knowledge) -> list[_Named]:
    """What each mention may mean: a name that opens several others, too, is not clear ("électromécanicien")."""
    groups = []
    for mention in named:
        labels = mention.jobs
        fiche = knowledge.catalogue.job_fiches.get(labels[0])
        if fiche and len(labels) == 1 and mention.whole_job:
            own = {name.label for name in fiche.names}
            longer = knowledge.resolver.job_heads.longer(fiche.title)
            others = tuple(label for label in longer if label in knowledge.catalogue.job_fiches and label not in own)
            if len(others) >= _SIBLINGS:
                labels = (*labels, *others)
        groups.append(_Named(tuple(dict.fromkeys(labels)), mention.text))
    return groups


def _leading_of(named: Sequence[Mention], knowledge: Knowledge) -> list[Formation]:
    return _leading([label for mention in named for label in mention.jobs], knowledge)


def _leading(labels: Sequence[str], knowledge: Knowledge) -> list[Formation]:
    """The formations whose fiche lists one of the jobs."""
    jobs = [knowledge.catalogue.jobs[label] for label in labels]
    return knowledge.formations(list(dict.fromkeys(i for job in jobs for i in job.formations)))


def _only_job(state: State, knowledge: Knowledge) -> _Named | None:
    """The job of a formation that lists one alone, when its jobs were just told."""
    formations = knowledge.formations(state.formations)
    if state.facets == (Facet.JOBS.value,) and len(formations) == 1 and len(formations[0].jobs) == 1:
        return _Named(formations[0].jobs, formations[0].jobs[0])
    return None


def _unknown_name(reading: Reading, state: State) -> str:
    """The words nobody knows that name a job, as far as one can tell ("combien gagne un tatoueur"), or ""."""
    named = reading.unseen and (not (state.jobs or state.formations) or _is_named(reading.unseen[0], reading.text))
    return " ".join(reading.unseen) if named else ""


def _is_named(word: str, text: str) -> bool:
    """Whether a word stands as a name does: first, after an article or "devenir", or in a message of few words."""
    tokens = [token.text for token in tokenize(text)]
    folded = fold(word)
    if len(tokens) <= 3 or tokens[0] == folded:
        return True
    return any(before in _NAMING for before, after in zip(tokens, tokens[1:], strict=False) if after == folded)
