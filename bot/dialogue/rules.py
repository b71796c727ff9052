"""The rules that tell what a message asks, in their order. Each takes the message in its conversation, and returns the
questions that it finds, or none: then the next rule is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.french import zipf
from bot.catalogue.normalize import stem, tokenize
from bot.catalogue.ref import Ref, formation_ref, job_ref
from bot.dialogue import guidance, picks
from bot.dialogue.context import Context
from bot.dialogue.question import (
    AskStep,
    Compare,
    Decision,
    Distress,
    Gone,
    LeadTo,
    Listed,
    Missing,
    More,
    Note,
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
from bot.dialogue.said import topic_that_says
from bot.dialogue.state import TOGETHER, State
from bot.dialogue.tell import tell, tell_groups, unknown
from bot.understanding.reading import Act, Lead, Name, Reading
from bot.understanding.topics import FORMATION_ONLY, JOB_ONLY, OF_JOB, Topic, topics_of
from bot.world import World

Rule = Callable[[Context], tuple[Question, ...]]

_HELP = "help:"
_MISSES_BEFORE_WAY_OUT = 2
_FEW_OF_A_KIND = 12
_FOLLOWING_DISTRESS = frozenset(
    {Act.THANK, Act.GOODBYE, Act.GREET, Act.AGREE, Act.REFUSE, Act.LOST, Act.HYPERBOLE, Act.OUTSIDE, Act.INSULT,
     Act.MORE, Act.NAME}
)  # fmt: skip
# What may be read where something else of the fiche is meant: told by prose, as most of it is.
_UNSURE = frozenset(
    {Topic.ACCESS, Topic.DESCRIPTION, Topic.EXPECTATIONS, Topic.CONDITIONS, Topic.STATUS, Topic.FURTHER_STUDY}
)
_RARE = 4.3  # words below this Zipf value are rarely those that name a topic
# With words for who people are in the text, these acts say nothing about what else is asked.
_NOT_READ = frozenset(
    {Act.OUTSIDE, Act.LOST, Act.HYPERBOLE, Act.INSULT, Act.NAME, Act.PICK, Act.TELL, Act.AGREE, Act.REFUSE, Act.SEARCH}
)
_SAID = {
    Act.GREET: ("greet", Outcome.SMALLTALK),
    Act.GOODBYE: ("goodbye", Outcome.SMALLTALK),
    Act.THANK: ("thank", Outcome.SMALLTALK),
    Act.CHALLENGE: ("bot_challenge", Outcome.SMALLTALK),
    Act.HELP: ("help", Outcome.HELP),
}
_TOWARDS = frozenset({Topic.ACCESS, Topic.FURTHER_STUDY})
_OPEN = frozenset({Topic.FURTHER_STUDY, Topic.JOBS, Topic.ACCESS, Topic.FORMATIONS})


def interpret(reading: Reading, state: State, world: World) -> Decision:
    """What a message asks, and the rule that says so: the first one of RULES that finds a question."""
    context = Context(reading, state, world)
    for rule in RULES:
        questions = rule(context)
        if questions:
            return Decision(rule.__name__, questions)
    raise AssertionError("the last rule takes every message")


# --- buttons, distress, people


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


# --- lists


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
        return spoken_of(Context(replace(c.reading, act=Act.ASK, topics=topics), c.state, c.world)) if topics else ()
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


# --- talk


def outside(c: Context) -> tuple[Question, ...]:
    """What no fiche tells: places, dates, fees, chances, and all that is not about formations and jobs."""
    if c.reading.act not in (Act.OUTSIDE, Act.HYPERBOLE, Act.INSULT):
        return ()
    if c.reading.outside == "other" and any(name.kind for name in c.unknown):
        return ()
    if c.reading.outside == "pay" and (any(group.is_job for group in c.groups) or c.job_spoken_of):
        return ()
    subject = c.reading.outside or ("insult" if c.reading.act is Act.INSULT else "other")
    return (_outside(subject, c),)


def _outside(subject: str, c: Context) -> Outside:
    named = [g for g in c.groups if not g.is_job]
    said = next((n.text for n in c.asked if n.words), "")
    if not said:
        said = next((f.title for f in c.formations(c.focus[:1])), "")
    one = named[0] if len(named) == 1 else None
    return Outside(subject, said, one.refs if one else (), one.name.words if one else (), c.state.misses)


def courtesy(c: Context) -> tuple[Question, ...]:
    """Thanks, a greeting or a goodbye that asks nothing, whatever words of talk stand beside."""
    if c.topics or c.names or c.reading.question_mark or c.reading.act not in (Act.THANK, Act.GOODBYE, Act.GREET):
        return ()
    return small_talk(c)


def small_talk(c: Context) -> tuple[Question, ...]:
    """Greetings, thanks and the like, where the message says nothing else."""
    if c.names_something or c.reading.act not in _SAID:
        return ()
    response, outcome = _SAID[c.reading.act]
    return (Say(response, outcome, examples=outcome is Outcome.HELP, begin=outcome is Outcome.HELP),)


def help_to_choose(c: Context) -> tuple[Question, ...]:
    """Advice is asked where there are no job fiches: what can be asked here."""
    if c.reading.act is Act.ADVISE and not c.groups and not c.unknown:
        return (Say("guidance", Outcome.HELP, examples=True),)
    return ()


def situation(c: Context) -> tuple[Question, ...]:
    """Where one stands is remembered; with a formation in mind it asks whether one can get in."""
    if c.reading.act is not Act.TELL or c.groups:
        return ()
    note = Note(c.state.interview.told(guidance.said_of_oneself(c)))
    formations = tuple(ref for ref in c.focus if not ref.is_job)
    if formations:
        return (note, *tell(formations, (Topic.ACCESS,), c))
    return (note, Missing((Topic.ACCESS,), situation=True))


# --- fiches


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
    if not c.says("enters") and not (from_below and c.follows_up):
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


def said_in_the_fiche(c: Context) -> tuple[Question, ...]:
    """ "j'ai le vertige, c'est grave ?": about words that the fiche in question speaks of in another section."""
    if not _UNSURE.issuperset(c.topics) or c.unknown or c.kinds or c.origins or len(c.groups) > 1:
        return ()
    if c.reading.act not in (Act.ASK, Act.OUTSIDE, Act.LOST, Act.TELL, Act.NAME, Act.PICK, Act.AGREE, Act.REFUSE):
        return ()
    refs = c.groups[0].refs if c.groups else c.focus
    if refs and not refs[0].is_job and {Topic.ACCESS, Topic.FURTHER_STUDY} & set(c.topics):
        return ()
    words = [w for w in c.uncovered if not c.topics or w in c.reading.untaught or zipf(w) < _RARE]
    if len(refs) != 1 or not words or c.reading.outside in ("place", "dates"):
        return ()
    topic = topic_that_says(refs[0], words, c.topics, c.world)
    return tell(refs, (topic,), c, c.groups[0].name if c.groups else None) if topic else ()


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
        return (_outside("pay", c),)
    if c.topics and (JOB_ONLY.issuperset(c.topics) or c.says("this_job")):
        return (Missing(c.topics, job=True),)
    return (Missing(c.topics, kinds, compare=compares),)


def lost(c: Context) -> tuple[Question, ...]:
    """A message that was not understood: never the same sentence twice, and a way out after two."""
    if c.reading.act is Act.AGREE or (c.reading.act is Act.REFUSE and not c.names):
        return (Say("go_on", examples=True),)
    values = {"variant": c.state.misses}
    if c.state.misses < _MISSES_BEFORE_WAY_OUT:
        return (Say("not_understood", Outcome.OUT_OF_SCOPE, values, examples=True, lost=True),)
    return (Say("way_out", Outcome.OUT_OF_SCOPE, values, examples=True, lost=True),)


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
    courtesy,
    picks.one_before,
    picks.the_other,
    more,
    picks.both,
    picks.by_words,
    listed,
    by_theme(for_a_job),
    by_theme(goes_there),
    by_theme(searched),
    picks.fragment,
    said_in_the_fiche,
    by_theme(outside),
    picks.options,
    picks.beside_the_last,
    small_talk,
    help_to_choose,
    situation,
    entering_it,
    from_a_class,
    what_comes_next,
    leads_to_the_job,
    into_the_one_spoken_of,
    after_the_origin,
    by_theme(kind_alone),
    picks.sibling,
    by_theme(unknown_names),
    named,
    job_by_its_head,
    spoken_of,
    by_theme(unseen_name),
    no_job_we_know,
    by_theme(missing),
    by_theme(lost),
)
