"""Fiches proposed for a theme ("un métier dehors avec des animaux") when nothing else answers: found in their texts.

A turn that leaves a question open may become a search; the caller has the words looked for in the store and comes
back with what was found. Whatever does not ask for fiches by a theme stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue.answers import Ask, Choice, Reply, both_genders, formation_choice, source_of
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.filters import Wish, nearest, read_wish
from bot.catalogue.index import read_types
from bot.catalogue.job_fiche import JOB_FACETS
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.text_search import Found, alternatives, ranked
from bot.dialogue.formations import after_list
from bot.dialogue.named_jobs import picked_by_rank
from bot.dialogue.state import Knowledge, State, Turn
from bot.dialogue.talk import OUT_OF_SCOPE
from bot.reading import Reading

PROPOSED = 5

# A fiche below this holds the words in passing only.
_LEAST_SCORE = 0.25
_BEST_OF_A_GUIDE = 0.5  # what the best must reach to stand for what guidance suggests
_NEAR_BEST = 0.4  # share of the best score that is still proposed

_JOBS = r"(?:metiers?|boulots?|jobs?|tafs?|professions?|(?<!du )travail)"
_FORMATIONS = r"(?:formations?|etudes|diplomes?|ecoles?|cursus|filieres?)"
_KIND = "formation"  # what a type ("bac pro") is read as
_ANY = "|".join(
    "un une des de d du quel quelle quels quelles les quoi cherche veux voudrais meilleur meilleure".split()
)
_WHERE = "|".join("on,l on,tu,ca,je,il,y,les,nous".split(","))
_THEME = "|".join("pour dans avec qui autour sur sous lie lies liee liees".split())
# "quel bac pro pour travailler avec les enfants", "métier où on soigne", "les plantes comme métier"
_ASKED = re.compile(
    rf"(?:^|\b(?:{_ANY}) )(?:\w+ )?(?:(?P<jobs>{_JOBS})|{_FORMATIONS})(?: \w+){{0,3}}? (?:{_THEME}|ou (?:{_WHERE})) "
    rf"|\bcomme (?:(?P<jobs_last>{_JOBS})|{_FORMATIONS})$"
)
_ABOUT_ONE = re.compile(r"\b(?:ce|cet|cette|ces|mon|ma|mes|ton|ta|son|sa|y)\b")
_TO_BECOME = frozenset(["devenir", "etre"])
_LOST = frozenset(("not_understood", "way_out", "scope_other"))
# What is asked then has an answer of its own, or none.
_OTHER_INTENTS = frozenset(OUT_OF_SCOPE) - {"out_of_scope", "hyperbole"} | frozenset(
    "distress compare ask_code ask_type ask_acronym ask_link ask_further_study ask_what_after ask_expectations".split()
)
# "un boulot avec des chevaux" reads as a question on the jobs of a formation.
_MAY_BE_A_SEARCH = frozenset((Facet.SEARCH, Facet.JOBS, Facet.FORMATIONS_FOR_JOB, *JOB_FACETS))


@dataclass(frozen=True)
class Theme:
    """What is looked for: jobs or formations, that hold each of `words` or one that means the same, within a wish.

    `said` are the words as typed; `first` tells whether a message begins with the theme; `guided` whether
    guidance has suggestions for it; `listed` are formations (ids) that an answer without texts lists.
    """

    jobs: bool
    words: tuple[tuple[str, ...], ...]
    said: tuple[str, ...] = ()
    wish: Wish = Wish()
    first: bool = False
    guided: bool = False
    listed: tuple[str, ...] = ()


def theme_of(reading: Reading, state: State, turn: Turn) -> Theme | None:
    """The theme that a message asks fiches for, where `turn` leaves its question open; None where it asks otherwise.

    `state` is the one before the message.
    """
    if reading.ask is not None or reading.intent in _OTHER_INTENTS or state.guidance.step:
        return None
    kind = next((m.type for m in reading.mentions if m.type), None)
    theme = read_theme(reading.text, kind)
    bare = bool(reading.mentions) and not any(mention.words for mention in reading.mentions)
    if not theme or not _is_open(turn[0][0], theme, bare):
        return None
    listed = turn[0][0].formations if turn[0][0].response == "search" else ()
    guided = turn[0][0].response == "guidance_suggestions"
    return replace(theme, guided=guided, listed=tuple(formation.id for formation in listed))


def with_pick(reading: Reading, state: State) -> Reading:
    """`reading` as a tap where it picks one of the jobs just proposed by its rank ("le 2e")."""
    if reading.ask is not None or state.facets != (Facet.SEARCH.value,) or not state.jobs:
        return reading
    label = picked_by_rank(reading.text, state.jobs)
    return replace(reading, ask=Ask(jobs=(label,))) if label and not reading.mentions else reading


def read_theme(text: str, kind: str | None) -> Theme | None:
    """The theme that the words of a message ask fiches for, `kind` being the type it names, or None."""
    tokens = tokenize(text)
    words = [token.text for token in tokens]
    for first, past, _ in reversed(read_types(tokens)):
        if not GAP_WORDS.issuperset(words[first:past]):  # "de" is short for a type, too
            words[first:past] = [_KIND]
    asked = _ASKED.search(" ".join(words))
    looked_for = tuple(alternatives(text))
    if not asked or not looked_for or _ABOUT_ONE.search(fold(text)):
        return None
    if len(looked_for) == 1 and _TO_BECOME.intersection(words):
        return None  # one word after "devenir" names a job
    typed = {token.text: text[token.start : token.end].lower() for token in tokens}
    said = tuple(typed[alike[0]] for alike in looked_for)
    jobs = bool(asked["jobs"] or asked["jobs_last"])
    return Theme(jobs, looked_for, said, read_wish(text, kind), asked.start() == 0)


def _is_open(reply: Reply, theme: Theme, bare: bool) -> bool:
    """Whether a reply may be bettered: it tells what is unknown or missing, or lists what fits some of the words.

    `bare` tells whether types alone are named ("un bac pro avec de l'hydraulique").
    """
    if reply.outcome is Outcome.AMBIGUOUS:
        in_years = bool(theme.wish.years) and reply.facets == (Facet.DURATION,)
        return theme.first and (in_years or bare)
    if reply.outcome is Outcome.MISSING:
        return _MAY_BE_A_SEARCH.issuperset(reply.facets)
    if reply.response in ("unknown_job_asked", "guidance_question"):
        return theme.jobs
    if reply.response == "guidance_suggestions":
        return theme.jobs and theme.first and len(theme.words) > 1  # more is said than a taste
    return reply.outcome is Outcome.UNKNOWN or reply.response in _LOST or reply.response == "search"


def propose(theme: Theme, found: Sequence[Found], total: int, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn that proposes what was found for each word of `theme` (`text_index.find`); None where nothing fits."""
    catalogue = knowledge.catalogue
    labels = {fiche.id: fiche.title for fiche in catalogue.job_fiches.values()}
    if theme.jobs:
        of_jobs = [Found({i: s for i, s in word.scores.items() if i in labels}, word.leading) for word in found]
        least = _BEST_OF_A_GUIDE if theme.guided else _LEAST_SCORE
        hits = ranked(of_jobs, len(labels))
        scores = {
            labels[hit.fiche_id]: hit.score for hit in hits if hits[0].score >= least and hit.score >= _LEAST_SCORE
        }
        return _jobs(_nearest_the_best(list(scores), scores), theme, state, knowledge) if scores else None
    leading = {id_: catalogue.jobs[label].formations for id_, label in labels.items()}
    hits = ranked(found, total, leading)
    scores = {hit.fiche_id: hit.score for hit in hits if hit.score >= _LEAST_SCORE}
    fitting, given_up = nearest(knowledge.formations(list(scores)), theme.wish, knowledge.resolver.is_kind)
    shown = knowledge.formations(_nearest_the_best([f.id for f in fitting], scores))
    if not shown or any(hit.fiche_id in theme.listed for hit in hits):
        return None
    values = {**_values(theme, state, knowledge), "titles": [f.title for f in shown], "jobs": [], "given_up": given_up}
    choices = tuple(formation_choice(f, ()) for f in shown)
    reply = Reply("proposals", Outcome.ANSWERED, values, (Facet.SEARCH,), tuple(shown), choices=choices)
    return [reply], after_list(state, shown, (Facet.SEARCH,))


def _nearest_the_best(keys: Sequence[str], scores: Mapping[str, float]) -> list[str]:
    return [key for key in keys if scores[key] >= scores[keys[0]] * _NEAR_BEST][:PROPOSED]


def _jobs(labels: Sequence[str], theme: Theme, state: State, knowledge: Knowledge) -> Turn:
    jobs = [both_genders(label, knowledge.catalogue) for label in labels]
    values = {**_values(theme, state, knowledge), "titles": [], "jobs": jobs, "given_up": []}
    choices = tuple(
        Choice("choice_job", {"job": job}, Ask(jobs=(label,))) for label, job in zip(labels, jobs, strict=True)
    )
    reply = Reply("proposals", Outcome.ANSWERED, values, (Facet.SEARCH,), jobs=tuple(labels), choices=choices)
    return [reply], replace(after_list(state, (), (Facet.SEARCH,)), jobs=tuple(labels))


def _values(theme: Theme, state: State, knowledge: Knowledge) -> dict[str, Any]:
    return {
        "said": list(theme.said),
        "source": source_of(knowledge.catalogue),
        **({"vous": True} if state.formal else {}),
    }
