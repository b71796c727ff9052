"""What is replied to each kind of question: the one place where questions become replies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from bot.answers.distress import distress_reply
from bot.answers.guidance import ask_step, button, suggest
from bot.answers.precise import not_said, with_silence
from bot.answers.proposals import propose
from bot.answers.ways import way_to
from bot.catalogue import answers, comparison, job_answers
from bot.catalogue.answers import SHOWN_FORMATIONS, Ask, Choice, Reply
from bot.catalogue.fiche import Facet, Formation, Outcome
from bot.catalogue.filters import nearest
from bot.catalogue.kinds import facts_of_kind
from bot.catalogue.ref import Ref
from bot.catalogue.search import search
from bot.catalogue.text_search import Found
from bot.dialogue.question import (
    AskStep,
    Compare,
    Distress,
    Gone,
    LeadTo,
    Listed,
    Missing,
    More,
    Note,
    NotOfAFormation,
    OpenToAll,
    Outside,
    Page,
    Propose,
    Question,
    Restart,
    Say,
    Search,
    StopGuidance,
    Suggest,
    Tell,
    Unknown,
    Way,
    Which,
)
from bot.understanding.topics import OF_FORMATION, Topic, facets_of
from bot.world import World

# Looks for words in the texts of fiches: what each was found in, and how many fiches there are; None where it cannot.
FindTexts = Callable[[Sequence[Sequence[str]]], "tuple[list[Found], int] | None"]

_TOGETHER = 4
_COMPARED_JOBS = (Facet.JOB_SALARY, Facet.JOB_LEVEL)
_RESPONSES_OUTSIDE = {
    "place": "scope_place",
    "dates": "scope_dates",
    "fees": "scope_fees",
    "pay": "scope_salary",
    "chances": "scope_chances",
    "insult": "insulted",
    "other": "scope_other",
}


def answer(question: Question, world: World, find_texts: FindTexts) -> list[Reply]:
    """The replies to one question: facts of the fiches with their sources, or why there is none."""
    match question:
        case Tell() | Compare() | Page():
            return _of_fiches(question, world)
        case LeadTo() | Listed() | Search() | More() | Propose():
            return _lists(question, world, find_texts)
        case Which() | Unknown() | Missing() | Gone():
            return [_open(question, world)]
        case AskStep() | Suggest() | StopGuidance() | Way() | OpenToAll() | Note():
            return _of_guidance(question, world)
        case Distress():
            return [distress_reply(question)]
        case Outside() | NotOfAFormation():
            return [_outside(question, world)]
        case Restart():
            return [Reply("restarted", Outcome.SMALLTALK, choices=examples(world))]
        case Say():
            return [_said(question, world)]


# --- facts


def _of_fiches(question: Tell | Compare | Page, world: World) -> list[Reply]:
    if isinstance(question, Page):
        facets = facets_of(question.topics, True) or (Facet.JOB_DESCRIPTION,)
        rest = job_answers.rest(facets, question.labels, question.page, world.catalogue)
        return [rest or Reply("no_more", Outcome.SMALLTALK, choices=examples(world))]
    if isinstance(question, Tell) and question.unsaid:
        return [not_said(question, world)]
    replies = _of_jobs(question, world) if question.refs[0].is_job else _of_formations(question, world)
    return with_silence(question, replies, world)


def _of_formations(question: Tell | Compare, world: World) -> list[Reply]:
    formations = _formations(question.refs, world)
    facets = facets_of(question.topics, False)
    if isinstance(question, Tell):
        replies = answers.answer(facets, formations, world.catalogue, question.about)
    elif len(formations) > _TOGETHER:
        return _foremost(question, formations, world)
    else:
        replies = [comparison.compare(facets, formations, world.catalogue, question.most or None)]
    if not question.renamed:
        return replies
    renamed = [{"said": said, "now": now} for said, now in question.renamed]
    return [replace(reply, values={**reply.values, "renamed": renamed}) for reply in replies]


def _of_jobs(question: Tell | Compare, world: World) -> list[Reply]:
    labels = [ref.id for ref in question.refs if ref.is_job]
    asked = facets_of(question.topics, True)
    facets: tuple[Facet, ...] = tuple(f for f in asked if f is not Facet.FORMATIONS_FOR_JOB)
    if isinstance(question, Compare) and not facets:
        facets = _COMPARED_JOBS
    leading: Sequence[Formation] = ()
    if isinstance(question, Tell) and question.leading:
        leading = world.catalogue.formations_listing(labels)
    return job_answers.answer_jobs(facets or (Facet.JOB_DESCRIPTION,), labels, world.catalogue, question.about, leading)


def _foremost(question: Compare, formations: Sequence[Formation], world: World) -> list[Reply]:
    """The shortest, or longest, or highest of a list that is too long to be set side by side."""
    facets = facets_of(question.topics, False) or (Facet.DURATION,)
    found = comparison.foremost(facets[0], formations, question.most or "least")
    if len(found) == 1:
        return answers.answer(facets, found, world.catalogue)
    if 1 < len(found) <= _TOGETHER:
        return [comparison.compare(facets, found, world.catalogue, question.most or None)]
    return [answers.search_result("", found, world.catalogue)]


# --- lists


def _lists(question: LeadTo | Listed | Search | More | Propose, world: World, find_texts: FindTexts) -> list[Reply]:
    match question:
        case LeadTo():
            return [lead_to(question, world)]
        case Listed():
            return [_listed(question, world)]
        case Search():
            return [_searched(question, world)]
        case More():
            rest = _formations(question.refs, world)
            if not rest:
                return [Reply("no_more", Outcome.SMALLTALK, choices=examples(world))]
            return [answers.search_result("", rest, world.catalogue)]
        case Propose():
            return _proposed(question, world, find_texts)


def _proposed(question: Propose, world: World, find_texts: FindTexts) -> list[Reply]:
    """What the texts of the fiches propose, unless a list found by names holds some of it; else the other replies."""
    otherwise = [reply for other in question.otherwise for reply in answer(other, world, find_texts)]
    listed = [f.id for reply in otherwise if reply.response == "search" for f in reply.formations]
    found = find_texts(question.theme.words)
    reply = propose(question, listed, *found, world) if found else None
    return [reply] if reply else otherwise


def lead_to(question: LeadTo, world: World) -> Reply:
    """The formations that lead to jobs, as near to a wish as there are; else what the job's own fiche says."""
    catalogue, labels = world.catalogue, question.labels
    leading = catalogue.formations_listing(labels)
    ids = {formation.id for formation in leading}
    formations = [*leading, *world.formations([i for i in question.beside if i not in ids])]
    shown, given_up = nearest(formations, question.wish, world.resolver.is_kind)
    if shown:
        kept_kind = question.wish.kind if all(part["what"] != "type" for part in given_up) else None
        return answers.formations_for_job(labels, shown, catalogue, kept_kind, given_up)
    advised = next((reply for label in labels if (reply := job_answers.recommended(label, catalogue))), None)
    if advised is not None:
        return advised
    known = [label for label in labels if world.has_fiche(label)]
    access = job_answers.answer_jobs((Facet.JOB_ACCESS,), known, catalogue) if known else []
    if access and access[0].outcome is Outcome.ANSWERED:
        return access[0]
    said = question.said or ", ".join(labels)
    return answers.unknown_job(said, world.resolver.near_jobs(said), catalogue)


