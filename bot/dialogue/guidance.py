"""Messages of guidance: answers to its questions, what is said of oneself, and what follows its suggestions."""

from __future__ import annotations

from dataclasses import replace

from bot.catalogue.answers import Ask
from bot.catalogue.ref import Ref, job_ref
from bot.dialogue.context import Context
from bot.dialogue.question import AskStep, Compare, Question, StopGuidance, Suggest, Way, Which
from bot.guidance.interview import STEPS, Interview
from bot.guidance.ladder import years_to
from bot.guidance.profile import SERIES, SITUATIONS, Profile
from bot.guidance.ranking import DISLIKES
from bot.understanding.reading import Act
from bot.understanding.topics import OF_JOB, Topic

_FEW = 6
_SHORT = 7
# Facts of a job that are told of several at once.
SHORT_FACTS = frozenset({Topic.SALARY, Topic.LEVEL, Topic.STATUS})
_PLAIN = frozenset(
    {Act.ADVISE, Act.TELL, Act.NAME, Act.PICK, Act.AGREE, Act.REFUSE, Act.LOST, Act.OUTSIDE, Act.SEARCH, Act.HYPERBOLE}
)
_TELLING = frozenset({Act.NAME, Act.TELL, Act.PICK, Act.AGREE, Act.LOST, Act.ADVISE, Act.OUTSIDE})
_LEADING_THERE = frozenset({Topic.ACCESS, Topic.FORMATIONS, Topic.LEVEL, Topic.SALARY})


def said_of_oneself(c: Context) -> Profile:
    """What the message says about its writer, years counted from where they said before that they stand."""
    profile, until = c.reading.profile, c.reading.until
    if until is None or profile.situation:
        return profile
    return replace(profile, years=years_to(until, c.state.interview.profile.situation))


def way_to_a_job(c: Context) -> tuple[Question, ...]:
    """ "comment devenir maçon après la 3e ?", "et après un bac pro ?" after such a reply: the ways to a job."""
    said = said_of_oneself(c)
    label = _job_with_a_way_asked(c, said)
    if not label:
        return ()
    return (Way(label, c.state.interview.told(replace(said, interests=(), avoided=()))),)


def stopped(c: Context) -> tuple[Question, ...]:
    """ "stop" while guidance goes on."""
    return (StopGuidance(),) if c.state.interview != Interview() and c.says("stop") else ()


def interview(c: Context) -> tuple[Question, ...]:
    """A message while a question of guidance waits."""
    step, said = c.state.interview.step, said_of_oneself(c)
    if not step or not c.world.catalogue.job_fiches:
        return ()
    if c.says("advise", "show_results"):
        return (Suggest(c.state.interview.told(said)),)
    named = _names_whole(c)
    asks = c.reading.question_mark or c.says("asks_something")
    if (asks and not (said and c.says("what_if"))) or (named and not said):
        return ()
    answer = _short_answer(c, step, said)
    if answer:
        (question,) = go_on(c.state.interview.told(answer))
        noted = isinstance(question, AskStep) and question.step == step
        return (replace(question, noted=True) if noted and isinstance(question, AskStep) else question,)
    if c.says("skip"):
        return go_on(c.state.interview.without(step))
    if c.says("resume"):
        return go_on(c.state.interview)
    if c.reading.act in _PLAIN and not named:
        return (AskStep(step, c.state.interview, again=True),)
    return ()


def after_suggestions(c: Context) -> tuple[Question, ...]:
    """After suggestions: others, a question on one of them or on all, a correction."""
    shown = shown_jobs(c)
    if not c.state.interview.last or not c.world.catalogue.job_fiches:
        return ()
    state, said = c.state.interview, said_of_oneself(c)
    named, few = _names_whole(c), len(c.reading.words) <= _FEW
    if c.says("other_ideas") and not said and not named:
        return (Suggest(state),)
    if c.says("pass") and few:
        return go_on(state.without(state.next_step))
    if not said and few and state.next_step == "series":
        said = _short_answer(c, "series", said)
    just_suggested = c.state.last == "Suggest"
    if not just_suggested:
        # Something else was spoken of meanwhile: only who speaks of oneself goes back.
        if said and not named and not _asks(c) and (c.reading.act is Act.TELL or c.says("taste")):
            return (Suggest(state.told(said)),)
        return ()
    if not said and not named:
        if c.reading.act is Act.MORE or (few and c.says("others")):
            return (Suggest(state),)
        return _of_all_shown(c, shown)
    corrects = few or c.follows_up or c.reading.act in _PLAIN or c.says("taste")
    if said and corrects and not named and not _asks(c):
        return (Suggest(state.told(said)),)
    return ()


def advised(c: Context) -> tuple[Question, ...]:
    """Advice is asked, or tastes are told."""
    if not c.world.catalogue.job_fiches:
        return ()
    if resumes(c):
        return go_on(c.state.interview)
    said = said_of_oneself(c)
    advises = c.reading.act is Act.ADVISE or c.says("advise")
    tells = c.reading.act is Act.TELL or (c.says("taste") and {Topic.INTERESTS}.issuperset(c.topics))
    tastes = bool(said.interests or said.avoided)
    named = any(n.words and (n.kind or n.whole_formation or n.whole_job) for n in c.names)
    if named and not (tastes and advises):
        return ()
    if (advises or tells) and tastes:
        return (Suggest(c.state.interview.told(said)),)
    return go_on(c.state.interview.told(said)) if advises else ()


