"""Rules about what a question is asked of: what it names, what was spoken of, or what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.fiche import Facet
from bot.catalogue.french import zipf
from bot.catalogue.normalize import stem, tokenize
from bot.catalogue.ref import Ref, formation_ref, job_ref
from bot.catalogue.saying import facts_asked
from bot.dialogue import guidance
from bot.dialogue.context import Context
from bot.dialogue.question import (
    Compare,
    Missing,
    Question,
    Tell,
    Unknown,
    Which,
)
from bot.dialogue.said import tells_a_fact, told_topics, topic_that_says, topic_that_tells, topics_of_facts
from bot.dialogue.state import TOGETHER
from bot.dialogue.talk import about_outside
from bot.dialogue.tell import tell, tell_groups, unknown
from bot.understanding.reading import Act, Lead, Name
from bot.understanding.topics import FORMATION_ONLY, JOB_ONLY, OF_JOB, Topic

# What may be read where something else of the fiche is meant: told by prose, as most of it is.
_UNSURE = frozenset(
    {Topic.ACCESS, Topic.DESCRIPTION, Topic.EXPECTATIONS, Topic.CONDITIONS, Topic.STATUS, Topic.FURTHER_STUDY}
)
_ASKING = frozenset({Act.ASK, Act.OUTSIDE, Act.LOST, Act.TELL, Act.NAME, Act.PICK, Act.AGREE, Act.REFUSE})
_RARE = 4.3  # words below this Zipf value are rarely those that name a topic
_TOWARDS = frozenset({Topic.ACCESS, Topic.FURTHER_STUDY})
_OPEN = frozenset({Topic.FURTHER_STUDY, Topic.JOBS, Topic.ACCESS, Topic.FORMATIONS})


def said_in_the_fiche(c: Context) -> tuple[Question, ...]:
    """ "j'ai le vertige, c'est grave ?": about what the fiche in question says in another section."""
    refs = c.groups[0].refs if c.groups else c.focus
    if len(refs) != 1 or c.unknown or len(c.groups) > 1 or c.reading.outside in ("place", "dates"):
        return ()
    if c.reading.act not in _ASKING:
        return ()
    topic = topic_that_tells(refs[0], c.reading.about, c.topics, c.world)
    misread = bool(c.reading.outside or (c.reading.unseen and not c.groups))
    if misread and not topic and tells_a_fact(refs[0], c.reading.about, c.topics, c.world):
        topics = c.topics
    elif topic:
        topics = (topic, *told_topics(refs[0], c.topics, c.world))
    else:
        topic = _topic_of_words(refs[0], c)
        topics = (topic,) if topic else ()
    return tell(refs, topics, c, c.groups[0].name if c.groups else None) if topics else ()


def from_what_one_has(c: Context) -> tuple[Question, ...]:
    """ "j'ai un bac général, ça marche ?": from a diploma that the way into the formation spoken of tells of."""
    formation = tuple(ref for ref in c.focus if not ref.is_job)
    if len(formation) != 1 or not c.names or c.groups or c.unknown or not {Topic.ACCESS}.issuperset(c.topics):
        return ()
    had = [key for key, fact in facts_asked(c.reading.about).items() if not fact.topic]
    if not (c.topics or c.says("enters")) or not tells_a_fact(formation[0], had, (Topic.ACCESS,), c.world):
        return ()
    return tell(formation, (Topic.ACCESS,), c)


def _topic_of_words(ref: Ref, c: Context) -> Topic | None:
    """The topic whose section holds the words of the message that no name and no topic accounts for."""
    if not _UNSURE.issuperset(c.topics) or c.kinds or c.origins:
        return None
    if tells_a_fact(ref, c.reading.about, c.topics, c.world):
        return None
    if not ref.is_job and {Topic.ACCESS, Topic.FURTHER_STUDY} & set(c.topics):
        return None
    words = [w for w in c.uncovered if not c.topics or w in c.reading.untaught or zipf(w) < _RARE]
    return topic_that_says(ref, words, c.topics, c.world)


def not_said(c: Context) -> tuple[Question, ...]:
    """A precise fact is asked of the one fiche spoken of, which does not tell it."""
    if c.topics or c.names or len(c.focus) != 1 or c.reading.act not in (Act.ASK, Act.LOST, Act.OUTSIDE):
        return ()
    if c.reading.outside not in ("", "other") or not c.reading.question_mark:
        return ()
    topics = topics_of_facts(c.reading.about, c.focus[0].is_job)
    return (Tell(c.focus, topics[:1], c.reading.about, unsaid=True),) if topics else ()


def unknown_names(c: Context) -> tuple[Question, ...]:
    """Only names that nobody knows."""
    if not c.unknown or c.groups:
        return ()
    topics = c.topics_meant
    return tuple(unknown(name, topics, c) for name in c.unknown)


def named(c: Context) -> tuple[Question, ...]:
    """The fiches that the message names, and the names in it that nobody knows."""
    if not c.groups:
        return ()
    topics = _topics_of_named(c)
    if c.reading.only_name and not topics and _said_again(c):
        topics = c.state.topics  # "le BTM toiletteur" after a question on "toiletteur canin"
    strange = () if _TOWARDS & set(topics) else tuple(unknown(name, topics, c) for name in c.unknown)
    return (*tell_groups(c.groups, topics, c), *strange)


def _topics_of_named(c: Context) -> tuple[Topic, ...]:
    """What is asked of the names: how to get in where one says from where, again the last question in a follow-up."""
    topics = c.topics_meant
    both = {Topic.FURTHER_STUDY, Topic.JOBS}
    if c.follows_up and set(c.topics) == both and len(last := both & set(c.state.topics)) == 1:
        topics = tuple(last)
    if c.origins and not c.goals and (not topics or Topic.FURTHER_STUDY in topics):
        topics = _with(Topic.ACCESS, topics, Topic.FURTHER_STUDY, Topic.JOBS)
    elif c.origins and topics == (Topic.DURATION,) and _says_how_to_get_in(c):
        topics = (Topic.ACCESS, Topic.DURATION)  # from there it may take less time
    if not topics and c.says("enters") and not c.follows_up:
        topics = (Topic.ACCESS,)
    if c.kinds and c.says("at_the_end_after") and Topic.ACCESS in topics:
        topics = _with(Topic.FURTHER_STUDY, topics, Topic.ACCESS)
    if c.goals and (not topics or set(topics) <= _OPEN) and not c.origins:
        topics = (Topic.JOBS,)
    if not c.topics and c.follows_up and c.waiting == ():
        return c.state.topics
    return topics


def _said_again(c: Context) -> bool:
    """Whether the only name of a message is one of those just told, or holds a word of the last name."""
    (name,) = c.names
    told = bool(c.groups) and set(c.groups[0].refs) <= {*c.focus, *c.offered}
    return told or not {stem(word) for word in name.words}.isdisjoint(stem(word) for word in c.state.said)


def _says_how_to_get_in(c: Context) -> bool:
    return any(f.has(Facet.ACCESS) for group in c.groups for f in c.formations(group.refs))


def _with(first: Topic, topics: Sequence[Topic], *without: Topic) -> tuple[Topic, ...]:
    """`first`, then the other topics but those of `without`."""
    return tuple(dict.fromkeys((first, *(topic for topic in topics if topic not in without))))


def spoken_of(c: Context) -> tuple[Question, ...]:
    """A question without a name: about what was last spoken of, if that can be asked so."""
    if c.names_something or (c.kinds and _speaks_of_all(c)):
        return ()
    topics = c.topics or ((c.state.topics or c.waiting) if c.follows_up and c.reading.act in _ELLIPTIC else ())
    if not topics or (c.reading.unseen and _looks_like_a_name(c)):
        return ()
    refs = _spoken_of(topics, c)
    if not refs:
        return ()
    asked = c.topics_for(refs, topics)
    if len(refs) > 1 and not c.one_answer(refs, asked):
        together = len(refs) <= TOGETHER and c.recent[-len(refs) :] == refs
        together = together or (refs[0].is_job and guidance.SHORT_FACTS.issuperset(asked))
        return (Compare(refs, asked, c.reading.most, c.reading.about),) if together else (Which(refs, topics),)
    return tell(refs, topics, c)


_ELLIPTIC = frozenset({Act.NAME, Act.PICK, Act.LOST, Act.AGREE, Act.REFUSE})


def _spoken_of(topics: Sequence[Topic], c: Context) -> tuple[Ref, ...]:
    """The job or the formations that topics without a name are asked of."""
    if JOB_ONLY.issuperset(topics):
        listed = tuple(ref for ref in c.offered if ref.is_job) if c.just_listed and not c.focus else ()
        return listed or c.job_spoken_of or _only_job(c) or c.formation_spoken_of
    if set(topics) & FORMATION_ONLY and not c.says("this_job"):
        formations = c.formation_spoken_of
        return formations or c.focus
    if c.says("this_job") and (c.job_spoken_of or _its_job(c)):
        return c.job_spoken_of or _its_job(c)
    if c.says("this_formation") and c.formation_spoken_of:
        return c.formation_spoken_of
    if c.state.offer.asks and c.offered:
        return c.offered
    return c.focus or c.recent[-1:]


def _its_job(c: Context) -> tuple[Ref, ...]:
    """The only job that the formation spoken of lists."""
    formations = c.formations(c.focus)
    return (job_ref(formations[0].jobs[0]),) if len(formations) == 1 and len(formations[0].jobs) == 1 else ()


def _only_job(c: Context) -> tuple[Ref, ...]:
    """The job of a formation that lists one alone, when its jobs were just told."""
    return _its_job(c) if c.state.topics == (Topic.JOBS,) else ()


def _speaks_of_all(c: Context) -> bool:
    """ "un BTS dure combien de temps ?", "c'est quoi les CAP ?": about a type of diploma; "c'est un BTS ?" is not."""
    kind = c.kinds[0]
    of_kind = any(c.world.is_kind(ref, kind.kind or "") for ref in (*c.focus, *c.offered))
    asked = bool({Topic.DURATION, Topic.DESCRIPTION} & set(c.topics)) or "quoi" in c.reading.words
    return not of_kind and asked and kind.lead in (Lead.ONE, Lead.MANY)


def _looks_like_a_name(c: Context) -> bool:
    """Whether words nobody knows look like a name rather than like talk about the last formation."""
    return not c.says("this_one") and len(c.reading.words) <= 7


def job_by_its_head(c: Context) -> tuple[Question, ...]:
    """ "combien gagne un prof ?": the jobs that one word opens."""
    head = c.reading.head
    if head is None or not c.topics or not set(c.topics) & set(OF_JOB):
        return ()
    at_an_end = head.words[:1] in (c.reading.words[:1], c.reading.words[-1:])
    if not (JOB_ONLY & set(c.topics)) and not at_an_end and head.lead not in (Lead.ONE, Lead.ONE_DOES, Lead.OF_THE_JOB):
        return ()
    beyond = _beyond_the_head(head, c)
    if beyond:
        said = f"{head.text} {beyond}"
        return (Unknown(said, c.topics, tuple(map(job_ref, c.world.resolver.near_jobs(said))), job=True),)
    return tell(head.refs, c.topics, c, head)


def _beyond_the_head(head: Name, c: Context) -> str:
    """The word that goes on after "auxiliaire de …" and that none of the jobs so called holds, or ""."""
    words = c.reading.words
    at = next((i for i, word in enumerate(words) if word == head.words[0]), len(words))
    if at + 2 >= len(words) or words[at + 1] not in ("de", "d", "du", "des"):
        return ""
    names = [name for ref in head.refs for name in c.world.names_of_job(ref.id)]
    held = {stem(token.text) for name in names for token in tokenize(name)}
    return "" if stem(words[at + 2]) in held or words[at + 2] not in c.uncovered else words[at + 2]


def no_job_we_know(c: Context) -> tuple[Question, ...]:
    """ "ça gagne combien un cadre de santé ?": words that name no job of the catalogue."""
    if c.topics != (Topic.SALARY,) or c.names or c.focus or not c.says("someone") or c.says("job_word"):
        return ()
    said = " ".join(c.reading.search)
    near = tuple(map(job_ref, c.world.resolver.near_jobs(said))) if said else ()
    return (Unknown(said, c.topics, near, job=True),) if said else ()


def another_name(c: Context) -> tuple[Question, ...]:
    """ "non, plutôt coiffure" where no fiche is called so: not the one spoken of."""
    if c.reading.act is not Act.NAME or not c.follows_up or c.says("this_one") or c.topics or c.names:
        return ()
    topics = c.waiting or c.state.topics
    said = " ".join(c.uncovered)
    if not said or not topics:
        return ()
    return (Unknown(said, topics, tuple(map(formation_ref, c.world.resolver.near(said)))),)


def unseen_name(c: Context) -> tuple[Question, ...]:
    """A question about words that nobody knows."""
    said = " ".join(c.reading.unseen) or c.reading.sigle
    topics = c.topics or (c.waiting if c.reading.sigle else ())
    if not said or not topics:
        return ()
    if JOB_ONLY & set(topics) or c.says("become"):
        return (Unknown(said, topics, tuple(map(job_ref, c.world.resolver.near_jobs(said))), job=True),)
    near = tuple(map(formation_ref, c.world.resolver.near(said)))
    return (Unknown(said, topics, near),)


def missing(c: Context) -> tuple[Question, ...]:
    """A question with no formation and no job, now or earlier."""
    compares = c.reading.act is Act.COMPARE
    if not c.topics and not compares and not (c.kinds and c.reading.act is not Act.LOST):
        return ()
    kinds = tuple(dict.fromkeys(name.kind for name in c.kinds if name.kind))
    if c.topics == (Topic.SALARY,) and c.says("someone"):
        return (about_outside("pay", c),)
    if c.topics and (JOB_ONLY.issuperset(c.topics) or c.says("this_job")):
        return (Missing(c.topics, job=True),)
    return (Missing(c.topics, kinds, compare=compares),)