def _listed(question: Listed, world: World) -> Reply:
    formations = world.formations(question.ids)
    if not question.of_a_job:
        return answers.search_result(question.said, formations, world.catalogue)
    reply = answers.formations_for_job((), formations, world.catalogue)
    return replace(reply, response="formations_named", values={**reply.values, "said": question.said})


def _searched(question: Search, world: World) -> Reply:
    found = search(question.words, question.wish, world.catalogue, world.resolver)
    if found:
        return answers.search_result("", found, world.catalogue)
    if not question.said:
        return Reply("missing_search", Outcome.MISSING, facets=(Facet.SEARCH,))
    near = world.formations(world.resolver.near(question.said))
    return answers.unknown((Facet.SEARCH,), question.said, near, search_link=world.search_link(question.said))


# --- what stays open


def _open(question: Which | Unknown | Missing | Gone, world: World) -> Reply:
    match question:
        case Which():
            return _which(question, world)
        case Unknown():
            return _unknown(question, world)
        case Missing():
            return _missing(question, world)
        case Gone():
            facets = facets_of(question.topics, False)
            return Reply("gone", Outcome.UNKNOWN, facets=facets, choices=examples(world))


def _which(question: Which, world: World) -> Reply:
    if question.refs[0].is_job:
        labels = [ref.id for ref in question.refs]
        reply = job_answers.ambiguous_job(facets_of(question.topics, True), labels, question.said, world.catalogue)
        return replace(reply, response="ambiguous_job_again") if question.again else reply
    formations = _formations(question.refs, world)
    reply = answers.ambiguous(facets_of(question.topics, False), formations, question.said)
    return replace(reply, response="ambiguous_again") if question.again else reply