def resumes(c: Context) -> bool:
    """Whether a message goes back to guidance, however much it looks like a wish to start all over."""
    going_on = c.state.interview.step or c.state.interview.passed
    return bool(going_on and c.says("resume") and not c.says("from_scratch"))


def tapped(ask: Ask, c: Context) -> tuple[Question, ...]:
    """What a button of guidance asks, or nothing where the button is none of guidance."""
    kind, _, value = ask.guide.partition(":")
    state = c.state.interview
    if kind == "stop":
        return (StopGuidance(),)
    if kind in ("more", "show"):
        return (Suggest(state),)
    if kind == "tastes":
        return (AskStep("interests", _at(state, "interests"), start=int(value) if value.isdecimal() else 0),)
    if kind == "ask" and value in STEPS:
        return (AskStep(value, _at(state, value)),)
    if kind == "skip" and value in STEPS:
        return go_on(state.without(value))
    said = {
        "situation": Profile(situation=value if value in SITUATIONS else ""),
        "series": Profile(series=value if value in SERIES else ""),
        "interests": Profile(interests=(value,)),
        "avoided": Profile(avoided=(value,)),
        "years": Profile(years=int(value) if value.isdecimal() else None),
        "apprenticeship": Profile(apprenticeship=True),
    }.get(kind, Profile())
    told = state.told(said)
    if kind in ("interests", "avoided"):
        # Several may be tapped: the question is asked again, without what was.
        return (AskStep(kind, _at(told, kind)),)
    return go_on(told)


def go_on(state: Interview) -> tuple[Question, ...]:
    """The next question, or the suggestions when there is none."""
    step = state.next_step
    return (AskStep(step, _at(state, step)),) if step else (Suggest(state),)


def shown_jobs(c: Context) -> tuple[Ref, ...]:
    """The jobs of the last suggestions, in order."""
    return tuple(job_ref(label) for label in c.state.interview.last if c.world.has_fiche(label))


def _at(state: Interview, step: str) -> Interview:
    """`state` while the answer to `step` is awaited."""
    return replace(state, step=step)


def _short_answer(c: Context, step: str, said: Profile) -> Profile:
    """What was said, in the light of the question: what one refuses is named without "pas", "oui" answers too."""
    words = " ".join(c.reading.words)
    if step == "avoided" and said.interests and not c.says("taste"):
        return replace(said, interests=(), avoided=(*said.avoided, *said.interests))
    if step == "avoided" and not said:
        return Profile(avoided=tuple(key for key in DISLIKES if key in words))
    if step == "apprenticeship" and c.says("yes_word"):
        return replace(said, apprenticeship=True)
    if step == "series" and not said:
        return Profile(series=next((s for s in SERIES if s.replace("é", "e") in words), ""))
    if step == "years" and not said and len(c.reading.words) == 1 and words.isdecimal():
        return Profile(years=min(int(words), 15))
    return said


def _of_all_shown(c: Context, shown: tuple[Ref, ...]) -> tuple[Question, ...]:
    """ "ça gagne combien ?": short facts are told of all the jobs suggested, for others it is asked of which."""
    asked = tuple(topic for topic in c.topics if topic in OF_JOB)
    if not asked or not shown or c.names_something or c.reading.unseen or c.reading.ranks:
        return ()
    if SHORT_FACTS.issuperset(asked):
        return (Compare(shown, asked, c.reading.most),)
    return (Which(shown, asked),)


def _job_with_a_way_asked(c: Context, said: Profile) -> str:
    """The label of the job to which a message asks the way: it says from where, or it goes on after such a reply."""
    named = next((n.jobs[0] for n in c.names if n.whole_job and len(n.jobs) == 1), None)
    if named:
        return named if c.says("way" if said.situation else "step_by_step") else ""
    spoken_of = next((ref.id for ref in c.focus if ref.is_job), "")
    after_a_way = c.state.last == "Way" and _goes_on(c, said)
    return spoken_of if after_a_way or (_LEADING_THERE & set(c.state.topics) and _of_it(c, said)) else ""


def _of_it(c: Context, said: Profile) -> bool:
    """ "et après un bac pro ?", "comment on le devient après la 3e ?" of a job just spoken of."""
    if not said.situation or c.groups:
        return False
    short = len(c.reading.words) <= _SHORT and c.follows_up and c.says("from_there")
    return short or c.says("become_it")


def _goes_on(c: Context, said: Profile) -> bool:
    """ "et en apprentissage ?", "et si je suis en terminale ?" after a way to a job."""
    tells = bool(said.situation or said.series or said.apprenticeship or said.years is not None)
    return tells and not c.groups and (c.follows_up or c.reading.act in _TELLING)


def _names_whole(c: Context) -> bool:
    return any(n.refs and n.words and (n.whole_formation or n.whole_job) for n in c.names)


def _asks(c: Context) -> bool:
    return c.reading.question_mark and c.says("asks_something") or c.says("asks_something")
