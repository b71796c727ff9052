"""Turns about several formations: searches, comparisons, superlatives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue import answers, comparison
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import Facet, Formation, Outcome
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.search import search as search_catalogue
from bot.dialogue.context import asks_for_a_list, facets_meant
from bot.dialogue.formations import about, after_list, ask_for_name, ask_which, facets_or_description, unknown_name
from bot.dialogue.state import REMEMBERED, Knowledge, State, Turn, remember, to_values
from bot.dialogue.superlatives import direction, measured
from bot.reading import FORMATION_FACETS, Reading

_COMPARING = frozenset(
    """
        deux trois lequel laquelle lesquels lesquelles autre autres compare comparer comparaison difference
        differences pareil pareils mieux plus moins vs versus
    """.split()
)


def search(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn:
    """List the formations that a search finds, or those that a name may mean."""
    kind = next((m.type for m in reading.mentions if m.type), None)
    # "un truc dans la mécanique auto, niveau CAP" is not the engineer's school that has these words in its name.
    named = [
        m
        for m in mentions
        if m.words
        and m.formations
        and (not kind or m.type or any(knowledge.resolver.is_kind(f, kind) for f in m.formations))
    ]
    formations = search_catalogue(reading.text, kind, knowledge.catalogue, knowledge.resolver)
    if named:
        known = knowledge.formations(named[0].formations)
        alone = len(known) == 1 and asks_for_a_list(reading)
        formations = [*known, *(f for f in formations if f not in known)] if alone else known
    if not formations:
        said = next((m.text for m in mentions if m.words), " ".join(knowledge.resolver.content_words(reading.text)))
        if not said:
            return [Reply("missing_search", Outcome.MISSING, facets=(Facet.SEARCH,))], replace(state, misses=0)
        near = knowledge.formations(knowledge.resolver.near(said))
        return [answers.unknown((Facet.SEARCH,), said, near, search_link=knowledge.search_link(said))], replace(
            state, misses=0
        )
    said = named[0].text if named else ""
    return [answers.search_result(said, formations, knowledge.catalogue)], after_list(
        state, formations, (Facet.SEARCH,)
    )


def compare(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn:
    """Set formations side by side: those named, spoken of or listed; of a long list a superlative picks some."""
    words = {token.text for token in tokenize(reading.text)}
    asked = [f for f in reading.facets if f in FORMATION_FACETS]
    facets = tuple(dict.fromkeys([*measured(words), *asked]))
    pointing = words & {"lequel", "laquelle", "lesquels", "lesquelles"} and state.discussed
    mentions = [m for m in mentions if m.type or not pointing or m.whole and m.formations]
    options = _options(reading.text, mentions, knowledge)
    groups = options or [knowledge.formations(m.formations) for m in mentions if m.formations]
    unclear = next((i for i, g in enumerate(groups) if len(g) > REMEMBERED or (len(g) > 1 and len(groups) > 1)), None)
    if unclear is not None:
        return ask_which(facets, groups[unclear], mentions[unclear].text, state)
    ids = list(dict.fromkeys(f.id for g in groups for f in g))
    if len(groups) == 1 and asked and not words & _COMPARING:
        return about(facets_or_description(asked, groups[0]), groups, state, knowledge, mentions)
    most = direction(words)
    if most and not ids and not state.formations and len(state.listed) > REMEMBERED:
        return _foremost(facets or (Facet.DURATION,), most, state, knowledge)
    formations = knowledge.formations(_with_context(ids, words, state))[:REMEMBERED]
    kinds = {m.type for m in mentions if m.type and not m.words}
    if not groups and len(kinds) > 1:
        # "un BTS ou un BUT ?": of those spoken of, if they are a BTS and a BUT.
        formations = [f for f in formations if any(knowledge.resolver.is_kind(f.id, kind) for kind in kinds)]
    strange = [unknown_name(m, facets, knowledge) for m in mentions if m.type and m.words and not m.known]
    if formations and len(formations) < 2 and len(kinds) < 2:
        plain = facets or facets_meant(reading, state)
        replies, after = about(facets_or_description(plain, formations), [formations], state, knowledge)
        return [*replies, *strange], after
    if len(formations) < 2:
        return ask_for_name((Facet.COMPARISON, *facets), mentions, state, knowledge)
    reply = comparison.compare(facets, formations, knowledge.catalogue, most)
    picked = tuple(f.id for f in formations)
    return [reply, *strange], replace(
        state,
        facets=to_values(facets),
        formations=picked,
        discussed=remember(state.discussed, picked),
        listed=picked,
        waiting=(),
        candidates=(),
        misses=0,
    )


def _with_context(named: Sequence[str], words: set[str], state: State) -> Sequence[str]:
    """The ids of what is compared: those named or, where that is one at most, with those just listed or discussed."""
    if len(named) > 1:
        return named
    wanted = _how_many(words)
    before = [i for i in state.discussed if i not in named]
    listed = [i for i in state.listed if i not in named]
    just_listed = not state.formations and not named
    from_list = listed and not wanted and (just_listed or (len(listed) <= REMEMBERED and not before))
    pool = listed if from_list else before
    ids = [*pool[-(wanted - len(named)) if wanted else -REMEMBERED :], *named]
    return ids[-2:] if not wanted and not named and not just_listed else ids


def _foremost(facets: tuple[Facet, ...], most: str, state: State, knowledge: Knowledge) -> Turn:
    """The shortest, or longest, or highest of a list that is too long to be set side by side."""
    found = comparison.foremost(facets[0], knowledge.formations(state.listed), most)
    if 0 < len(found) <= REMEMBERED:
        return about(facets, [[f] for f in found], state, knowledge)
    return [answers.search_result("", found, knowledge.catalogue)], after_list(state, found, (Facet.SEARCH,))


def _options(text: str, mentions: Sequence[Mention], knowledge: Knowledge) -> list[list[Formation]]:
    """The formations of "l'option A et l'option C du BTS X", or none."""
    letters = dict.fromkeys(re.findall(r"\b(?:option|parcours) ([a-d1-9])\b", fold(text)))
    named = next((m for m in mentions if m.formations), None)
    if len(letters) < 2 or named is None:
        return []
    title = knowledge.formations(named.formations[:1])[0].title
    base = re.split(r" (?:option|parcours) ", title)[0]
    found = [knowledge.resolver.resolve(f"{base} option {letter}") for letter in letters]
    groups = [knowledge.formations(ms[0].formations) if ms else [] for ms in found]
    return groups if all(len(group) == 1 for group in groups) else []


def _how_many(words: set[str]) -> int:
    return 3 if words & {"trois", "3"} else 4 if words & {"quatre", "4"} else 2 if words & {"deux", "2"} else 0
