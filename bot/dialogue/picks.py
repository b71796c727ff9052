"""Messages that pick among what was displayed or spoken of: ranks, fragments of titles, "l'autre", "les deux"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.catalogue.fiche import Formation
from bot.catalogue.normalize import stem, tokenize
from bot.catalogue.ref import Ref, formation_ref
from bot.catalogue.selection import names_an_ordinal, only_names, pick_by_words
from bot.dialogue.context import Context
from bot.dialogue.question import Compare, LeadTo, Question, Which
from bot.dialogue.state import TOGETHER
from bot.dialogue.tell import tell
from bot.understanding.reading import Act, Fit
from bot.understanding.topics import JOB_ONLY, Topic

FORMATION_FACTS = frozenset({Topic.DURATION, Topic.FURTHER_STUDY, Topic.JOBS, Topic.TYPE})
_BARE_RANK = 3  # words of a message that is a rank and nothing else ("le n° 1 svp")
_FEW = 7  # words of a message that may be a superlative and nothing else
_PARTS = re.compile(r" (?:option|parcours|specialite|spécialité|mention) ")


def as_titles(refs: Sequence[Ref], c: Context) -> list[Formation]:
    """The fiches as titles to pick from by words: jobs are picked from as formations are."""
    return [
        Formation(ref.id, ref.id, (), (), ()) if ref.is_job else c.world.catalogue.formations[ref.id] for ref in refs
    ]


def by_rank(c: Context) -> tuple[Question, ...]:
    """ "le 2e", "le premier et le troisième": by their places in the last list displayed."""
    ranks = c.reading.ranks
    if not ranks and c.state.offer.asks and c.reading.lone_rank is not None:
        ranks = (c.reading.lone_rank,)
    pool = c.offered or c.recent
    if not ranks or len(pool) < 2 or c.says("at_first", "in_a_class") or _names_another(c):
        return ()
    if names_an_ordinal(" ".join(c.reading.words), as_titles(pool, c)):
        return ()
    places = [len(pool) - 1 if rank == -1 else rank - 1 for rank in ranks]
    picked = tuple(pool[place] for place in places if 0 <= place < len(pool))
    if len(picked) < len(places):
        return (Which(pool, c.topics or c.waiting, again=True),)
    if len(picked) > 1:
        return (Compare(picked[:TOGETHER], c.topics_meant, c.reading.most),)
    if len(c.reading.words) <= _BARE_RANK:
        return tell(picked, c.waiting or _last_asked(c, picked), c)
    return tell(picked, _asked_again(c, picked), c)


def by_words(c: Context) -> tuple[Question, ...]:
    """ "option B", "celui sur le livre", "le CAP": by words that only some of the offered ones hold."""
    pool = _pool(c)
    if len(pool) < 2 or _names_another(c) or c.reading.act is Act.ADVISE:
        return ()
    if c.reading.act is Act.SEARCH and not c.says("pointing"):
        return ()
    if any(n.kind and n.words and n.refs and not set(n.refs) & set(pool) for n in c.asked):
        return ()
    if (Topic.FORMATIONS in c.topics and not pool[0].is_job) or c.says("leads_to"):
        return ()
    titles = as_titles(pool, c)
    text = " ".join(c.reading.words)
    waits = c.state.offer.asks or c.just_listed or len(c.focus) > 1 or c.says("pointing")
    picked = [ref for ref in pool if ref.id in {f.id for f in pick_by_words(text, titles, waits)}]
    if not picked or len(picked) == len(pool) or not _holds_what_is_said(picked, c):
        return ()
    only = only_names(text, titles)
    topics = c.waiting if only and c.state.offer.asks else _asked_again(c, picked)
    if any(g.is_job for g in c.groups) and c.says("allows"):
        topics = (Topic.JOBS,)
    if not (only or waits or c.follows_up or c.kinds):
        return ()
    if len(picked) > 1 and not c.one_answer(picked, c.topics_for(picked, topics or (Topic.JOBS,))):
        return (Which(tuple(picked), topics),)
    if Topic.FORMATIONS in topics and picked[0].is_job:
        return (LeadTo(tuple(ref.id for ref in picked), c.reading.wish, picked[0].id),)
    return tell(picked, topics, c)


def _holds_what_is_said(picked: Sequence[Ref], c: Context) -> bool:
    """Whether the titles picked hold as many of the words that titles are made of as they lack."""
    titles = {stem(token.text) for ref in picked for token in tokenize(c.world.title(ref))}
    named = [word for word in c.reading.search if stem(word) in titles or c.world.resolver.is_of_titles(word)]
    return 2 * sum(stem(word) in titles for word in named) >= len(named)


def options(c: Context) -> tuple[Question, ...]:
    """ "l'option A et l'option C du BTS X": options of one formation side by side."""
    if len(c.reading.options) < 2 or not (c.groups or c.formation_spoken_of):
        return ()
    refs = c.groups[0].refs if c.groups else c.formation_spoken_of
    if refs[0].is_job:
        return ()
    base = _PARTS.split(c.world.title(refs[0]))[0]
    found = [c.world.resolver.resolve(f"{base} option {letter}") for letter in c.reading.options]
    ids = [mentions[0].formations for mentions in found if mentions and len(mentions[0].formations) == 1]
    if len(ids) < len(found):
        return ()
    return (Compare(tuple(formation_ref(i[0]) for i in ids)[:TOGETHER], c.topics, c.reading.most),)


def the_other(c: Context) -> tuple[Question, ...]:
    """ "et l'autre ?": of two, the one not just spoken of."""
    if not c.says("the_other") or c.groups:
        return ()
    pools = (c.offered, c.recent[-2:]) if len(c.offered) == 2 else (c.recent[-2:],)
    for pool in pools:
        rest = [ref for ref in pool if ref not in c.focus]
        if len(pool) == 2 and len(rest) == 1:
            return tell(rest, _asked_again(c, rest), c)
    return ()


def one_before(c: Context) -> tuple[Question, ...]:
    """ "celui d'avant", "le premier dont on parlait": a fiche spoken of earlier."""
    if not c.says("going_back", "at_first") or c.groups or not c.recent:
        return ()
    kinds = {name.kind for name in c.kinds}
    pool = [r for r in c.recent if not kinds or any(c.world.is_kind(r, kind or "") for kind in kinds)]
    if c.says("this_job"):
        pool = [ref for ref in c.recent if ref.is_job]
    earlier = [ref for ref in pool if ref not in c.focus] or pool
    if not earlier:
        return ()
    one = earlier[0] if c.says("at_first") else earlier[-1]
    return tell((one,), _asked_again(c, (one,)), c)


def both(c: Context) -> tuple[Question, ...]:
    """ "les deux", "lequel est le plus long ?", "c'est la même durée ?": what was last spoken of together."""
    short = len(c.reading.words) <= _FEW and c.says("superlative")
    compares = c.reading.act is Act.COMPARE or Topic.SALARY in c.topics and c.says("superlative")
    if c.says("comparing") and len(c.kinds) > 1 and not c.names_something:
        of_kinds = [r for r in c.recent if any(c.world.is_kind(r, kind.kind or "") for kind in c.kinds)]
        return (Compare(tuple(of_kinds)[-TOGETHER:], c.topics, c.reading.most),) if len(of_kinds) > 1 else ()
    goal = (
        c.says("both") and c.groups and all(g.is_job or not (g.name.kind or g.name.whole_formation) for g in c.groups)
    )
    if c.names_something and not goal:
        return ()
    if not (c.says("both") or short or ((c.says("same", "comparing") or compares) and not c.kinds)):
        return ()
    refs, topics = _together(c), c.topics
    if goal:
        topics = (Topic.JOBS,)
    if c.says("same") and not topics:
        topics = c.state.topics
    if c.says("then") and c.kinds and set(topics) <= {Topic.ACCESS, Topic.FURTHER_STUDY}:
        topics = (Topic.FURTHER_STUDY,)
    if len(refs) < 2:
        return ()
    if refs[0].is_job and Topic.FORMATIONS in topics and len(topics) == 1:
        return (LeadTo(tuple(ref.id for ref in refs), c.reading.wish),)
    return (Compare(refs[:TOGETHER] if not c.reading.most else refs, topics, c.reading.most, c.reading.about),)


def beside_the_last(c: Context) -> tuple[Question, ...]:
    """ "compare avec le CAP X", "c'est mieux payé que plombier ?": one that is named beside the last one spoken of."""
    compares = c.reading.act is Act.COMPARE or (c.says("more_or_less") and bool(c.topics)) or c.says("same")
    if len(c.groups) != 1 or len(c.groups[0].refs) != 1 or not compares:
        return ()
    (ref,) = c.groups[0].refs
    last = [r for r in (c.focus or c.recent[-1:]) if r.is_job == ref.is_job and r != ref]
    if not last or (c.says("same") and not c.topics):
        return ()
    topics = c.topics or (c.state.topics if c.says("same") else ())
    return (Compare((*last, ref)[-TOGETHER:], topics, c.reading.most, c.reading.about),)


def _together(c: Context) -> tuple[Ref, ...]:
    """What was last displayed or spoken of together, of one kind."""
    wanted = 3 if c.says("number_three") else 4 if c.says("number_four") else 2 if c.says("number_two") else 0
    if len(c.focus) > 1 and (not wanted or len(c.focus) >= wanted):
        return c.focus
    from_list = c.just_listed or not c.focus or set(c.focus) <= set(c.offered)
    beside = (
        bool(c.offered)
        and c.offered != c.focus
        and bool(set(c.topics) & FORMATION_FACTS)
        and any(r.is_job for r in c.focus)
    )
    if len(c.offered) > 1 and (from_list or beside) and (not wanted or len(c.offered) == wanted):
        return c.offered
    last = c.recent[-1:]
    alike = [ref for ref in c.recent if last and ref.is_job == last[0].is_job]
    return tuple(alike[-(wanted or 2) :])


def sibling(c: Context) -> tuple[Question, ...]:
    """ "et pour l'option A ?", "et la mention graphisme ?": the same title with another option, mention or word."""
    (name,) = c.formation_spoken_of[-1:] or (None,)
    if name is None or c.focus and c.focus[-1].is_job or not _may_be_elliptic(c) or JOB_ONLY & set(c.topics):
        return ()
    last = c.world.catalogue.formations[name.id]
    said = " ".join(w for w in c.reading.search if w not in ("durée",))
    base = _PARTS.split(last.title)[0]
    letters = [f"option {letter}" for letter in c.reading.options]
    words = " ".join([*letters, said]) if said or letters else ""
    if not words:
        return ()
    for start in dict.fromkeys((base, last.type or "", f"{last.type or ''} mention")):
        if not start:
            continue
        found = [m for m in c.world.resolver.resolve(f"{start} {words}") if m.formations]
        ids = found[0].formations if len(found) == 1 else ()
        alike = [f for f in c.world.formations(ids) if f.type == last.type and f.id != last.id]
        if start == base:
            alike = [f for f in alike if f.title.startswith(base)]
        if alike and len(alike) == len(ids):
            return tell([formation_ref(f.id) for f in alike], c.topics_meant or c.state.topics, c)
    return ()


def fragment(c: Context) -> tuple[Question, ...]:
    """ "équitation" after "DESJEPS golf": a word or two that name what differs, whatever else they might mean."""
    short = len(c.reading.words) <= 3 and not c.names and not c.topics
    return sibling(c) if short and c.reading.act in (Act.OUTSIDE, Act.LOST, Act.NAME, Act.PICK, Act.SEARCH) else ()


def _may_be_elliptic(c: Context) -> bool:
    """Whether a message may name only what differs from the last formation."""
    if any(n.kind and n.words for n in c.asked):
        return False
    if c.says("part_of_a_title"):
        return True
    if any(n.fit is Fit.WHOLE for n in c.asked):
        return False
    return bool(c.reading.options) or c.says("follow_up", "pointing") or len(c.reading.words) <= 3


def _pool(c: Context) -> tuple[Ref, ...]:
    if c.state.offer.asks:
        return c.offered
    if len(c.focus) > 1:
        return c.focus
    return c.offered or c.recent


def _names_another(c: Context) -> bool:
    """Whether the message names, with its type or whole, something that was not offered."""
    pool = set(c.offered) | set(c.focus)
    return (
        any((n.kind or n.fit is Fit.WHOLE) and n.words and n.refs and not set(n.refs) & pool for n in c.asked)
        and not (c.state.offer.asks or len(c.focus) > 1)
        or any(n.kind and n.words and n.refs and not set(n.refs) & pool for n in c.asked)
    )


def _asked_again(c: Context, refs: Sequence[Ref]) -> tuple[Topic, ...]:
    """What a pick of `refs` asks: what it says, the question that waits, or again the last one where it fits."""
    return c.topics or c.waiting or _last_asked(c, refs)


def _last_asked(c: Context, refs: Sequence[Ref]) -> tuple[Topic, ...]:
    """What was asked last, as far as it can be asked of `refs`."""
    return tuple(topic for topic in c.state.topics if refs[0].is_job or topic not in JOB_ONLY)


def agreed(c: Context) -> tuple[Question, ...]:
    """ "oui" to the only one that was offered."""
    if c.reading.act is Act.AGREE and c.state.offer.asks and len(c.offered) == 1:
        return tell(c.offered, c.waiting, c)
    return ()
