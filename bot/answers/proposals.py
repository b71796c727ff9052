"""The reply that proposes fiches whose texts speak of what was looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.catalogue.answers import Ask, Choice, Reply, both_genders, formation_choice, source_of
from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.filters import nearest
from bot.catalogue.text_search import Found, ranked
from bot.dialogue.question import Propose
from bot.understanding.reading import Theme
from bot.world import World

PROPOSED = 5

# A fiche below this holds the words in passing only.
_LEAST_SCORE = 0.25
_BEST_OF_A_GUIDE = 0.5  # what the best must reach to stand for what guidance suggests
_NEAR_BEST = 0.4  # share of the best score that is still proposed


def propose(question: Propose, listed: Sequence[str], found: Sequence[Found], total: int, world: World) -> Reply | None:
    """The turn that proposes what was found for each word of `theme` (`text_index.find`); None where nothing fits.

    `listed` are the ids of formations that a list found by their names holds.
    """
    theme, catalogue = question.theme, world.catalogue
    labels = {fiche.id: fiche.title for fiche in catalogue.job_fiches.values()}
    if theme.jobs:
        of_jobs = [Found({i: s for i, s in word.scores.items() if i in labels}, word.leading) for word in found]
        least = _BEST_OF_A_GUIDE if question.guided else _LEAST_SCORE
        hits = ranked(of_jobs, len(labels))
        scores = {
            labels[hit.fiche_id]: hit.score for hit in hits if hits[0].score >= least and hit.score >= _LEAST_SCORE
        }
        return _jobs(_nearest_the_best(list(scores), scores), theme, world) if scores else None
    leading = {id_: catalogue.jobs[label].formations for id_, label in labels.items()}
    hits = ranked(found, total, leading)
    scores = {hit.fiche_id: hit.score for hit in hits if hit.score >= _LEAST_SCORE}
    fitting, given_up = nearest(world.formations(list(scores)), theme.wish, world.resolver.is_kind)
    shown = world.formations(_nearest_the_best([f.id for f in fitting], scores))
    if not shown or any(hit.fiche_id in listed for hit in hits):
        return None
    values = {**_values(theme, world), "titles": [f.title for f in shown], "jobs": [], "given_up": given_up}
    choices = tuple(formation_choice(f, ()) for f in shown)
    return Reply("proposals", Outcome.ANSWERED, values, (Facet.SEARCH,), tuple(shown), choices=choices)


def _nearest_the_best(keys: Sequence[str], scores: Mapping[str, float]) -> list[str]:
    return [key for key in keys if scores[key] >= scores[keys[0]] * _NEAR_BEST][:PROPOSED]


def _jobs(labels: Sequence[str], theme: Theme, world: World) -> Reply:
    jobs = [both_genders(label, world.catalogue) for label in labels]
    values = {**_values(theme, world), "titles": [], "jobs": jobs, "given_up": []}
    choices = tuple(
        Choice("choice_job", {"job": job}, Ask(jobs=(label,))) for label, job in zip(labels, jobs, strict=True)
    )
    return Reply("proposals", Outcome.ANSWERED, values, (Facet.SEARCH,), jobs=tuple(labels), choices=choices)


def _values(theme: Theme, world: World) -> dict[str, Any]:
    return {"said": list(theme.said), "source": source_of(world.catalogue)}