def _unknown(question: Unknown, world: World) -> Reply:
    if question.job:
        near = [ref.id for ref in question.near]
        facets = facets_of(question.topics, True)
        if facets == (Facet.FORMATIONS_FOR_JOB,):
            return answers.unknown_job(question.said, near, world.catalogue)
        return job_answers.unknown_job_asked(facets, question.said, near, world.catalogue)
    facets = (Facet.SEARCH,) if question.search else facets_of(question.topics, False)
    link = world.search_link(question.said)
    return answers.unknown(facets, question.said, _formations(question.near, world), question.now_called, link)


def _missing(question: Missing, world: World) -> Reply:
    if question.situation:
        choices = examples(world, (Facet.ACCESS,))
        return Reply("situation_noted", Outcome.MISSING, facets=(Facet.ACCESS,), choices=choices)
    if question.search:
        return Reply("missing_search", Outcome.MISSING, facets=(Facet.SEARCH,))
    if question.job:
        return Reply("missing_job", Outcome.MISSING, facets=facets_of(question.topics, True))
    facets = facets_of(question.topics, False)
    asked = (Facet.COMPARISON, *facets) if question.compare else facets
    found = {kind: group for kind in question.kinds if (group := world.formations(world.resolver.of_kind(kind)))}
    among = [f for group in found.values() for f in group]
    return Reply(
        "missing",
        Outcome.MISSING,
        {
            "kinds": [facts_of_kind(kind, group, asked) for kind, group in found.items()],
            "source": answers.source_of(world.catalogue),
        },
        facets=asked,
        choices=examples(world, () if question.compare else facets, among),
    )


# --- guidance and talk


def _of_guidance(question: AskStep | Suggest | StopGuidance | Way | OpenToAll | Note, world: World) -> list[Reply]:
    match question:
        case AskStep():
            reply = ask_step(question.step, question.interview, world, question.again, question.start)
            return [replace(reply, values={**reply.values, "noted": True}) if question.noted else reply]
        case Suggest():
            return [suggest(question.interview, world)]
        case StopGuidance():
            return [Reply("guidance_stopped", Outcome.SMALLTALK)]
        case Way():
            return [way_to(question.label, question.interview, world)]
        case OpenToAll():
            begin = (button("begin", "next"),) if world.catalogue.job_fiches else examples(world)
            return [Reply("open_to_all", Outcome.HELP, choices=begin if question.alone else ())]
        case Note():
            return []


def _outside(question: Outside | NotOfAFormation, world: World) -> Reply:
    if isinstance(question, Outside):
        return Reply(
            _RESPONSES_OUTSIDE.get(question.subject, _RESPONSES_OUTSIDE["other"]),
            Outcome.OUT_OF_SCOPE,
            {
                "about": question.said_text,
                "search_link": world.search_link(question.said_text),
                "variant": question.variant,
                "jobs_told": bool(world.catalogue.job_fiches),
            },
        )
    if not world.catalogue.job_fiches:
        return _outside(Outside("pay" if Topic.SALARY in question.topics else "other"), world)
    formations = world.formations(question.ids)
    labels = list(dict.fromkeys(label for formation in formations[:1] for label in formation.jobs))
    choices = job_answers.salaries_of(labels, world.catalogue) if Topic.SALARY in question.topics else ()
    return Reply("scope_of_a_job", Outcome.OUT_OF_SCOPE, {"choices": len(choices)}, choices=choices)


def _said(question: Say, world: World) -> Reply:
    jobs_told = bool(world.catalogue.job_fiches)
    choices = examples(world) if question.examples else ()
    if question.begin and jobs_told:
        choices = (*choices, button("begin", "next"))
    values = {"jobs_told": jobs_told, **question.values}
    return Reply(question.response, question.outcome, values, choices=choices)


def examples(world: World, facets: Sequence[Facet] = (), among: Sequence[Formation] = ()) -> tuple[Choice, ...]:
    """Two or three questions that work on this catalogue, for someone who does not know what to type."""
    asked_for = tuple(f for f in facets if f in OF_FORMATION.values())
    wanted = (Facet.ACCESS, Facet.JOBS) if not among or not asked_for else asked_for
    full = (f for f in among or world.catalogue.formations.values() if all(f.has(facet) for facet in wanted))
    some = list(islice(full, 3))
    asked = [asked_for] * 3 if asked_for else [(Facet.JOBS,), (Facet.ACCESS,), (Facet.DURATION,)]
    return tuple(
        Choice(
            f"choice_{each[0].value}_of" if not asked_for else "choice_title",
            {"title": f.title},
            Ask(tuple(each), (f.id,)),
        )
        for f, each in zip(some, asked, strict=False)
    )


def _formations(refs: Sequence[Ref], world: World) -> list[Formation]:
    return world.formations([ref.id for ref in refs if not ref.is_job])


__all__ = ["SHOWN_FORMATIONS", "answer", "examples", "lead_to"]
