"""A thousand questions on jobs: whatever is replied stands in the file of the job fiche that it cites.

As in test_no_invention.py: values are told from fixed words by marks, and looked up in the files by their headings,
read anew and not by our parser.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import tomli

from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Catalogue, Facet
from bot.catalogue.inflection import inflect
from bot.catalogue.ref import job_ref
from bot.catalogue.resolver import Resolver
from bot.catalogue.saying import asked_about
from bot.dialogue.state import State
from bot.understanding.reading import Act, Fit, Name, Reading
from bot.understanding.topics import topics_of
from bot.wording import Wording, escape
from bot.world import World as Known
from tests.unit.talking import tapped, turn

QUESTIONS = 1000
OPEN, CLOSE = "\ue000", "\ue001"
# The parts of a job fiche, written out again from the files.
PARTS = """
    ID|Appellations|Autres appellations|Codes ROME|Présentation|En bref|Durée des études|Nature du travail
    Compétences requises|Conditions de travail|Vie professionnelle|Salaire|Intégrer le marché du travail
    Accès au métier|Niveau d'accès minimum|Formations recommandées|Statuts possibles|Centres d'intérêt"""
NAMES = {name.strip() for line in PARTS.strip().splitlines() for name in line.split("|")}
# Where each facet may be told.
PLACES = {
    "metier_description": {"Présentation", "En bref", "Nature du travail"},
    "metier_salaire": {"Salaire"},
    "metier_acces": {"Accès au métier", "Durée des études"},
    "metier_niveau": {"Niveau d'accès minimum"},
    "metier_competences": {"Compétences requises"},
    "metier_conditions": {"Conditions de travail", "Intégrer le marché du travail"},
    "metier_statut": {"Statuts possibles"},
    "metier_interets": {"Centres d'intérêt"},
}
FACETS = [Facet(facet) for facet in PLACES]
# What stands for the name of a job in a question.
TYPED = "x"
QUESTIONS_ASKED = (
    "",
    "la nuit ?",
    "les horaires",
    "seul ou en équipe",
    "combien d'années",
    "ça recrute ?",
    "les maths",
)


def squeezed(text: str) -> str:
    return " ".join(re.sub(r"<br\s*/?>", " ", text).split())


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>|#~])", r"\1", text)


class File:
    """The text of a job fiche by its headings, whatever their level and indentation; the points of its lists."""

    def __init__(self, text: str) -> None:
        self.parts: dict[str, str] = {}
        self.points: defaultdict[str, set[str]] = defaultdict(set)
        name = ""
        for line in text.splitlines():
            content = line.strip()
            heading = re.fullmatch(r"(?:#{2,3}\s+(.+)|\*\*(.+?):\*\*(.*))", content)
            opened = (heading[1] or heading[2]).strip() if heading else ""
            if opened in NAMES:
                name, content = opened, (heading[3] or "") if heading else ""
            if content.startswith("- "):
                self.points[name].add(squeezed(content.removeprefix("- ")))
            self.parts[name] = f"{self.parts.get(name, '')} {re.sub(r'^(#+|-) +', '', content)}"
        self.parts = {name: squeezed(text) for name, text in self.parts.items()}


@dataclass
class World:
    """A catalogue, the files of its job fiches by label, its source."""

    knowledge: Known
    files: dict[str, File]
    source: dict[str, str]

    @property
    def catalogue(self) -> Catalogue:
        return self.knowledge.catalogue


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, seeds: Path, has_catalogue: bool) -> World:
    """The whole catalogue where it is at hand, else the small one."""
    source = tomli.loads((seeds / "source.toml").read_text(encoding="utf-8"))
    if has_catalogue:
        catalogue: Catalogue = request.getfixturevalue("whole_with_jobs")
        folder: Path = request.getfixturevalue("job_folder")
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    else:
        catalogue = request.getfixturevalue("small_with_jobs")
        texts = request.getfixturevalue("job_texts")
    files = {label: File(texts[fiche.path]) for label, fiche in catalogue.job_fiches.items()}
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), {}, catalogue.job_fiches)
    return World(Known(catalogue, resolver), files, source)


@pytest.fixture(scope="module")
def marked(responses: dict[str, Any]) -> Wording:
    """The wording, with every value between OPEN and CLOSE."""
    wording = Wording(responses)
    wording._environment.finalize = lambda value: f"{OPEN}{escape(value)}{CLOSE}"
    return wording


def asked(world: World) -> Iterator[tuple[str, list[Reply]]]:
    """What is asked, in short, and what is replied."""
    chance = random.Random(5)
    labels = sorted(world.catalogue.jobs)
    with_fiche = sorted(world.files)
    for number in range(QUESTIONS):
        facet = FACETS[number % len(FACETS)]
        label = chance.choice(labels if number % 10 == 0 else with_fiche)
        text = f"{TYPED} {chance.choice(QUESTIONS_ASKED)}"
        facets: tuple[Facet, ...] = (facet,)
        mentions: tuple[Name, ...] = (_named(label, 0),)
        if number % 7 == 0:
            facets = tuple(chance.sample(FACETS, 3))
        if number % 9 == 0:
            mentions = (*mentions, _named(chance.choice(with_fiche), 1))
        if number % 13 == 0:
            facets = (Facet.FORMATIONS_FOR_JOB,)
        if number % 17 == 0:
            facets, text = (), TYPED
        state = State()
        replies, state = turn(named(text, facets, mentions), state, world.knowledge)
        yield f"{[f.value for f in facets]} of {label}: {text}", replies
        for page in range(1, 4):
            ask = Ask(facets, (), (label,), page)
            more, _ = turn(tapped(ask), state, world.knowledge)
            if more[0].response == "job_rest":
                yield f"page {page} of {facets} of {label}", more


def _named(label: str, at: int) -> Name:
    return Name(at, at + 1, TYPED, (job_ref(label),), words=(TYPED,), fit=Fit.WHOLE, whole_job=True)


def named(text: str, facets: tuple[Facet, ...], names: tuple[Name, ...]) -> Reading:
    return Reading(text, act=Act.ASK, topics=topics_of(facets), names=names, about=asked_about(text))


def values_of(text: str) -> set[str]:
    found = re.findall(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", text)
    return {squeezed(unescaped(value)).removeprefix("- ") for value in found} - {""}


def check(world: World, reply: Reply, text: str) -> None:
    """Every value is a name, what was typed, a source, a count, a title of a formation, or stands in what is cited."""
    allowed = {TYPED} | {form for label in reply.jobs for form in (label, *inflect(label))}
    allowed = {squeezed(value) for value in allowed}
    allowed |= {*world.source.values()}
    titles = [formation.title for formation in reply.formations]
    allowed |= {squeezed(title) for title in titles} | {
        formation.link for formation in reply.formations if formation.link
    }
    if reply.response == "ambiguous_job":
        allowed |= {str(number) for number in range(1, 6)} | {str(len(reply.jobs)), reply.values["said"]}
    shown = len(reply.values.get("titles", ()))
    allowed |= {str(len(titles)), str(len(titles) - shown)}
    for label in reply.jobs:
        count = len(world.catalogue.jobs[label].formations)
        allowed |= {str(count)}
    if reply.response == "formations_advised":
        advised = len(re.findall(r"\(ID: FOR", world.files[reply.jobs[0]].parts["Formations recommandées"]))
        allowed |= {str(advised), str(advised - shown)}
    cited: dict[str, list[str]] = {}
    for label, section in reply.job_sources:
        assert world.files[label].parts[section], (label, section)
        cited.setdefault(label, []).append(section)
    allowed |= {", ".join(dict.fromkeys(sections)) for sections in cited.values()}
    places = [world.files[label].parts[section] for label, section in reply.job_sources]
    for value in values_of(text):
        assert value in allowed or any(value in place for place in places), value
    for formation in reply.formations:
        if reply.jobs and reply.response != "formations_advised":
            assert set(reply.jobs) & set(formation.jobs)


def check_cited(reply: Reply) -> None:
    """What is cited tells a facet of the reply."""
    if reply.response in {"job_answer", "job_rest"}:
        fit = set().union(*(PLACES.get(facet.value, set()) for facet in reply.facets))
        assert {section for _, section in reply.job_sources} <= fit


def check_silence(world: World, reply: Reply) -> None:
    """The file does not tell it, or there is none."""
    for part in reply.values["silent"]:
        label = next(label for label in reply.jobs if inflect(label)[0] == part["job"]["masculine"])
        assert part["has_fiche"] is (label in world.files)
        for facet in part["facets"] if part["has_fiche"] else ():
            assert not any(world.files[label].parts.get(place) for place in PLACES[facet]), (label, facet)


def test_nothing_is_said_of_a_job_that_is_not_in_its_fiche(world: World, marked: Wording) -> None:
    seen: dict[str, int] = {}
    for question, replies in asked(world):
        for reply in replies:
            text = marked.word(reply.response, reply.values)
            try:
                check(world, reply, text)
                check_cited(reply)
                if reply.response == "job_not_in_fiche":
                    check_silence(world, reply)
            except AssertionError as error:
                raise AssertionError(f"{question}: {error}\n{text.replace(OPEN, '').replace(CLOSE, '')}") from error
            seen[reply.response] = seen.get(reply.response, 0) + 1
    assert {"job_answer", "job_rest", "job_not_in_fiche", "formations_for_job"} <= set(seen), seen
    assert sum(seen.values()) >= QUESTIONS


def test_long_sections_are_told_in_three_sentences(world: World) -> None:
    for _, replies in asked(world):
        for reply in replies:
            for part in reply.values.get("parts", ()) if reply.response == "job_answer" else ():
                told = part.get("passages", ())
                assert len(told) <= 3 or sum(len(passage["text"]) for passage in told) <= 600


def test_the_check_sees_an_invention(world: World, marked: Wording) -> None:
    paid = [label for label, file in world.files.items() if file.parts.get("Salaire")]
    readings = (named(f"{TYPED} combien", (Facet.JOB_SALARY, Facet.JOB_LEVEL), (_named(label, 0),)) for label in paid)
    replies = (turn(reading, State(), world.knowledge)[0][0] for reading in readings)
    label, reply = next((label, reply) for label, reply in zip(paid, replies, strict=False) if "parts" in reply.values)
    check(world, reply, marked.word(reply.response, reply.values))
    salary = reply.values["parts"][0]
    for part in (
        {**salary, "facts": ["A partir de 9999 euros brut par mois"]},
        {**salary, "job": {"masculine": "inventeur", "feminine": "inventrice"}},
    ):
        with pytest.raises(AssertionError):
            check(world, reply, marked.word(reply.response, {**reply.values, "parts": [part]}))
    with pytest.raises(AssertionError):
        check_cited(replace(reply, job_sources=((label, "Codes ROME"),)))
