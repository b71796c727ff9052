"""The conversation: what was understood and what was said before -> replies and what to remember. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import quote_plus

from bot.catalogue import answers
from bot.catalogue.answers import Ask, Choice, Reply
from bot.catalogue.fiche import Catalogue, Facet, Formation, Outcome
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import expand_sms, fold, tokenize
from bot.catalogue.resolver import Resolver
from bot.catalogue.search import search
from bot.catalogue.selection import Pick, read_choice
from bot.reading import FORMATION_FACETS, Reading

_REMEMBERED = 4
_COMPARING = frozenset(
    """
        deux trois lequel laquelle lesquels lesquelles autre autres compare comparer comparaison difference
        differences pareil pareils mieux plus moins vs versus
    """.split()
)
_FALLBACKS_BEFORE_WAY_OUT = 2
_FOLLOW_UP = re.compile(
    r"^(et|non|nan|pardon|plutot|ok|oui|euh|ah|mais|en fait|enfin|pour|aussi|celui|celle|meme|pareil"
    r"|je (voulais|parlais|parle))\b"
)
_GREATEST = frozenset(
    """
    long longue lon longs longues haut haute eleve elevee plus grand meilleur
""".split()
) - {
    "plus",
    "meilleur",
    "grand",
}
_LEAST = frozenset(["court", "courte", "courts", "courtes", "rapide", "vite", "bas", "basse", "moins"])
_OF_A_JOB = frozenset(
    """
        devenir etre metier metiers etudes etude formation formations diplome diplomes ecole bosser
    """.split()
)
_ORIGIN_CUE = re.compile(
    r"\b(avec|apres|ai|a|finis|fini|suis|suis en|etais|etait|aura|aurai|titulaire d|obtenu|sortant d|sors d"
    r"|deja|viens d|mon|ma)"
    r"( un| une| mon| son| ma| le| la| l| du| des| notre| deja un| eu un| eu mon| d un| d une| en| fini mon)?\W*$"
)


@dataclass(frozen=True)
class State:
    """What a conversation remembers between messages; ids and labels only, JSON both ways.

    `formations` the last answer was about; `discussed` the last ones in the order they came; `listed` the last list
    shown, in the order displayed, of which `shown` were told; `waiting` the facets of a question that lacks its
    formation, among `candidates` where a choice was asked.
    """

    facets: tuple[str, ...] = ()
    formations: tuple[str, ...] = ()
    discussed: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    situation: str = ""
    misses: int = 0
    shown: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> State:
        """The state in `data`; anything malformed is forgotten."""
        if not isinstance(data, dict):
            return cls()
        values: dict[str, Any] = {}
        for field in fields(cls):
            value = data.get(field.name)
            if field.name in ("misses", "shown"):
                values[field.name] = max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0
            elif field.name == "situation":
                values["situation"] = value if isinstance(value, str) else ""
            elif isinstance(value, (list, tuple)):
                values[field.name] = tuple(item for item in value if isinstance(item, str))
        return cls(**values)


@dataclass(frozen=True)
class Knowledge:
    """The catalogue of the moment and the resolver built over it."""

    catalogue: Catalogue
    resolver: Resolver
    search_url: str = "https://www.onisep.fr/recherche?context=formation&text={query}"

    def search_link(self, words: str) -> str:
        """The address of the official search with `words` filled in."""
        return self.search_url.format(query=quote_plus(words))

    def formations(self, ids: Sequence[str]) -> list[Formation]:
        return [self.catalogue.formations[i] for i in ids if i in self.catalogue.formations]


Turn = tuple[list[Reply], State]


def decide(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """The replies to one message, and the state after it."""
    # A new catalogue may have come since the message was read.
    reading = replace(reading, mentions=tuple(_still_there(m, knowledge.catalogue) for m in reading.mentions))
    if reading.intent == "distress":
        return [Reply("distress", Outcome.DISTRESS)], state
    if reading.intent == "start_over":
        return [Reply("restarted", Outcome.SMALLTALK, choices=_examples(knowledge))], State()
    if reading.ask is not None:
        return _choose(reading.ask, state, knowledge)
    chosen = _read_pending(reading, state, knowledge)
    if chosen is not None:
        return chosen
    if reading.intent in _OUT_OF_SCOPE:
        return _out_of_scope(reading, state, knowledge)
    if reading.intent in _WITHOUT_FACET and not _names(reading):
        return _WITHOUT_FACET[reading.intent](reading, state, knowledge)
    return _answer(reading, state, knowledge)


# --- a choice made: by button, by number, by a typed fragment


def _choose(ask: Ask, state: State, knowledge: Knowledge) -> Turn:
    formations = knowledge.formations(ask.formations)
    if Facet.FORMATIONS_FOR_JOB in ask.facets and ask.jobs:
        return _job_turn(ask.jobs, (), None, ", ".join(ask.jobs), state, knowledge)
    if not formations:
        gone = Reply("gone", Outcome.UNKNOWN, facets=ask.facets, choices=_examples(knowledge))
        return [gone], replace(state, waiting=(), candidates=())
    return _about(_facets_or_description(ask.facets, formations), [formations], state, knowledge)


def _read_pending(reading: Reading, state: State, knowledge: Knowledge) -> Turn | None:
    """The turn of a message that picks among what was offered, or None when it does not."""
    offered = knowledge.formations(state.candidates or state.listed or state.discussed)
    asked = reading.facets or _facets(state.waiting)
    if not offered or Facet.FORMATIONS_FOR_JOB in asked or Facet.SEARCH in asked:
        return None
    pick = _the_other(reading, offered, state) or read_choice(reading.text, offered, waiting=bool(state.candidates))
    if pick is None:
        return None
    ids = {f.id for f in offered}
    others = [m for m in reading.mentions if m.formations and not set(m.formations) & ids]
    if not pick.ordinal and any(m.type or not _FOLLOW_UP.match(fold(reading.text)) for m in others):
        return None
    if pick.ordinal and (Facet.COMPARISON in asked or reading.intent == "compare"):
        return None
    if not pick.formations:
        again = answers.ambiguous(asked, offered, "")
        return [replace(again, response="ambiguous_again")], state
    if not asked and not state.candidates:
        asked = _facets(state.facets)
    asked = tuple(f for f in asked if f in FORMATION_FACETS)
    if len(pick.formations) > 1 and not _one_answer(asked or (Facet.JOBS,), pick.formations):
        return _ask_which(asked, pick.formations, reading.text, state)
    return _about(_facets_or_description(asked, pick.formations), [pick.formations], state, knowledge)


def _the_other(reading: Reading, offered: Sequence[Formation], state: State) -> Pick | None:
    """ "et l'autre ?" between two: the one not just spoken of."""
    if len(offered) != 2 or not re.search(r"\bl.?autre\b", fold(reading.text)):
        return None
    rest = [f for f in offered if f.id not in state.formations]
    return Pick(rest, ordinal=True) if len(rest) == 1 else None


# --- questions


def _answer(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    mentions = _targets(reading)
    facets = reading.facets
    if len(mentions) < len(reading.mentions) and facets == (Facet.FURTHER_STUDY,):
        # "après mon bac pro cuisine je peux faire le BTS ?" asks how to get into the BTS.
        facets = (Facet.ACCESS,)
    if Facet.FORMATIONS_FOR_JOB in facets and _only_follows_up(reading, state):
        facets = ()
    if Facet.SEARCH in facets or (not facets and _names_many(reading, mentions)):
        return _search(reading, mentions, state, knowledge)
    about_formation = [m for m in mentions if m.formations and (m.type or not m.jobs)]
    if (
        Facet.FORMATIONS_FOR_JOB in facets
        and about_formation
        and any(m.jobs and m not in about_formation for m in mentions)
    ):
        # "avec le CGEH on peut devenir jockey ?" asks for the jobs of the CGEH.
        facets = (Facet.JOBS,)
        mentions = about_formation
    if Facet.FORMATIONS_FOR_JOB in facets and len(facets) > 1 and any(m.formations for m in mentions):
        facets = tuple(f for f in facets if f is not Facet.FORMATIONS_FOR_JOB)
    if Facet.FORMATIONS_FOR_JOB in facets:
        found = _for_job(reading, mentions, state, knowledge)
        if found is not None:
            return found
        facets = tuple(f for f in facets if f is not Facet.FORMATIONS_FOR_JOB)
    if Facet.COMPARISON in facets:
        return _compare(reading, mentions, state, knowledge)
    if not facets:
        facets = _facets_meant(reading, state)
    named = [_narrowed(m, reading, state, knowledge) for m in mentions if m.formations]
    unknown = [m for m in mentions if not m.known and m.words]
    if not named and not unknown:
        jobs = [m for m in mentions if m.jobs]
        if jobs:
            return _only_job(jobs, facets, reading, state, knowledge)
        return _from_context(facets, reading, mentions, state, knowledge)
    groups = [knowledge.formations(m.formations) for m in named]
    replies: list[Reply] = []
    after = state
    if groups:
        replies, after = _about(_facets_or_description(facets, groups[0]), groups, state, knowledge, named)
    for mention in unknown if not groups or reading.intent != "ask_access" else ():
        replies.append(_unknown(mention, facets, knowledge))
        if not groups:
            after = replace(state, waiting=_values(facets), candidates=())
    return replies, replace(after, misses=0)


def _narrowed(mention: Mention, reading: Reading, state: State, knowledge: Knowledge) -> Mention:
    """ "et en AES ?" after a licence: among several, those of the type just spoken of."""
    if len(mention.formations) < 2 or mention.type or not _FOLLOW_UP.match(fold(reading.text)):
        return mention
    last = knowledge.formations(state.formations[-1:])
    same = tuple(f.id for f in knowledge.formations(mention.formations) if last and f.type == last[0].type)
    return replace(mention, formations=same) if same else mention


def _names_many(reading: Reading, mentions: Sequence[Mention]) -> bool:
    """"les BTS du bâtiment", "masters environnement": several are meant, not one of them."""
    if len(mentions) != 1 or len(mentions[0].formations) < 2 or not mentions[0].type:
        return False
    words = [token.text for token in tokenize(reading.text)]
    before = [token.text for token in tokenize(reading.text[: mentions[0].start])]
    plural = words[len(before)].endswith("s") and words[len(before)] not in ("bts", "cs", "deejeps")
    return plural or before[-1:] in (["les"], ["des"], ["tous"], ["quels"], ["quelles"])


def _only_follows_up(reading: Reading, state: State) -> bool:
    """ "et sage-femme alors ?" asks again what was asked, though sage-femme is also a job."""
    words = {token.text for token in tokenize(reading.text)}
    named = any(m.formations for m in reading.mentions)
    asked = set(state.facets) & {f.value for f in FORMATION_FACETS}
    return bool(named and asked and _FOLLOW_UP.match(fold(reading.text)) and not words & _OF_A_JOB)


def _facets_meant(reading: Reading, state: State) -> tuple[Facet, ...]:
    """What a message without a question asks: again the last question when it follows up, else nothing yet."""
    if state.waiting:
        return _facets(state.waiting)
    follows = bool(_FOLLOW_UP.match(fold(reading.text).strip()))
    bare_type = any(m.type and not m.words for m in reading.mentions)
    if state.facets and (follows or bare_type):
        return tuple(f for f in _facets(state.facets) if f in FORMATION_FACETS)
    return ()


def _facets_or_description(facets: Sequence[Facet], formations: Sequence[Formation]) -> tuple[Facet, ...]:
    """The facets asked; for a bare name its description or, without one, its structured facts."""
    asked = tuple(f for f in dict.fromkeys(facets) if f in FORMATION_FACETS)
    if asked:
        return asked
    if any(f.has(Facet.DESCRIPTION) for f in formations):
        return (Facet.DESCRIPTION,)
    structured = (Facet.TYPE, Facet.DURATION, Facet.LEVEL)
    return tuple(f for f in structured if formations[0].has(f))[:2] or (Facet.DESCRIPTION,)


def _about(
    facets: tuple[Facet, ...],
    groups: Sequence[Sequence[Formation]],
    state: State,
    knowledge: Knowledge,
    mentions: Sequence[Mention] = (),
) -> Turn:
    """Answer about each group of formations; a group whose fiches differ on what is asked is asked about first."""
    for number, group in enumerate(groups):
        if len(group) > 1 and not _one_answer(facets, group):
            said = mentions[number].text if mentions else ""
            replies, after = _ask_which(facets, group, said, state)
            others = [g for i, g in enumerate(groups) if i != number]
            if others and all(len(g) == 1 for g in others):
                more, _ = _about(facets, others, state, knowledge)
                replies = [*more, *replies]
            return replies, after
    flat = [formation for group in groups for formation in group]
    distinct = list(dict.fromkeys(f.id for f in flat))
    catalogue = knowledge.catalogue
    if len(groups) > 1 and len(distinct) > 1:
        formations = knowledge.formations(distinct)[:_REMEMBERED]
        replies = [answers.compare(facets, formations, catalogue, None)]
    else:
        replies = answers.answer(facets, groups[0], catalogue)
    renamed = [{"said": m.text, "now": m.now_called} for m in mentions if m.now_called]
    if renamed:
        replies = [replace(r, values={**r.values, "renamed": renamed}) for r in replies]
    words = mentions[-1].words if mentions else state.said
    ids = tuple(f.id for f in flat)
    return replies, replace(
        state,
        facets=_values(facets),
        formations=ids,
        discussed=_remember(state.discussed, ids),
        listed=ids if len(ids) > 1 else state.listed,
        waiting=(),
        candidates=(),
        said=words,
        misses=0,
    )


def _one_answer(facets: Sequence[Facet], group: Sequence[Formation]) -> bool:
    """Whether one answer holds for several fiches: they say the same, or all are silent."""
    silent = not any(f.has(facet) for f in group for facet in facets)
    return silent or answers.share_facts(facets, group)


def _ask_which(facets: Sequence[Facet], group: Sequence[Formation], said: str, state: State) -> Turn:
    ids = tuple(f.id for f in group)
    return [answers.ambiguous(facets, group, said)], replace(
        state, waiting=_values(facets), candidates=ids, listed=ids, misses=0
    )


def _from_context(
    facets: tuple[Facet, ...], reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge
) -> Turn:
    """A question that names nothing: about the last formations, or those of another type, or missing its name."""
    bare = next((m for m in mentions if m.type and not m.words), None)
    sibling = _sibling(reading, state, knowledge)
    if sibling:
        return _about(_facets_or_description(facets, sibling), [sibling], state, knowledge)
    switches = not reading.facets or not set(reading.facets) & {Facet.FURTHER_STUDY, Facet.ACCESS}
    if bare and state.said and switches and (not reading.facets or _FOLLOW_UP.match(fold(reading.text))):
        again = knowledge.resolver.resolve(f"{bare.text} {' '.join(state.said)}")
        turned = [m for m in again if m.formations]
        if turned:
            formations = knowledge.formations(turned[0].formations)
            replies, after = _about(_facets_or_description(facets, formations), [formations], state, knowledge)
            return replies, replace(after, said=state.said)
    if bare and state.said and not reading.facets:
        said = f"{bare.text} {' '.join(state.said)}"
        return [_unknown(Mention(0, 0, said, words=state.said), facets, knowledge)], state
    context = knowledge.formations(state.candidates or state.formations)
    if context and not (reading.unseen and _names_something(reading)):
        asked = _facets_or_description(facets, context)
        if len(context) > 1 and not _one_answer(asked, context):
            if state.discussed[-len(context) :] == tuple(f.id for f in context) and len(context) <= _REMEMBERED:
                return _about(asked, [[f] for f in context], state, knowledge)
            return _ask_which(asked, context, "", state)
        return _about(asked, [context], state, knowledge)
    if reading.unseen and facets:
        said = " ".join(reading.unseen)
        return [_unknown(Mention(0, 0, said, words=reading.unseen), facets, knowledge)], replace(
            state, waiting=_values(facets), candidates=(), misses=0
        )
    if not facets:
        return _not_understood(reading, state, knowledge)
    reply = Reply("missing", Outcome.MISSING, facets=facets, choices=_examples(knowledge, facets))
    return [reply], replace(state, waiting=_values(facets), candidates=(), misses=0)


def _sibling(reading: Reading, state: State, knowledge: Knowledge) -> list[Formation]:
    """The other option or parcours of the last formation that the message names ("et pour l'option A ?")."""
    last = knowledge.formations(state.formations[-1:])
    found = re.search(r"\b(option|parcours|specialite)\b.*", reading.text, re.IGNORECASE)
    if not last or not found:
        return []
    base = re.split(r" (?:option|parcours|spécialité) ", last[0].title)[0]
    mentions = [m for m in knowledge.resolver.resolve(f"{base} {found[0]}") if m.formations]
    siblings = [f for f in knowledge.formations(mentions[0].formations if mentions else ()) if f.title.startswith(base)]
    return siblings if len(siblings) == 1 else []


def _names_something(reading: Reading) -> bool:
    """Whether words nobody knows look like a name rather than like talk about the last formation."""
    folded = fold(reading.text)
    return (
        not re.search(r"\b(et|ce|cet|cette|ca|sa|y|il|elle|ils|on|la|le meme)\b", folded) and len(folded.split()) <= 7
    )


# --- jobs


def _for_job(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn | None:
    kind = next((m.type for m in reading.mentions if m.type), None)
    jobs = [m for m in mentions if m.jobs]
    if jobs:
        labels = tuple(dict.fromkeys(label for m in jobs for label in m.jobs))
        beside = tuple(i for m in jobs if m.whole for i in m.formations)
        return _job_turn(labels, beside, kind, jobs[0].text, state, knowledge)
    named = [m for m in mentions if m.formations]
    if named:
        formations = knowledge.formations([i for m in named for i in m.formations])
        reply = answers.formations_for_job((), formations, knowledge.catalogue)
        reply = replace(reply, response="formations_named", values={**reply.values, "said": named[0].text})
        return [reply], _after_list(state, formations, (Facet.FORMATIONS_FOR_JOB,))
    if state.jobs and not reading.unseen:
        return _job_turn(state.jobs, (), kind, ", ".join(state.jobs), state, knowledge)
    said = " ".join(w for m in mentions for w in m.words) or " ".join(reading.unseen)
    if not said and not reading.unseen:
        if state.formations:
            return None
        return [Reply("missing_job", Outcome.MISSING, facets=(Facet.FORMATIONS_FOR_JOB,))], replace(
            state, waiting=(), misses=0
        )
    return [answers.unknown_job(said, knowledge.resolver.near_jobs(said), knowledge.catalogue)], replace(
        state, misses=0
    )


def _job_turn(
    labels: Sequence[str], beside: Sequence[str], kind: str | None, said: str, state: State, knowledge: Knowledge
) -> Turn:
    catalogue = knowledge.catalogue
    ids = dict.fromkeys(i for label in labels if label in catalogue.jobs for i in catalogue.jobs[label].formations)
    formations = knowledge.formations([*ids, *(i for i in beside if i not in ids)])
    narrowed = [f for f in formations if kind and knowledge.resolver.is_kind(f.id, kind)]
    shown = narrowed or formations
    if not shown:
        return [answers.unknown_job(said, knowledge.resolver.near_jobs(said), catalogue)], replace(state, misses=0)
    reply = answers.formations_for_job(labels, shown, catalogue, kind if narrowed else None)
    if kind and not narrowed:
        reply = replace(reply, values={**reply.values, "none_of_kind": kind})
    return [reply], replace(_after_list(state, shown, (Facet.FORMATIONS_FOR_JOB,)), jobs=tuple(labels))


def _only_job(
    jobs: Sequence[Mention], facets: tuple[Facet, ...], reading: Reading, state: State, knowledge: Knowledge
) -> Turn:
    """A job named where a formation was expected: the formations that lead there, or the context when it is clear."""
    context = knowledge.formations(state.formations)
    if Facet.JOBS in facets and context:
        return _about(facets, [context], state, knowledge)
    labels = tuple(dict.fromkeys(label for m in jobs for label in m.jobs))
    return _job_turn(labels, (), None, jobs[0].text, state, knowledge)


# --- lists, comparisons


def _search(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn:
    named = [m for m in mentions if m.formations]
    if named and len(named[0].formations) >= 1 and named[0].words:
        formations = knowledge.formations(named[0].formations)
    else:
        kind = next((m.type for m in reading.mentions if m.type), None)
        formations = search(reading.text, kind, knowledge.catalogue, knowledge.resolver)
    if not formations:
        said = next((m.text for m in mentions if m.words), reading.text)
        near = knowledge.formations(knowledge.resolver.near(said))
        return [answers.unknown((Facet.SEARCH,), said, near)], replace(state, misses=0)
    said = named[0].text if named else ""
    return [answers.search_result(said, formations, knowledge.catalogue)], _after_list(
        state, formations, (Facet.SEARCH,)
    )


def _after_list(state: State, formations: Sequence[Formation], facets: Sequence[Facet]) -> State:
    ids = tuple(f.id for f in formations)
    return replace(
        state,
        facets=_values(facets),
        formations=ids if len(ids) == 1 else (),
        discussed=_remember(state.discussed, ids[:1]) if len(ids) == 1 else state.discussed,
        listed=ids,
        shown=answers.SHOWN_FORMATIONS,
        waiting=(),
        candidates=(),
        misses=0,
    )


def _compare(reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge) -> Turn:
    words = {token.text for token in tokenize(reading.text)}
    asked = [f for f in reading.facets if f in FORMATION_FACETS]
    facets = tuple(dict.fromkeys([*_superlative_facets(words), *asked]))
    pointing = words & {"lequel", "laquelle", "lesquels", "lesquelles"} and state.discussed
    mentions = [m for m in mentions if m.type or not pointing or m.whole and m.formations]
    options = _options(reading.text, mentions, knowledge)
    groups = options or [knowledge.formations(m.formations) for m in mentions if m.formations]
    unclear = next((i for i, g in enumerate(groups) if len(g) > _REMEMBERED or (len(g) > 1 and len(groups) > 1)), None)
    if unclear is not None:
        return _ask_which(facets, groups[unclear], mentions[unclear].text, state)
    ids = list(dict.fromkeys(f.id for g in groups for f in g))
    if len(groups) == 1 and asked and not words & _COMPARING:
        return _about(_facets_or_description(asked, groups[0]), groups, state, knowledge, mentions)
    if len(ids) < 2:
        wanted = _how_many(reading.text)
        before = [i for i in state.discussed if i not in ids]
        listed = [i for i in state.listed if i not in ids]
        pool = listed if len(listed) in (2, 3, 4) and not wanted and not before else before
        ids = [*pool[-(wanted - len(ids)) if wanted else -_REMEMBERED :], *ids]
        if not wanted and len(ids) > 2 and not groups:
            ids = ids[-2:]
    formations = knowledge.formations(ids)[:_REMEMBERED]
    if len(formations) < 2:
        plain = tuple(facets) or _facets_meant(reading, state)
        if formations:
            return _about(_facets_or_description(plain, formations), [formations], state, knowledge)
        reply = Reply("missing", Outcome.MISSING, facets=(Facet.COMPARISON, *facets), choices=_examples(knowledge))
        return [reply], replace(state, waiting=_values(facets), misses=0)
    most = "least" if words & _LEAST else "greatest" if words & _GREATEST else None
    reply = answers.compare(facets, formations, knowledge.catalogue, most)
    picked = tuple(f.id for f in formations)
    return [reply], replace(
        state,
        facets=_values(facets),
        formations=picked,
        discussed=_remember(state.discussed, picked),
        listed=picked,
        waiting=(),
        candidates=(),
        misses=0,
    )


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


def _superlative_facets(words: set[str]) -> tuple[Facet, ...]:
    if words & {
        "long",
        "longue",
        "lon",
        "longs",
        "longues",
        "court",
        "courte",
        "courts",
        "courtes",
        "rapide",
        "vite",
        "dure",
        "durent",
    }:
        return (Facet.DURATION,)
    if words & {"niveau", "haut", "haute", "eleve", "elevee"}:
        return (Facet.LEVEL,)
    if words & {"debouche", "debouches", "metier", "metiers", "boulot", "boulots", "mene"}:
        return (Facet.JOBS,)
    return ()


def _how_many(text: str) -> int:
    words = {token.text for token in tokenize(text)}
    return 3 if words & {"trois", "3"} else 4 if words & {"quatre", "4"} else 2 if words & {"deux", "2"} else 0


# --- what has no facet


def _out_of_scope(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    about = next((m.text for m in reading.mentions if m.words), None)
    if about is None and state.formations:
        context = knowledge.formations(state.formations[:1])
        about = context[0].title if context else None
    reply = Reply(
        _OUT_OF_SCOPE[reading.intent],
        Outcome.OUT_OF_SCOPE,
        {"about": about or "", "search_link": knowledge.search_link(about or ""), "variant": state.misses},
    )
    return [reply], replace(state, misses=state.misses + 1)


def _guidance(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    return [Reply("guidance", Outcome.HELP, choices=_examples(knowledge))], replace(state, misses=0)


def _situation(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """Where one stands is remembered; with a formation in mind it asks whether one can get in."""
    after = replace(state, situation=reading.text)
    if state.formations:
        return _about((Facet.ACCESS,), [knowledge.formations(state.formations)], after, knowledge)
    reply = Reply(
        "situation_noted", Outcome.MISSING, facets=(Facet.ACCESS,), choices=_examples(knowledge, (Facet.ACCESS,))
    )
    return [reply], replace(after, waiting=(Facet.ACCESS.value,), candidates=(), misses=0)


def _more(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """The next formations of the last list."""
    rest = knowledge.formations(state.listed[state.shown :])
    if not rest:
        return [Reply("no_more", Outcome.SMALLTALK, choices=_examples(knowledge))], state
    reply = answers.search_result("", rest, knowledge.catalogue)
    return [reply], replace(state, shown=state.shown + answers.SHOWN_FORMATIONS)


def _no_choice(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    if reading.intent == "deny" and not reading.mentions:
        return _agree(replace(reading, intent="affirm"), replace(state, candidates=()), knowledge)
    if state.formations and _FOLLOW_UP.match(fold(reading.text)):
        return _answer(replace(reading, intent="inform"), state, knowledge)
    return _not_understood(reading, state, knowledge)


def _agree(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    offered = knowledge.formations(state.candidates)
    if len(offered) == 1:
        return _about(_facets_or_description(_facets(state.waiting), offered), [offered], state, knowledge)
    return [Reply("go_on", Outcome.SMALLTALK, choices=_examples(knowledge))], state


def _smalltalk(response: str, outcome: Outcome = Outcome.SMALLTALK) -> Callable[[Reading, State, Knowledge], Turn]:
    def turn(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
        return [Reply(response, outcome, choices=_examples(knowledge) if outcome is Outcome.HELP else ())], state

    return turn


def _not_understood(reading: Reading, state: State, knowledge: Knowledge) -> Turn:
    """Never the same sentence twice, and a way out after two."""
    lost = state.misses >= _FALLBACKS_BEFORE_WAY_OUT
    reply = Reply(
        "way_out" if lost else "not_understood",
        Outcome.OUT_OF_SCOPE,
        {"variant": state.misses},
        choices=_examples(knowledge),
    )
    return [reply], replace(state, misses=state.misses + 1)


_OUT_OF_SCOPE = {
    "ask_place": "scope_place",
    "ask_dates": "scope_dates",
    "ask_fees": "scope_fees",
    "ask_salary": "scope_salary",
    "ask_chances": "scope_chances",
    "out_of_scope": "scope_other",
    "hyperbole": "scope_other",
    "insult": "insulted",
}
_WITHOUT_FACET: dict[str, Callable[[Reading, State, Knowledge], Turn]] = {
    "ask_guidance": _guidance,
    "tell_situation": _situation,
    "ask_more": _more,
    "choose": _no_choice,
    "affirm": _agree,
    "deny": _no_choice,
    "greet": _smalltalk("greet"),
    "goodbye": _smalltalk("goodbye"),
    "thank": _smalltalk("thank"),
    "bot_challenge": _smalltalk("bot_challenge"),
    "ask_help": _smalltalk("help", Outcome.HELP),
    "nlu_fallback": _not_understood,
}


# --- small helpers


def _names(reading: Reading) -> bool:
    return any(m.known or (m.type and m.words) for m in reading.mentions) and reading.intent not in (
        "tell_situation",
        "ask_guidance",
    )


def _targets(reading: Reading) -> list[Mention]:
    """The mentions asked about: not the diploma that one already has, when another is named too."""
    mentions = list(reading.mentions)
    if len([m for m in mentions if m.words]) < 2 or Facet.COMPARISON in reading.facets:
        return mentions

    def before(mention: Mention) -> str:
        return " ".join(expand_sms(token.text) for token in tokenize(reading.text[: mention.start]))

    entering = not reading.facets or bool({Facet.ACCESS, Facet.FURTHER_STUDY} & set(reading.facets))
    kept = [m for m in mentions if not ((entering or not m.formations) and _ORIGIN_CUE.search(before(m)))]
    return kept if any(m.words for m in kept) else mentions


def _still_there(mention: Mention, catalogue: Catalogue) -> Mention:
    """`mention` without the formations and jobs that the catalogue does not hold."""
    return replace(
        mention,
        formations=tuple(i for i in mention.formations if i in catalogue.formations),
        jobs=tuple(label for label in mention.jobs if label in catalogue.jobs),
    )


def _unknown(mention: Mention, facets: Sequence[Facet], knowledge: Knowledge) -> Reply:
    near = knowledge.formations(mention.near or knowledge.resolver.near(mention.text))
    return answers.unknown(facets, mention.text, near, mention.now_called)


def _examples(knowledge: Knowledge, facets: Sequence[Facet] = ()) -> tuple[Choice, ...]:
    """Two or three questions that work on this catalogue, for someone who does not know what to type."""
    some = [f for f in knowledge.catalogue.formations.values() if f.has(Facet.ACCESS) and f.has(Facet.JOBS)][:3]
    asked = [facets] * 3 if facets else [(Facet.JOBS,), (Facet.ACCESS,), (Facet.DURATION,)]
    return tuple(
        Choice(
            f"choice_{wanted[0].value}_of" if not facets else "choice_title",
            {"title": f.title},
            Ask(tuple(wanted), (f.id,)),
        )
        for f, wanted in zip(some, asked, strict=False)
    )


def _remember(discussed: tuple[str, ...], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple([*(i for i in discussed if i not in ids), *ids][-_REMEMBERED:])


def _facets(values: Sequence[str]) -> tuple[Facet, ...]:
    known = {facet.value: facet for facet in Facet}
    return tuple(known[v] for v in values if v in known)


def _values(facets: Sequence[Facet]) -> tuple[str, ...]:
    return tuple(f.value for f in facets)
