"""Rules about messages that ask nothing a fiche answers: small talk, what is outside, what was not understood."""

from __future__ import annotations

from bot.catalogue.fiche import Outcome
from bot.dialogue import guidance
from bot.dialogue.context import Context
from bot.dialogue.question import (
    Missing,
    Note,
    Outside,
    Question,
    Say,
)
from bot.dialogue.tell import tell
from bot.understanding.reading import Act
from bot.understanding.topics import Topic

_MISSES_BEFORE_WAY_OUT = 2
_SAID = {
    Act.GREET: ("greet", Outcome.SMALLTALK),
    Act.GOODBYE: ("goodbye", Outcome.SMALLTALK),
    Act.THANK: ("thank", Outcome.SMALLTALK),
    Act.CHALLENGE: ("bot_challenge", Outcome.SMALLTALK),
    Act.HELP: ("help", Outcome.HELP),
}


def outside(c: Context) -> tuple[Question, ...]:
    """What no fiche tells: places, dates, fees, chances, and all that is not about formations and jobs."""
    if c.reading.act not in (Act.OUTSIDE, Act.HYPERBOLE, Act.INSULT):
        return ()
    if c.reading.outside == "other" and any(name.kind for name in c.unknown):
        return ()
    if c.reading.outside == "pay" and (any(group.is_job for group in c.groups) or c.job_spoken_of):
        return ()
    subject = c.reading.outside or ("insult" if c.reading.act is Act.INSULT else "other")
    return (about_outside(subject, c),)


def about_outside(subject: str, c: Context) -> Outside:
    """The question about something that no fiche tells, with the formation that it is asked of where there is one."""
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


def lost(c: Context) -> tuple[Question, ...]:
    """A message that was not understood: never the same sentence twice, and a way out after two."""
    if c.reading.act is Act.AGREE or (c.reading.act is Act.REFUSE and not c.names):
        return (Say("go_on", examples=True),)
    values = {"variant": c.state.misses}
    if c.state.misses < _MISSES_BEFORE_WAY_OUT:
        return (Say("not_understood", Outcome.OUT_OF_SCOPE, values, examples=True, lost=True),)
    return (Say("way_out", Outcome.OUT_OF_SCOPE, values, examples=True, lost=True),)
