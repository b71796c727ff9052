"""Which jobs a message names, as far as its words and what is asked tell, or picks among those just shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.catalogue.fiche import Facet, Formation
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.selection import read_choice
from bot.dialogue.counterparts import OF_A_JOB
from bot.dialogue.state import Knowledge, State
from bot.reading import Reading

_OF_ONE = frozenset("un une devenir deviens devient etre metier comme".split())
_OF_STUDIES = frozenset("diplome diplomes formation titre certificat exam examen etudes ecole cursus".split())
_JOB_WORDS = frozenset("metier metiers profession boulot".split())
_LEADS_TO_A_JOB = frozenset("devenir deviens devient devienne etre comme metier".split())
_NAMING = frozenset("un une d de du des les l la le etre devenir devenu devient comme metier".split())
_SIBLINGS = 2  # other jobs whose names begin as a name said does, from which on it is asked which is meant


@dataclass(frozen=True)
class NamedJobs:
    """Jobs that one name may mean; none where nobody knows it."""

    labels: tuple[str, ...]
    said: str


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


def opened(mention: Mention, reading: Reading, knowledge: Knowledge) -> Mention:
    """`mention` with the jobs that its first word opens, where it was taken for a formation or for another job."""
    if mention.type:
        return mention
    next_ = min((m.start for m in reading.mentions if m.start > mention.start), default=len(reading.text))
    head, labels, more_said = knowledge.resolver.job_heads.opened(reading.text[mention.start : next_])
    if mention.jobs and mention.whole_job and not more_said:
        return mention  # a baker is no "boulanger-pâtissier"
    if not labels or not mention.text.startswith(head) or set(labels) & set(mention.jobs):
        return mention
    if mention.jobs and len(labels) > 1:
        return mention
    return replace(mention, jobs=labels, whole_job=False)


def jobs_named(reading: Reading, of_a_job: bool, knowledge: Knowledge) -> list[Mention]:
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
            open_question or is_said_of_someone(mention, reading) or _only_job_tells(mention, reading, knowledge)
        )
        if not mention.formations or (of_a_job and not _is_diploma(mention, reading)) or job_first:
            named.append(mention)
    return named


def meanings(named: Sequence[Mention], knowledge: Knowledge) -> list[NamedJobs]:
    """What each mention may mean: a name that opens several others, too, is not clear ("électromécanicien")."""
    meant = []
    for mention in named:
        labels = mention.jobs
        fiche = knowledge.catalogue.job_fiches.get(labels[0])
        if fiche and len(labels) == 1 and mention.whole_job:
            own = {name.label for name in fiche.names}
            longer = knowledge.resolver.job_heads.longer(fiche.title)
            others = tuple(label for label in longer if label in knowledge.catalogue.job_fiches and label not in own)
            if len(others) >= _SIBLINGS:
                labels = (*labels, *others)
        meant.append(NamedJobs(tuple(dict.fromkeys(labels)), mention.text))
    return meant


def is_bare(reading: Reading) -> bool:
    """Whether a message is the name of one job and nothing else ("le métier de volcanologue ?")."""
    if len(reading.mentions) != 1 or not reading.mentions[0].jobs:
        return False
    mention = reading.mentions[0]
    outside = tokenize(reading.text[: mention.start] + " " + reading.text[mention.end :])
    return all(token.text in GAP_WORDS or token.text in _JOB_WORDS for token in outside)


def named_in_words(reading: Reading, state: State, knowledge: Knowledge) -> NamedJobs | None:
    """The jobs that words name where no mention does: by the first word of their names, or one that nobody knows."""
    unknown = _unknown_name(reading, state)
    head, labels, beside = knowledge.resolver.job_heads.opened(reading.text)
    if labels and re.search(
        rf"\b(metier|boulot|job|taf) (de |d ?'? ?)(un |une )?{re.escape(fold(head))}\b", fold(reading.text)
    ):
        unknown = ""  # "les défauts du métier de prof"
    opens = bool(labels) and fold(head) in {fold(word) for word in reading.unseen}
    if opens and (len(labels) > 1 or len(knowledge.resolver.content_words(reading.text)) == beside + 1):
        unknown = ""  # "mécanicienne auto" opens several, "monteur d'ascenseurs" one that holds all that is said
        labels = tuple(label for label in labels if label in knowledge.catalogue.job_fiches) or labels
    if unknown:
        return NamedJobs((), unknown)
    return NamedJobs(labels, head) if labels and _is_named(head, reading.text) else None


def as_titles(labels: Sequence[str]) -> list[Formation]:
    """The labels as `read_choice` takes them: jobs are picked from as titles are, by number, rank or fragment."""
    return [Formation(label, label, (), (), ()) for label in labels]


def picked_by_rank(text: str, labels: Sequence[str]) -> str | None:
    """The one of the jobs just shown whose rank is said ("le 2e"), or None."""
    pick = read_choice(text, as_titles(labels), waiting=False)
    return pick.formations[0].id if pick and pick.ordinal and pick.formations else None


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


def is_said_of_someone(mention: Mention, reading: Reading) -> bool:
    """Whether a name is said of someone: "devenir fleuriste", "un fleuriste"."""
    before = [token.text for token in tokenize(reading.text[: mention.start])]
    return bool(_OF_ONE.intersection(before[-1:]))


def _only_job_tells(mention: Mention, reading: Reading, knowledge: Knowledge) -> bool:
    """Whether the fiche of the job tells what those of the formations with the same name do not."""
    asked = [f for f in reading.facets if f in OF_A_JOB]
    if not asked or len(asked) < len(reading.facets):
        return False
    fiches = [
        knowledge.catalogue.job_fiches[label] for label in mention.jobs if label in knowledge.catalogue.job_fiches
    ]
    silent = not any(f.has(facet) for f in knowledge.formations(mention.formations) for facet in asked)
    return silent and any(fiche.has(OF_A_JOB[facet]) for fiche in fiches for facet in asked)


def _is_diploma(mention: Mention, reading: Reading) -> bool:
    """Whether a name is said of studies: "le diplôme d'expert automobile"."""
    before = [token.text for token in tokenize(reading.text[: mention.start])]
    return bool(_OF_STUDIES.intersection(before[-3:]))
