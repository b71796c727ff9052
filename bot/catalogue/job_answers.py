"""Questions about jobs -> replies: outcome, response name, values, sources. Pure, and without a sentence of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from bot.catalogue.answers import MAX_CHOICES, SHOWN_FORMATIONS, Ask, Choice, Reply, both_genders, source_of
from bot.catalogue.fiche import SECTION_JOBS, Catalogue, Facet, Formation, Outcome
from bot.catalogue.job_fiche import (
    PLACES_OF_JOB_FACET,
    SECTION_FORMATIONS,
    JobFiche,
)
from bot.catalogue.saying import beyond
from bot.catalogue.telling import Passage, excerpts, is_long, pages

_TEXT_FACETS = frozenset({Facet.JOB_DESCRIPTION, Facet.JOB_ACCESS, Facet.JOB_SKILLS, Facet.JOB_CONDITIONS})
_NEXT_FACETS = (
    Facet.JOB_SALARY,
    Facet.JOB_ACCESS,
    Facet.JOB_CONDITIONS,
    Facet.JOB_SKILLS,
    Facet.JOB_DESCRIPTION,
    Facet.JOB_LEVEL,
)

_BESIDE = 6  # formations told beside what is asked of a job

# What a question is about, as the keys of `saying.asked_about`; none where only the facet is known.
Asked = Collection[str]
_Page = tuple[str, Facet, str, list[Passage]]  # label, facet, section, what it says


def answer_jobs(
    facets: Sequence[Facet],
    labels: Sequence[str],
    catalogue: Catalogue,
    asked: Asked = frozenset(),
    leading: Sequence[Formation] = (),
) -> list[Reply]:
    """Answer `facets` of one job or several; a reply per outcome.

    `leading` are the formations to tell beside: those that list the job. A label without a fiche is silent on all.
    """
    told = [(label, facet) for label in labels for facet in facets if _tells(catalogue, label, facet)]
    silent = [(label, facet) for label in labels for facet in facets if not _tells(catalogue, label, facet)]
    replies = []
    if told:
        replies.append(_told(told, facets, labels, catalogue, asked, leading))
    if silent:
        replies.append(_silent(silent, bool(told), catalogue))
    return replies


def rest(facets: Sequence[Facet], labels: Sequence[str], page: int, catalogue: Catalogue) -> Reply | None:
    """Page `page`, from 1, of what `answer_jobs` left out of its long sections; None past the last one."""
    left = _left(facets, labels, catalogue)
    if not 0 < page <= len(left):
        return None
    label, facet, section, passages = left[page - 1]
    part = {"facet": facet.value, "job": both_genders(label, catalogue), "passages": _values(passages)}
    choices = [*_more(facets, labels, page + 1, left), *_next_questions((label,), facets, catalogue)][:3]
    return Reply(
        "job_rest",
        Outcome.ANSWERED,
        {"parts": [part], "more": page < len(left), **_frame([(label, section)], catalogue)},
        (facet,),
        jobs=(label,),
        choices=tuple(choices),
        job_sources=((label, section),),
    )


def share_job_facts(facets: Sequence[Facet], labels: Sequence[str], catalogue: Catalogue) -> bool:
    """Whether all the jobs have one answer to everything asked, or none of them any."""
    fiches = [catalogue.job_fiches.get(label) for label in labels]
    facts = {tuple(fiche.value(fiche.place(f) or "") if fiche else None for f in facets) for fiche in fiches}
    return len(facts) == 1


def ambiguous_job(facets: Sequence[Facet], labels: Sequence[str], said: str, catalogue: Catalogue) -> Reply:
    """Ask which of several jobs is meant."""
    shown = labels[:MAX_CHOICES]
    return Reply(
        "ambiguous_job",
        Outcome.AMBIGUOUS,
        {"said": said, "total": len(labels), "jobs": [both_genders(label, catalogue) for label in shown]},
        tuple(facets),
        jobs=tuple(labels),
        choices=tuple(_job_choice(label, facets, catalogue) for label in shown),
    )


def unknown_job_asked(facets: Sequence[Facet], said: str, near: Sequence[str], catalogue: Catalogue) -> Reply:
    """Say that a job is not in the catalogue, with the nearest ones as choices."""
    return Reply(
        "unknown_job_asked",
        Outcome.UNKNOWN,
        {"said": said, "near": len(near)},
        tuple(facets),
        choices=tuple(_job_choice(label, facets, catalogue) for label in near[:MAX_CHOICES]),
    )


def salaries_of(labels: Sequence[str], catalogue: Catalogue) -> tuple[Choice, ...]:
    """Buttons that ask the salary of jobs whose fiche tells it, each with the name of its job."""
    told = [label for label in labels if _tells(catalogue, label, Facet.JOB_SALARY)]
    return tuple(
        Choice(
            "choice_metier_salaire_of", {"job": both_genders(label, catalogue)}, Ask((Facet.JOB_SALARY,), (), (label,))
        )
        for label in told[:MAX_CHOICES]
    )


def recommended(label: str, catalogue: Catalogue) -> Reply | None:
    """The formations that the fiche of a job advises, where no formation fiche lists that job; None without any."""
    fiche = catalogue.job_fiches.get(label)
    if fiche is None or not fiche.formations:
        return None
    known = [catalogue.formations[catalogue.ids_by_title[t]] for t in fiche.formations if t in catalogue.ids_by_title]
    return Reply(
        "formations_advised",
        Outcome.ANSWERED,
        {
            "job": both_genders(label, catalogue),
            "titles": list(fiche.formations[:SHOWN_FORMATIONS]),
            "total": len(fiche.formations),
            **_frame([(label, SECTION_FORMATIONS)], catalogue),
        },
        (Facet.FORMATIONS_FOR_JOB,),
        tuple(known),
        (label,),
        choices=tuple(Choice("choice_title", {"title": f.title}, Ask((), (f.id,))) for f in known[:3]),
        job_sources=((label, SECTION_FORMATIONS),),
    )


def _tells(catalogue: Catalogue, label: str, facet: Facet) -> bool:
    fiche = catalogue.job_fiches.get(label)
    return fiche is not None and fiche.has(facet)


def _told(
    told: Sequence[tuple[str, Facet]],
    facets: Sequence[Facet],
    labels: Sequence[str],
    catalogue: Catalogue,
    asked: Asked,
    leading: Sequence[Formation],
) -> Reply:
    parts, sources = [], []
    for label, facet in told:
        fiche = catalogue.job_fiches[label]
        sections, fact = _fact(fiche, facet, asked)
        sources += [(label, section) for section in sections]
        parts.append({"facet": facet.value, "job": both_genders(label, catalogue), **fact})
    known_facets = tuple(f for f in facets if any(f is facet for _, facet in told))
    also = (Facet.FORMATIONS_FOR_JOB,) if leading else ()
    compared = (Facet.COMPARISON,) if len(labels) > 1 else ()
    left = _left(facets, labels, catalogue)
    choices = [*_more(facets, labels, 1, left), *_next_questions(labels, facets, catalogue, bool(leading))][:3]
    return Reply(
        "job_answer",
        Outcome.ANSWERED,
        {
            "parts": parts,
            "titles": [formation.title for formation in leading[:_BESIDE]],
            "total": len(leading),
            "more": bool(left),
            **_frame(sources, catalogue),
        },
        (*compared, *known_facets, *also),
        tuple(leading),
        tuple(dict.fromkeys(label for label, _ in told)),
        tuple((formation.id, SECTION_JOBS) for formation in leading),
        tuple(choices),
        tuple(sources),
    )


def _silent(silent: Sequence[tuple[str, Facet]], beside: bool, catalogue: Catalogue) -> Reply:
    labels = tuple(dict.fromkeys(label for label, _ in silent))
    facets = tuple(dict.fromkeys(facet for _, facet in silent))
    leading = [label for label in labels if catalogue.jobs[label].formations]
    choices = [
        Choice("choice_formations_pour_metier_of", {"job": both_genders(label, catalogue)}, _ask_formations(label))
        for label in leading[:2]
    ]
    return Reply(
        "job_not_in_fiche",
        Outcome.NOT_IN_FICHE,
        {
            "silent": [
                {
                    "job": both_genders(label, catalogue),
                    "facets": [facet.value for name, facet in silent if name == label],
                    "has_fiche": label in catalogue.job_fiches,
                    "formations": len(catalogue.jobs[label].formations),
                }
                for label in labels
            ],
        },
        facets,
        jobs=labels,
        choices=() if beside else tuple([*choices, *_next_questions(labels, facets, catalogue, bool(choices))][:3]),
    )


def _fact(fiche: JobFiche, facet: Facet, asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """The sections in which one fact of a job is told, and what words it: passages of them, or the items of a list."""
    texts = {name: text for name in PLACES_OF_JOB_FACET[facet] if (text := fiche.value(name))}
    if facet is Facet.JOB_STATUS:
        return list(texts), {"facts": list(fiche.statuses)}
    if facet is Facet.JOB_INTERESTS:
        return list(texts), {"facts": list(fiche.interests)}
    keys = beyond(asked, fiche.title) if facet in _TEXT_FACETS else ()
    told = excerpts(texts, keys, facet is Facet.JOB_DESCRIPTION)
    values = _values(passage for some in told.values() for passage in some)
    return list(told), (
        {"passages": values} if facet in _TEXT_FACETS else {"facts": [v["text"] for v in values if v["text"]]}
    )


def _values(passages: Iterable[Passage]) -> list[dict[str, str]]:
    """Passages as values of a template: a heading stands with the first passage under it alone."""
    values: list[dict[str, str]] = []
    last = ""
    for passage in passages:
        values.append({"heading": passage.heading if passage.heading != last else "", "text": passage.text})
        last = passage.heading
    return values


def _left(facets: Sequence[Facet], labels: Sequence[str], catalogue: Catalogue) -> list[_Page]:
    """What `answer_jobs` does not tell of long sections, and the sections that tell more on a facet, page by page."""
    left: list[_Page] = []
    for label in labels:
        fiche = catalogue.job_fiches.get(label)
        for facet in facets:
            if fiche is None or facet not in _TEXT_FACETS:
                continue
            for section in PLACES_OF_JOB_FACET[facet]:
                text = fiche.value(section)
                first = section == fiche.place(facet)
                if text and (is_long(text) or not first):
                    left += [(label, facet, section, page) for page in pages(text)]
    return left


def _more(facets: Sequence[Facet], labels: Sequence[str], page: int, left: Sequence[_Page]) -> list[Choice]:
    return [Choice("choice_more", {}, Ask(tuple(facets), (), tuple(labels), page))] if page <= len(left) else []


def _next_questions(
    labels: Sequence[str], asked: Sequence[Facet], catalogue: Catalogue, formations_told: bool = False
) -> list[Choice]:
    """Questions that the fiches can answer and that were not just asked; the way there once formations are told."""
    open_facets = [f for f in _NEXT_FACETS if f not in asked and all(_tells(catalogue, label, f) for label in labels)]
    choices = [Choice(f"choice_{facet.value}", {}, Ask((facet,), (), tuple(labels))) for facet in open_facets[:3]]
    if len(labels) == 1 and catalogue.jobs[labels[0]].formations:
        way = Choice("choice_parcours", {}, Ask((Facet.PATH,), (), (labels[0],)))
        formations = Choice("choice_formations_pour_metier", {}, _ask_formations(labels[0]))
        choices.insert(1, way if formations_told else formations)
    return choices


def _job_choice(label: str, facets: Sequence[Facet], catalogue: Catalogue) -> Choice:
    return Choice("choice_job", {"job": both_genders(label, catalogue)}, Ask(tuple(facets), (), (label,)))


def _ask_formations(label: str) -> Ask:
    return Ask((Facet.FORMATIONS_FOR_JOB,), (), (label,))


def _frame(sources: Sequence[tuple[str, str]], catalogue: Catalogue) -> dict[str, Any]:
    """The fiches cited, each with its sections, and the source of the catalogue."""
    by_label: dict[str, list[str]] = {}
    for label, section in sources:
        sections = by_label.setdefault(label, [])
        if section not in sections:
            sections.append(section)
    cited = [{"label": label, "sections": sections} for label, sections in by_label.items()]
    return {"cited": cited, "source": source_of(catalogue)}
