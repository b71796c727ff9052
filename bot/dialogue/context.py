"""What a message means after the ones before it: follow-ups, corrections, the diploma one already has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.catalogue.fiche import Facet, Formation
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import expand_sms, fold, tokenize
from bot.dialogue.formations import about, ask_for_name, ask_which, facets_or_description, one_answer, unknown_name
from bot.dialogue.state import REMEMBERED, Knowledge, State, Turn, not_understood, to_facets, to_values
from bot.dialogue.superlatives import is_superlative
from bot.reading import FORMATION_FACETS, Reading

FOLLOW_UP = re.compile(
    r"^(et|non|nan|pardon|plutot|ok|oui|euh|ah|mais|en fait|enfin|pour|aussi|celui|celle|meme|pareil"
    r"|je (voulais|parlais|parle))\b"
)


_NO_FORMATION = frozenset("CIO CFA CDI CPE CROUS GRETA CNED ONISEP SMS CDD".split())
_FEW = 12  # formations of a type that may be offered by its name alone


_SEVERAL = re.compile(
    r"\b(des|les|l|tous les|toutes les) (deux|trois|quatre)\b|\blesquel|\blaquelle|\blequel|\bleurs?\b|\bcompar"
)
_JOB_WORDS = frozenset(
    """
        devenir etre metier metiers etudes etude formation formations diplome diplomes ecole bosser
    """.split()
)


_ORIGIN_CUE = re.compile(
    r"\b(avec|apres|ai|a|finis|fini|suis|suis en|etais|etait|aura|aurai|titulaires? d|obtenu|sortant d|sors d"
    r"|deja|viens d|mon|ma)"
    r"( un| une| mon| son| ma| le| la| l| du| des| notre| deja un| eu un| eu mon| d un| d une| en| fini mon)?\W*$"
)


# "et un bac pro ASSP peut y aller ?", "j'ai un CAP coiffure, je peux le faire ?": of the formation spoken of.
_ENTERED = re.compile(
    r"\by (entrer|rentrer|aller|acceder|va|vont|entre|rentre|etre)\b|\bpour y\b"
    r"|\b(le|la|l) ?'?(faire|suivre|integrer|preparer|passer|tenter)\b"
)
_HEADING = re.compile(
    r"\b(viser|vise|entrer|aller|integrer|rejoindre|demander|postuler|tenter|tente|enchainer|candidater|accepte|pris)\b"
)
_AFTERWARDS = {Facet.ACCESS, Facet.FURTHER_STUDY, Facet.FORMATIONS_FOR_JOB, Facet.JOBS}
_FROM = re.compile(r"\b(apres|derriere|suite a|a la suite d[eu]?|avec)( (un|une|le|la|mon|ma))?\W*$")
_AT_THE_END = re.compile(r"\b(apres|ensuite|derriere|par la suite)\W*$")
_LISTING = re.compile(
    r"\b(quels|quelles|liste|listes|lister|listez|quel|quelle)( sont)?( tous| toutes)?( les| des)?\W*$"
)
_NOT_LISTING = re.compile(
    r"\b(apres|ensuite|derriere|avec|pour|faut|accepte|acceptes|demande|demandes|devenir|suite)\b"
)


def asks_for_a_list(reading: Reading) -> bool:
    """ "quels BTS se font en 3 ans ?", "listez les FCIL": formations of a type, named in the plural, are asked for."""
    if len(reading.mentions) != 1 or not reading.mentions[0].type or reading.mentions[0].whole_job:
        return False
    mention, folded = reading.mentions[0], fold(reading.text)
    before = _LISTING.search(fold(reading.text[: mention.start]))
    singular = before is not None and before[1] in ("quel", "quelle")
    return before is not None and not singular and not _NOT_LISTING.search(folded)


def asks_what_comes_next(reading: Reading, state: State) -> bool:
    """ "on peut devenir aide-soignant après ?", "on peut aller en bac pro après ?": after the formation spoken of."""
    one = len(reading.mentions) == 1
    asked = not reading.facets or set(reading.facets) <= _AFTERWARDS
    return bool(one and asked and state.formations and _AT_THE_END.search(fold(reading.text)))


def comes_after(reading: Reading, mentions: Sequence[Mention]) -> bool:
    """ "qu'est-ce qui existe en 1 an après un CAP pâtissier ?": what follows the only formation that is named.

    "On peut aller en BTS avec un bac pro commerce ?", too: nothing but a type is said of where one would go.
    """
    named = [m for m in mentions if m.words]
    if len(named) != 1 or not named[0].formations or (len(mentions) == 1) != (Facet.SEARCH in reading.facets):
        return False
    return bool(_FROM.search(fold(reading.text[: named[0].start])))


def _is_own(mention: Mention, text: str) -> bool:
    """Whether a diploma is what someone has, to enter the formation spoken of."""
    diploma = mention.type or mention.now_called
    one = re.search(r"\b(un|une|mon|ma|notre|des|d)\W*$", fold(text[: mention.start]))
    return bool(diploma and one and _ENTERED.search(fold(text)))


def targets(reading: Reading, state: State) -> list[Mention]:
    """The mentions asked about: not the diploma that one already has, when another is named or spoken of."""
    mentions = list(reading.mentions)
    if len(mentions) == 1 and state.formations and _is_own(mentions[0], reading.text):
        return []
    if len(mentions) < 2 or not any(m.words for m in mentions) or Facet.COMPARISON in reading.facets:
        return mentions

    def before(mention: Mention) -> str:
        return " ".join(expand_sms(token.text) for token in tokenize(reading.text[: mention.start]))

    entering = not reading.facets or bool({Facet.ACCESS, Facet.FURTHER_STUDY} & set(reading.facets))
    if any(m.jobs and not m.formations for m in mentions):
        # "j'ai un CAP cuisine, quel niveau pour devenir professeur des écoles ?"
        entering = entering or bool(re.search(r"\bdevenir\b", fold(reading.text)))
    kept = [m for m in mentions if not ((entering or not m.formations) and _ORIGIN_CUE.search(before(m)))]
    return kept if any(m.words for m in kept) else mentions


def narrowed(mention: Mention, reading: Reading, state: State, knowledge: Knowledge) -> Mention:
    """ "et en AES ?" after a licence: among several, those of the type just spoken of."""
    if len(mention.formations) < 2 or mention.type or not FOLLOW_UP.match(fold(reading.text)):
        return mention
    last = knowledge.formations(state.formations[-1:])
    same = tuple(f.id for f in knowledge.formations(mention.formations) if last and f.type == last[0].type)
    return replace(mention, formations=same) if same else mention


def names_many(reading: Reading, mentions: Sequence[Mention]) -> bool:
    """ "les BTS du bâtiment", "masters environnement": several are meant, not one of them."""
    if len(mentions) != 1 or len(mentions[0].formations) < 2 or not mentions[0].type:
        return False
    first = next((token.text for token in tokenize(mentions[0].text)), "")
    before = [token.text for token in tokenize(reading.text[: mentions[0].start])]
    plural = first.endswith("s") and first not in ("bts", "cs")
    return plural or before[-1:] in (["les"], ["des"], ["tous"], ["quels"], ["quelles"])


def only_follows_up(reading: Reading, state: State) -> bool:
    """ "et sage-femme alors ?" asks again what was asked, though sage-femme is also a job."""
    words = {token.text for token in tokenize(reading.text)}
    named = any(m.formations for m in reading.mentions)
    asked = set(state.facets) & {f.value for f in FORMATION_FACETS}
    return bool(named and asked and FOLLOW_UP.match(fold(reading.text)) and not words & _JOB_WORDS)


def facets_meant(reading: Reading, state: State) -> tuple[Facet, ...]:
    """What a message without a question asks: again the last question when it follows up, else nothing yet."""
    if state.waiting:
        return to_facets(state.waiting)
    follows = bool(FOLLOW_UP.match(fold(reading.text).strip()))
    bare_type = any(m.type and not m.words for m in reading.mentions)
    if state.facets and (follows or bare_type):
        return tuple(f for f in to_facets(state.facets) if f in FORMATION_FACETS)
    return ()


def from_context(
    facets: tuple[Facet, ...], reading: Reading, mentions: Sequence[Mention], state: State, knowledge: Knowledge
) -> Turn:
    """A question that names nothing: about the last formations, or those of another type, or missing its name."""
    bare = next((m for m in mentions if m.type and not m.words), None)
    sibling = _sibling(reading, state, knowledge)
    if sibling:
        return about(facets_or_description(facets, sibling), [sibling], state, knowledge)
    switches = not reading.facets or not set(reading.facets) & {Facet.FURTHER_STUDY, Facet.ACCESS}
    if bare and state.said and switches and (not reading.facets or FOLLOW_UP.match(fold(reading.text))):
        again = knowledge.resolver.resolve(f"{bare.text} {' '.join(state.said)}")
        turned = [m for m in again if m.formations]
        if turned:
            formations = knowledge.formations(turned[0].formations)
            replies, after = about(facets_or_description(facets, formations), [formations], state, knowledge)
            return replies, replace(after, said=state.said)
    if bare and state.said and not reading.facets:
        said = f"{bare.text} {' '.join(state.said)}"
        return [unknown_name(Mention(0, 0, said, words=state.said), facets, knowledge)], state
    if bare and not state.said:
        few = knowledge.resolver.of_kind(bare.type or "")
        if 0 < len(few) <= _FEW:
            formations = knowledge.formations(few)
            return (
                ask_which(facets, formations, bare.text, state)
                if len(few) > 1
                else about(facets_or_description(facets, formations), [formations], state, knowledge)
            )
    context = knowledge.formations(state.candidates or state.formations)
    of_kind = bare and any(knowledge.resolver.is_kind(f.id, bare.type or "") for f in context)
    if bare and not of_kind and _speaks_of_all(bare, facets, reading):
        return ask_for_name(facets, mentions, state, knowledge)
    if context and not (reading.unseen and _names_something(reading)):
        asked = facets_or_description(facets, context)
        if len(context) > 1 and not one_answer(asked, context):
            if state.discussed[-len(context) :] == tuple(f.id for f in context) and len(context) <= REMEMBERED:
                return about(asked, [[f] for f in context], state, knowledge)
            return ask_which(asked, context, "", state)
        return about(asked, [context], state, knowledge)
    strange = reading.unseen or _strange_sigle(reading, knowledge)
    if strange and facets:
        said = " ".join(strange)
        return [unknown_name(Mention(0, 0, said, words=strange), facets, knowledge)], replace(
            state, waiting=to_values(facets), candidates=(), misses=0
        )
    if not facets:
        return not_understood(reading, state, knowledge)
    return ask_for_name(facets, mentions, state, knowledge)


def _speaks_of_all(kind: Mention, facets: Sequence[Facet], reading: Reading) -> bool:
    """ "un BTS dure combien de temps ?", "c'est quoi les CAP ?": about a type of diploma; "c'est un BTS ?" is not."""
    before, folded = fold(reading.text[: kind.start]), fold(reading.text)
    asked = bool({Facet.DURATION, Facet.DESCRIPTION} & set(facets)) or "quoi" in folded.split()
    return asked and bool(re.search(r"\b(un|une|les|des)\W*$", before))


def _strange_sigle(reading: Reading, knowledge: Knowledge) -> tuple[str, ...]:
    """The letters of "le DCG, c'est quoi les débouchés ?" where no fiche has them; nothing in a shouted message."""
    if reading.text.isupper():
        return ()
    article = "" if reading.facets == (Facet.SIGLE,) else r"(?:[Ll]e|[Ll]a|[Uu]n|[Uu]ne|[Ee]n|[Dd]u|[Aa]u|[Ll]')\s?"
    found = re.findall(rf"\b{article}([A-Z]{{3,6}})\b", reading.text)
    known = _NO_FORMATION.union(m.text for m in reading.mentions if m.type and knowledge.resolver.of_kind(m.type))
    return tuple(letters for letters in found if letters not in known)[:1]


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


def asks_for_a_kind(reading: Reading, mentions: Sequence[Mention]) -> bool:
    """ "ascensoriste, avec quel bac pro ?", "un CAP pour devenir ébéniste": formations of a type that lead to a job."""
    kinds = [m for m in mentions if m.type and not m.words]
    which = any(re.search(r"\bquel(le)?s?\W*$", fold(reading.text[: m.start])) for m in kinds)
    to_be = bool(kinds) and not reading.facets and bool(re.search(r"\bpour (devenir|etre)\b", fold(reading.text)))
    return (which or to_be) and any(m.whole_job for m in mentions)


def what_after(reading: Reading, state: State) -> tuple[Facet, ...]:
    """ "et après maçon ?" after a question on jobs or on studies asks the same, not both."""
    both = {Facet.FURTHER_STUDY, Facet.JOBS}
    last = tuple(f for f in to_facets(state.facets) if f in both)
    named = any(m.formations for m in reading.mentions)
    if named and set(reading.facets) == both and len(last) == 1 and FOLLOW_UP.match(fold(reading.text)):
        return last
    return reading.facets


def what_is_asked_after(facets: tuple[Facet, ...], reading: Reading) -> tuple[Facet, ...]:
    """ "on peut aller en bac pro après ?" asks what comes next, not how to get in."""
    towards = any(m.type and not m.words for m in reading.mentions)
    if towards and {Facet.ACCESS, Facet.FURTHER_STUDY} <= set(facets) and _AT_THE_END.search(fold(reading.text)):
        return tuple(f for f in facets if f is not Facet.ACCESS)
    return facets


def heads_for_another(reading: Reading) -> bool:
    """ "avec un bac pro X on peut viser le CS Y ?" asks how to get into Y."""
    named = [m for m in reading.mentions if m.words]
    if len(named) != 2 or not set(reading.facets) <= _AFTERWARDS:
        return False
    first, second = named
    own = re.search(r"\b(avec|ai|apres) (un|une|mon|ma|le|la)\W*$", fold(reading.text[: first.start]))
    return bool(own and _HEADING.search(fold(reading.text[first.end : second.start])))


def speaks_of_several(reading: Reading, state: State) -> bool:
    """ "des trois, lequel est le plus long ?", "le plus court ?": about the formations just discussed or listed."""
    if any(m.words for m in reading.mentions):
        return False
    folded = fold(reading.text)
    if len(state.discussed) > 1 and _SEVERAL.search(folded):
        return True
    listed = not state.formations and len(state.listed) > 1
    shown = listed or len(state.formations) > 1
    return shown and is_superlative(folded)
