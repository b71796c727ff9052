"""Turns of guidance: what is typed or tapped in a short interview, and after jobs were suggested."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.job_answers import answer_jobs
from bot.catalogue.normalize import fold
from bot.dialogue.context import FOLLOW_UP
from bot.dialogue.counterparts import asked_of_jobs
from bot.dialogue.guidance_replies import button, question, suggest
from bot.dialogue.job_questions import about_jobs, ask_which_job
from bot.dialogue.named_jobs import picked_by_rank
from bot.dialogue.paths import job_with_a_way_asked, way_to
from bot.dialogue.state import Knowledge, State, Turn, to_facets
from bot.guidance.interview import STEPS, Interview
from bot.guidance.profile import SERIES, SITUATIONS, Profile
from bot.guidance.ranking import DISLIKES
from bot.guidance.reading import read_profile
from bot.reading import Reading

_FEW_WORDS = 6

_STOP = re.compile(r"^\W*(stop|arrete|arreter|on arrete|laisse tomber|laisse|j'arrete|annule|annuler|quitter|fini)\b")
_SKIP = re.compile(
    r"^\W*(passer?|passe|skip|suivant|suivante|je passe|aucune idee|rien|non|nan|peu importe|n'importe|ca m'est egal"
    r"|m'en fiche"
    r"|je (ne )?sais (vraiment )?pas|j'?sais pas|j ?sais pas|jsp|sais pas|c'est tout|voila|pas specialement)\b"
)
_PASS = re.compile(r"^\W*(je )?(passer?|skip|suivante?)\b")
_RESUME = re.compile(r"\b(on reprend|reprendre|reprenons|on continue|continuer|continue|revenons)\b")
_OTHERS = re.compile(r"\b(d ?'?autres?|autre chose|encore|la suite|suivants)\b")
_OTHER_JOBS = re.compile(
    r"\b(d ?'?autres|encore des|plus d ?'?) ?(idees?|pistes?|metiers?|propositions?|suggestions?)\b"
)
_ADVISE = re.compile(
    r"\b(conseilles?|conseiller|(tu|vous) (m'?e? ?|nous )?propose[sz]?|suggeres?|me correspond|me correspondrait"
    r"|fait pour moi|fait pour nous"
    r"|(sais|sait|sai|c) ?(vraiment |trop |meme |toujours )?(pas|plus) (du tout |trop |vraiment )?(quoi|ce que|que)"
    r" (je )?(peux |veux |dois |pourrais )?(faire|devenir|choisir)"
    r"|quel (metier|boulot|taf|job) pour moi|quoi faire (plus tard|dans la vie|comme (metier|boulot|taf))"
    r"|trouver (un|mon|une) (metier|voie|orientation|idee)|m'orienter|des idees de metiers?)\b"
)
_TASTE_CUE = re.compile(r"\b(j ?'?(aime|adore|kiffe)|passionne|me plait|mon truc|je prefere|je deteste|je reve)\b")
_QUESTION = re.compile(r"\?|\b(quels?|quelles?|combien|comment|c'est quoi|c koi|qu'est|pourquoi)\b")
_IN_A_CLASS = re.compile(r"\b(en|suis|classe|passe)\b")
_SHORT_FACTS = frozenset({Facet.JOB_SALARY, Facet.JOB_LEVEL, Facet.JOB_STATUS})
_PLAIN_INTENTS = frozenset(
    "ask_guidance tell_situation inform choose affirm deny nlu_fallback out_of_scope search_formations".split()
)


def guide(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message of guidance, or None: then it is about something else."""
    if reading.ask is not None:
        return _tapped(reading.ask, state, knowledge)
    folded = fold(reading.text)
    interview = state.guidance
    said = read_profile(reading.text, interview.profile.situation)
    label = job_with_a_way_asked(reading, said, state, knowledge)
    if label:
        about_oneself = replace(said, interests=(), avoided=())
        return way_to(label, replace(state, guidance=interview.told(about_oneself)), knowledge)
    if not knowledge.catalogue.job_fiches:
        return None
    if interview != Interview() and _STOP.search(folded):
        return _stop(state)
    if interview.step:
        return _answered(reading, said, state, knowledge)
    if interview.last:
        following = _after_suggestions(reading, said, state, knowledge)
        if following is not None:
            return following
    if resumes(reading, state):
        return _go_on(state, knowledge)
    named = any(m.words and (m.type or m.whole or m.whole_job) for m in reading.mentions)
    advises = reading.intent == "ask_guidance" or bool(_ADVISE.search(folded))
    tells = reading.intent == "tell_situation" or (not reading.facets and bool(_TASTE_CUE.search(folded)))
    tastes = bool(said.interests or said.avoided)
    if named and not (tastes and advises):
        return None
    if (advises or tells) and tastes:
        return suggest(replace(state, guidance=interview.told(said)), knowledge)
    return _go_on(replace(state, guidance=interview.told(said)), knowledge) if advises else None


