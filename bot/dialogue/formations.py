"""Turns about formations that are known: answered, asked which, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue import answers, comparison
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Formation, Outcome
from bot.catalogue.kinds import facts_of_kind
from bot.catalogue.mention import Mention
from bot.dialogue.state import REMEMBERED, Knowledge, State, Turn, examples, remember, to_values
from bot.reading import FORMATION_FACETS


def facets_or_description(facets: Sequence[Facet], formations: Sequence[Formation]) -> tuple[Facet, ...]:
    """The facets asked; for a bare name its description or, without one, its structured facts."""
    asked = tuple(f for f in dict.fromkeys(facets) if f in FORMATION_FACETS)
    if asked:
        return asked
    if any(f.has(Facet.DESCRIPTION) for f in formations):
        return (Facet.DESCRIPTION,)
    structured = (Facet.TYPE, Facet.DURATION, Facet.LEVEL)
    return tuple(f for f in structured if formations[0].has(f))[:2] or (Facet.DESCRIPTION,)


def about(
    facets: tuple[Facet, ...],
    groups: Sequence[Sequence[Formation]],
    state: State,
    knowledge: Knowledge,
    mentions: Sequence[Mention] = (),
) -> Turn:
    """Answer about each group of formations; a group whose fiches differ on what is asked is asked about first."""
    for number, group in enumerate(groups):
        if len(group) > 1 and not one_answer(facets, group):
            said = mentions[number].text if mentions else ""
            replies, after = ask_which(facets, group, said, state)
            others = [g for i, g in enumerate(groups) if i != number]
            if others and all(len(g) == 1 for g in others):
                more, _ = about(facets, others, state, knowledge)
                replies = [*more, *replies]
            return replies, after
    flat = [formation for group in groups for formation in group]
    distinct = list(dict.fromkeys(f.id for f in flat))
    catalogue = knowledge.catalogue
    if len(groups) > 1 and len(distinct) > 1:
        formations = knowledge.formations(distinct)[:REMEMBERED]
        replies = [comparison.compare(facets, formations, catalogue, None)]
    else:
        replies = answers.answer(facets, groups[0], catalogue)
    renamed = [{"said": m.text, "now": m.now_called} for m in mentions if m.now_called]
    if renamed:
        replies = [replace(r, values={**r.values, "renamed": renamed}) for r in replies]
    words = mentions[-1].words if mentions else state.said
    ids = tuple(f.id for f in flat)
    return replies, replace(
        state,
        facets=to_values(facets),
        formations=ids,
        discussed=remember(state.discussed, ids),
        listed=ids if len(ids) > 1 else state.listed,
        jobs=jobs_still_spoken_of(state, ids, knowledge),
        waiting=(),
        candidates=(),
        job_candidates=(),
        said=words,
        misses=0,
    )


def jobs_still_spoken_of(state: State, formations: Sequence[str], knowledge: Knowledge) -> tuple[str, ...]:
    """The jobs spoken of before, as long as the formations that one speaks of lead to them."""
    leading = {formation.id for formation in knowledge.catalogue.formations_listing(state.jobs)}
    return state.jobs if leading.issuperset(formations) else ()


def one_answer(facets: Sequence[Facet], group: Sequence[Formation]) -> bool:
    """Whether one answer holds for several fiches: they say the same, or all are silent."""
    silent = not any(f.has(facet) for f in group for facet in facets)
    return silent or answers.share_facts(facets, group)


def ask_which(facets: Sequence[Facet], group: Sequence[Formation], said: str, state: State) -> Turn:
    ids = tuple(f.id for f in group)
    return [answers.ambiguous(facets, group, said)], replace(
        state, waiting=to_values(facets), candidates=ids, job_candidates=(), listed=ids, misses=0
    )


def after_list(state: State, formations: Sequence[Formation], facets: Sequence[Facet]) -> State:
    ids = tuple(f.id for f in formations)
    return replace(
        state,
        facets=to_values(facets),
        formations=ids if len(ids) == 1 else (),
        discussed=remember(state.discussed, ids[:1]) if len(ids) == 1 else state.discussed,
        listed=ids,
        shown=answers.SHOWN_FORMATIONS,
        jobs=(),
        waiting=(),
        candidates=(),
        job_candidates=(),
        misses=0,
    )


def ask_for_name(facets: Sequence[Facet], mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn:
    """Ask which formation is meant, and say what the fiches of the types that were named have in common."""
    named = dict.fromkeys(m.type for m in mentions if m.type and not m.words)
    found = {kind: group for kind in named if (group := knowledge.formations(knowledge.resolver.of_kind(kind)))}
    reply = Reply(
        "missing",
        Outcome.MISSING,
        {
            "kinds": [facts_of_kind(kind, group, facets) for kind, group in found.items()],
            "source": answers.source_of(knowledge.catalogue),
        },
        facets=tuple(facets),
        choices=examples(
            knowledge, facets if Facet.COMPARISON not in facets else (), [f for g in found.values() for f in g]
        ),
    )
    waiting = to_values(f for f in facets if f is not Facet.COMPARISON)
    return [reply], replace(state, waiting=waiting, candidates=(), misses=0)


def unknown_name(mention: Mention, facets: Sequence[Facet], knowledge: Knowledge) -> Reply:
    """Say that the name is unknown, with near ones and the official search."""
    near = knowledge.formations(mention.near or knowledge.resolver.near(mention.text))
    return answers.unknown(facets, mention.text, near, mention.now_called, knowledge.search_link(mention.text))