def resumes(reading: Reading, state: State) -> bool:
    """Whether a message goes back to guidance, however much it looks like a wish to start all over."""
    folded = fold(reading.text)
    return bool((state.guidance.step or state.guidance.passed) and _RESUME.search(folded)) and not re.search(
        r"\b(zero|debut|tout)\b", folded
    )


def with_resumption(replies: list[Reply], after: State) -> Turn:
    """A question answered in the middle of guidance offers to go on with it."""
    last = replies[-1]
    if after.guidance.step and last.facets != (Facet.GUIDANCE,) and last.outcome is not Outcome.DISTRESS:
        replies = [*replies[:-1], replace(last, choices=(*last.choices, button("resume", "next")))]
    return replies, after


# --- what was typed


def _answered(reading: Reading, said: Profile, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message while a question of guidance waits."""
    folded, interview = fold(reading.text), state.guidance
    if _ADVISE.search(folded) or re.search(r"\b(montre|propose|vas ?-?y|resultats?|c'est tout)\b", folded):
        return suggest(replace(state, guidance=interview.told(said)), knowledge)
    named = any(m.known and (m.whole or m.whole_job) and m.words for m in reading.mentions)
    asks = bool(_QUESTION.search(folded)) and not (said and folded.startswith("et si "))
    if asks or (named and not said):
        return None
    answer = _short_answer(folded, interview.step, said)
    if answer:
        (reply,), after = _go_on(replace(state, guidance=interview.told(answer)), knowledge)
        noted = reply.response == "guidance_question" and after.guidance.step == interview.step
        return [replace(reply, values={**reply.values, "noted": True}) if noted else reply], after
    if _SKIP.search(folded):
        return _go_on(replace(state, guidance=interview.without(interview.step)), knowledge)
    if _RESUME.search(folded):
        return _go_on(state, knowledge)
    if reading.intent in _PLAIN_INTENTS and not named:
        return [question(interview.step, interview, knowledge, again=True)], state
    return None


def _short_answer(folded: str, step: str, said: Profile) -> Profile:
    """What was said, in the light of the question: what one refuses is named without "pas", "oui" answers too."""
    if step == "avoided" and said.interests and not _TASTE_CUE.search(folded):
        return replace(said, interests=(), avoided=(*said.avoided, *said.interests))
    if step == "avoided" and not said:
        return Profile(avoided=tuple(key for key in DISLIKES if key in folded))
    if step == "apprenticeship" and re.match(r"\W*(oui|ouais|ok|carrement|pourquoi pas|volontiers)\b", folded):
        return replace(said, apprenticeship=True)
    if step == "series" and not said:
        return Profile(series=next((s for s in SERIES if re.search(rf"\b{fold(s)}", folded)), ""))
    if step == "years" and not said and (number := re.fullmatch(r"\W*(\d{1,2})\W*", folded)):
        return Profile(years=min(int(number[1]), 15))
    return said


def _after_suggestions(reading: Reading, said: Profile, state: State, knowledge: Knowledge) -> Turn | None:
    """After suggestions: others, a question on one of them or on all, a correction."""
    folded, interview = fold(reading.text), state.guidance
    named = any(m.known and (m.whole or m.whole_job) and m.words for m in reading.mentions)
    few = len(folded.split()) <= _FEW_WORDS
    if _OTHER_JOBS.search(folded) and not said and not named:
        return suggest(state, knowledge)
    if _PASS.search(folded) and few:
        return _go_on(replace(state, guidance=interview.without(interview.next_step)), knowledge)
    if not said and few and interview.next_step == "series":
        said = _short_answer(folded, "series", said)
    corrects = few or bool(FOLLOW_UP.match(folded) or reading.intent in _PLAIN_INTENTS or _TASTE_CUE.search(folded))
    if not named and not state.listed and not _IN_A_CLASS.search(folded):
        # "la première" is the first one shown; who is in première says so.
        picked = _picked(reading, state, knowledge)
        if picked is not None:
            return picked
    if state.facets != (Facet.GUIDANCE.value,):
        # Something else was spoken of meanwhile: only who speaks of oneself goes back.
        corrects = bool(state.jobs or not state.formations) and (
            reading.intent == "tell_situation" or bool(_TASTE_CUE.search(folded))
        )
    elif not said and not named:
        if reading.intent == "ask_more" or (few and _OTHERS.search(folded)):
            return suggest(state, knowledge)
        return _of_all_shown(reading, state, knowledge)
    if said and corrects and not named and not _QUESTION.search(folded.rstrip(" ?")):
        return suggest(replace(state, guidance=interview.told(said)), knowledge)
    return None


def _picked(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """ "le 2e", "le 2e c'est quoi ?": about one of the jobs suggested, by its rank."""
    label = picked_by_rank(reading.text, _shown(state, knowledge))
    if state.job_candidates or label is None:
        return None
    again = to_facets(state.facets) if FOLLOW_UP.match(fold(reading.text)) else ()
    ask = Ask(asked_of_jobs(reading.facets or again), (), (label,))
    return about_jobs(replace(reading, ask=ask), state, knowledge)


def _of_all_shown(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """ "ça gagne combien ?": short facts are told of all the jobs suggested, for others it is asked of which."""
    labels = _shown(state, knowledge)
    asked = asked_of_jobs(reading.facets)
    if Facet.FORMATIONS_FOR_JOB in reading.facets:
        asked = (Facet.FORMATIONS_FOR_JOB,)
    if not asked or not labels or state.job_candidates or reading.mentions or reading.unseen:
        return None
    if _SHORT_FACTS.issuperset(asked):
        return answer_jobs(asked, labels, knowledge.catalogue), replace(state, misses=0)
    return ask_which_job(asked, labels, state, knowledge)


def _shown(state: State, knowledge: Knowledge) -> tuple[str, ...]:
    """The jobs of the last suggestions, in order."""
    return tuple(label for label in state.guidance.last if label in knowledge.catalogue.job_fiches)


# --- what was tapped


def _tapped(ask: Ask, state: State, knowledge: Knowledge) -> Turn | None:
    if Facet.PATH in ask.facets and ask.jobs and ask.jobs[0] in knowledge.catalogue.jobs:
        return way_to(ask.jobs[0], state, knowledge)
    if not ask.guide:
        return None
    kind, _, value = ask.guide.partition(":")
    interview = state.guidance
    if kind == "stop":
        return _stop(state)
    if kind in ("more", "show"):
        return suggest(state, knowledge)
    if kind == "tastes":
        start = int(value) if value.isdecimal() else 0
        return [question("interests", interview, knowledge, start=start)], _asking("interests", state)
    if kind == "ask" and value in STEPS:
        return [question(value, interview, knowledge)], _asking(value, state)
    if kind == "skip" and value in STEPS:
        return _go_on(replace(state, guidance=interview.without(value)), knowledge)
    said = {
        "situation": Profile(situation=value if value in SITUATIONS else ""),
        "series": Profile(series=value if value in SERIES else ""),
        "interests": Profile(interests=(value,)),
        "avoided": Profile(avoided=(value,)),
        "years": Profile(years=int(value) if value.isdecimal() else None),
        "apprenticeship": Profile(apprenticeship=True),
    }.get(kind, Profile())
    told = interview.told(said)
    if kind in ("interests", "avoided"):
        # Several may be tapped: the question is asked again, without what was.
        return [question(kind, told, knowledge)], _asking(kind, replace(state, guidance=told))
    return _go_on(replace(state, guidance=told), knowledge)


# --- how it goes on


def _go_on(state: State, knowledge: Knowledge) -> Turn:
    """The next question, or the suggestions when there is none."""
    step = state.guidance.next_step
    if not step:
        return suggest(state, knowledge)
    return [question(step, state.guidance, knowledge)], _asking(step, state)


def _asking(step: str, state: State) -> State:
    """`state` while the answer to `step` is awaited."""
    return replace(
        state, guidance=replace(state.guidance, step=step), waiting=(), candidates=(), job_candidates=(), misses=0
    )


def _stop(state: State) -> Turn:
    """Guidance ends, and what was said of oneself is forgotten."""
    return [Reply("guidance_stopped", Outcome.SMALLTALK)], replace(state, guidance=Interview(), facets=(), misses=0)
