"""A thousand questions: whatever is replied stands in the file of the fiche that it cites, read anew from the disk.

The wording is run with every value between two marks, so that what comes from the fiches is told from the fixed
words of domain.yml. Each value is then looked up in the text of the files, by their headings and not by our parser.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli

from bot.catalogue import answers, comparison
from bot.catalogue.answers import Reply
from bot.catalogue.fiche import PLACE_OF_FACET, Catalogue, Facet, Formation
from bot.catalogue.inflection import inflect
from bot.catalogue.ref import formation_ref
from bot.dialogue.state import State
from bot.understanding.reading import Act, Name, Reading
from bot.understanding.topics import topics_of
from bot.wording import Wording, escape
from bot.world import World as Known
from tests.unit.talking import turn

QUESTIONS = 1000
FACETS = sorted(PLACE_OF_FACET)
OPEN, CLOSE = "\ue000", "\ue001"

# Where a fact stands, written out again from behaviour.md: a heading of the file, or a field of it.
SECTIONS = {
    "acces": "Accès",
    "poursuite": "Poursuite d'études",
    "description": "Description",
    "attendus": "Attendus",
    "metiers": "Métiers associés",
}
FIELDS = {
    "duree": "Durée",
    "niveau": "Niveau de certification",
    "type": "Type",
    "code": "Code scolarité",
    "sigle": "Sigle",
    "lien": "Lien",
}


class File:
    """The text of a fiche, read without our parser."""

    def __init__(self, text: str) -> None:
        lines = text.lstrip("\ufeff").splitlines()
        self.title = squeezed(next(line for line in lines if line.startswith("# "))[2:])
        self._lines = lines

    def section(self, heading: str) -> str:
        """What stands between `## heading` and the next `## `, white space apart."""
        found, inside = [], False
        for line in self._lines:
            if re.match(r" {0,3}##(?!#)", line):
                inside = line.strip().lstrip("#").strip().casefold() == heading.casefold()
            elif inside:
                found.append(line)
        return squeezed("\n".join(found))

    def field(self, name: str) -> str:
        """What stands after `**name:**`."""
        found = [line.partition(":**")[2] for line in self._lines if line.lstrip("-* ").startswith(f"{name}:**")]
        return squeezed(" ; ".join(part for part in found if part.strip()))

    def jobs(self) -> list[str]:
        """The items of Métiers associés."""
        return [squeezed(part) for part in re.split(r"(?:^| )- ", self.section("Métiers associés")) if part.strip()]

    def place(self, facet: str) -> str:
        """The text behind a facet."""
        return self.section(SECTIONS[facet]) if facet in SECTIONS else self.field(FIELDS[facet])


def squeezed(text: str) -> str:
    """One line, without the marks of headings and of bold, nor the heading that repeats the name of a section."""
    text = re.sub(r"^#{3,} Accès\s*$|\*\*", "", text, flags=re.MULTILINE)
    return " ".join(re.sub(r"^#{3,}(.*?):?\s*$", r"\1", text, flags=re.MULTILINE).split())


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\`*_\[\]<>|#~])", r"\1", text)


@dataclass
class World:
    """A catalogue, its files and its source."""

    catalogue: Catalogue
    files: dict[str, File]
    source: dict[str, str]

    def file(self, formation: Formation) -> File:
        return self.files[formation.path]


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, seeds: Path, has_catalogue: bool) -> World:
    """The whole catalogue where it is at hand, else the small one."""
    source = tomli.loads((seeds / "source.toml").read_text(encoding="utf-8"))
    if has_catalogue:
        folder = request.getfixturevalue("catalogue_folder")
        catalogue: Catalogue = request.getfixturevalue("whole")
        chosen = random.Random(11).sample(sorted(catalogue.formations), 500)
        paths = [catalogue.formations[i].path for i in chosen]
        texts = {path: (folder / path).read_text(encoding="utf-8") for path in paths}
        return World(catalogue, {path: File(text) for path, text in texts.items()}, source)
    texts = request.getfixturevalue("fiche_texts")
    return World(request.getfixturevalue("small"), {path: File(text) for path, text in texts.items()}, source)


@pytest.fixture(scope="module")
def marked(responses: dict[str, Any]) -> Wording:
    """The wording, with every value between OPEN and CLOSE."""
    wording = Wording(responses)
    wording._environment.finalize = lambda value: f"{OPEN}{escape(value)}{CLOSE}"
    return wording


def questions(world: World) -> Iterator[tuple[str, list[Reply]]]:
    """What is asked, in short, and what is replied."""
    chance = random.Random(7)
    formations = [f for f in world.catalogue.formations.values() if f.path in world.files]
    for number in range(QUESTIONS):
        facet = FACETS[number % len(FACETS)]
        one = chance.choice(formations)
        kind = number % 10
        if kind == 0:
            alike = [f for f in formations if answers.share_facts((facet,), [one, f])][:14]
            yield f"{facet.value} of {[f.title for f in alike]}", answers.answer((facet,), alike, world.catalogue)
        elif kind < 5:
            yield f"{facet.value} of {one.title}", answers.answer((facet,), [one], world.catalogue)
        elif kind < 7:
            asked = tuple(chance.sample(FACETS, 3))
            name = Name(0, 1, "?", (formation_ref(one.id),), words=("x",))
            reading = Reading("?", act=Act.ASK, topics=topics_of(asked), names=(name,))
            knowledge = Known(world.catalogue, None)  # type: ignore[arg-type]
            yield f"{asked} of {one.title}", turn(reading, State(), knowledge)[0]
        elif kind < 9:
            several = chance.sample(formations, chance.choice((2, 3, 4)))
            compared = chance.choice(((), (facet,), tuple(chance.sample(FACETS, 2))))
            most = chance.choice((None, "least", "greatest"))
            reply = comparison.compare(compared, several, world.catalogue, most)
            yield f"compare {compared} of {[f.title for f in several]}", [reply]
        elif one.jobs and number % 20 < 10:
            label = chance.choice(one.jobs)
            users = [f for f in map(world.catalogue.formations.get, world.catalogue.jobs[label].formations) if f]
            users = [f for f in users if f.path in world.files]
            yield f"formations for {label}", [answers.formations_for_job([label], users, world.catalogue)]
        else:
            some = chance.sample(formations, min(len(formations), chance.choice((1, 3, 20))))
            yield "search", [answers.search_result("", some, world.catalogue)]


def values_of(text: str) -> list[str]:
    """The values of a marked text, white space and escapes of Markdown apart."""
    return [squeezed(value) for value in re.findall(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", text)]


def jobs_of(file: File) -> list[str]:
    return [form for label in file.jobs() for form in inflect(label)]


def frame(world: World, reply: Reply) -> set[str]:
    """The values that any reply may hold: titles of its fiches as the files have them, source, links, sections."""
    files = [world.file(f) for f in reply.formations]
    links = {url for file in files for url in re.findall(r"https?://[^\s)\]]+", file.field("Lien"))}
    titles = [file.title for file in files]
    # All sections of one fiche are named in one value, all winners of a comparison in another.
    named = {", ".join(dict.fromkeys(section for _, section in reply.sources))}
    named |= {", ".join(section for fiche, section in reply.sources if fiche == f.id) for f in reply.formations}
    return {*titles, *links, *named, *world.source.values()}


def check_answer(world: World, reply: Reply, text: str) -> None:
    """Every value is of the frame, or stands in the cited place of each file that the reply is about."""
    allowed = frame(world, reply)
    for formation in reply.formations:
        file = world.file(formation)
        counts = {str(n) for n in (len(file.jobs()), len(file.jobs()) - 15)}
        counts |= counts_of_list(reply)
        for value in values_of(text):
            known = unescaped(value) in allowed or value in allowed
            if known or (Facet.JOBS in reply.facets and (value in counts or unescaped(value) in jobs_of(file))):
                continue
            if len(reply.formations) > 1 and value in counts:
                continue
            assert any(supports(file, facet.value, value) for facet in reply.facets), value


def counts_of_list(reply: Reply) -> set[str]:
    """How many formations there are, and how many of them are not shown."""
    total, shown = len(reply.formations), len(reply.values["titles"])
    return {str(total), str(total - shown)}


def supports(file: File, facet: str, value: str) -> bool:
    """Whether `value` is the field behind a facet, or a passage of the section behind it."""
    forms = {value, unescaped(value)} - {""}
    return bool({file.place(facet)} & forms) if facet in FIELDS else any(form in file.place(facet) for form in forms)


def check_silence(world: World, reply: Reply, text: str) -> None:
    """The files are silent indeed, and the reply holds nothing but names and links."""
    for formation in reply.formations:
        for facet in reply.facets:
            place = world.file(formation).place(facet.value)
            assert not place or (facet is Facet.LINK and "http" not in place)
    shown = reply.formations[: len(reply.values["titles"])]
    extra = counts_of_list(reply) | {" ; ".join(world.file(f).title for f in shown)}
    assert {unescaped(value) for value in values_of(text)} <= frame(world, reply) | extra | {""}


def check_comparison(world: World, reply: Reply, text: str) -> None:
    """Each cell stands in the file of its column, and the verdicts follow from the cells."""
    files = [world.file(f) for f in reply.formations]
    values: list[str] = []

    def keep(found: re.Match[str]) -> str:
        values.append(squeezed(found[1]))
        return f"<{len(values) - 1}>"

    lines = re.sub(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", keep, text).splitlines()
    rows = [line.strip().strip("|").split("|") for line in lines if line.startswith("|") and "---" not in line]
    shown = [[values[int(number)] for number in re.findall(r"<(\d+)>", cell)] for cell in rows[0][1:]]
    assert [[unescaped(title) for title in cell] for cell in shown] == [[file.title] for file in files]
    facets = [row["facet"] for row in reply.values["rows"]]
    assert len(rows) - 1 == len(facets)
    for facet, row in zip(facets, rows[1:], strict=True):
        assert len(row) == len(files) + 1, "a cell breaks the table"
        for file, cell in zip(files, row[1:], strict=True):
            told = [values[int(number)] for number in re.findall(r"<(\d+)>", cell)]
            if not told:
                assert not file.place(facet) or facet == "lien"
            elif facet == "metiers":
                assert told[0] == str(len(file.jobs()))
                assert {unescaped(job) for job in told[1:]} <= set(jobs_of(file))
            elif facet == "lien":
                assert unescaped(told[0]) in file.place(facet)
            else:
                (value,) = told
                assert supports(file, facet, value.removesuffix("..."))
    check_verdicts(reply, files)


def check_verdicts(reply: Reply, files: Sequence[File]) -> None:
    """The winners are those of the files: years, levels and numbers of jobs, read here once more."""
    for verdict in reply.values["verdicts"]:
        measures = [measure(file, verdict["facet"]) for file in files]
        if verdict.get("same"):
            assert len(set(measures)) == 1
            continue
        best = min(measures) if verdict["direction"] == "least" else max(measures)
        assert verdict["titles"] == [file.title for file, value in zip(files, measures, strict=True) if value == best]


def measure(file: File, facet: str) -> float:
    if facet == "metiers":
        return float(len(file.jobs()))
    number = re.search(r"\d+(?:[.,]\d+)?", file.place(facet))
    assert number
    months = {"an": 12.0, "mo": 1.0, "se": 1 / 4.345}
    unit = file.place(facet)[number.end() :].strip()[:2]
    return float(number[0].replace(",", ".")) * (months[unit] if facet == "duree" else 1.0)


def check_list(world: World, reply: Reply, text: str) -> None:
    """Each title is a file's, each job stands in each of the files, each number counts them."""
    forms = {form for label in reply.jobs for form in inflect(label)}
    assert {unescaped(value) for value in values_of(text)} <= frame(world, reply) | forms | counts_of_list(reply)
    for label in reply.jobs:
        assert all(squeezed(label) in world.file(f).jobs() for f in reply.formations)


def check_sources(world: World, reply: Reply) -> None:
    """What is cited exists: the fiche is one of the reply's, its section or field is in its file."""
    by_id = {f.id: f for f in reply.formations}
    for fiche, section in reply.sources:
        file = world.file(by_id[fiche])
        assert file.section(section) or file.field(section), (fiche, section)
    for formation in reply.formations:
        assert world.file(formation).title == squeezed(formation.title)
        assert formation.link is None or formation.link in world.file(formation).field("Lien")


def test_nothing_is_said_that_is_not_in_the_fiche(world: World, wording: Wording, marked: Wording) -> None:
    checks = {
        "answer": check_answer,
        "not_in_fiche": check_silence,
        "comparison": check_comparison,
        "formations_for_job": check_list,
        "search": check_list,
    }
    asked, replied = 0, dict.fromkeys(checks, 0)
    for question, replies in questions(world):
        asked += 1
        for reply in replies:
            said = marked.word(reply.response, reply.values)
            plain = said.replace(OPEN, "").replace(CLOSE, "")
            assert re.sub(r"\s", "", plain) == re.sub(r"\s", "", wording.word(reply.response, reply.values))
            try:
                check_sources(world, reply)
                checks[reply.response](world, reply, said)
            except AssertionError as error:
                raise AssertionError(f"{question}: {error}\n{plain}") from error
            replied[reply.response] += 1
    assert asked == QUESTIONS
    assert all(count >= 20 for count in replied.values()), replied


def test_the_check_sees_an_invention(world: World, marked: Wording) -> None:
    """A duration, a job, a sentence, a link that are not in the file are caught."""
    formation = next(
        f for f in world.catalogue.formations.values() if f.path in world.files and f.duration and f.jobs and f.link
    )
    (reply,) = answers.answer((Facet.DURATION, Facet.JOBS), [formation], world.catalogue)
    check_answer(world, reply, marked.word(reply.response, reply.values))
    duration, jobs = reply.values["parts"]
    for parts in (
        [{**duration, "value": "17 ans"}, jobs],
        [{**duration, "title": "CAP inventé"}, jobs],
        [duration, {**jobs, "total": jobs["total"] + 40}],
        [duration, {**jobs, "jobs": [*jobs["jobs"], {"masculine": "inventeur", "feminine": "inventrice"}]}],
    ):
        with pytest.raises(AssertionError):
            check_answer(world, reply, marked.word(reply.response, {**reply.values, "parts": parts}))
    with pytest.raises(AssertionError):
        check_answer(world, reply, marked.word(reply.response, {**reply.values, "link": "https://invente.fr/"}))


def test_the_meaning_of_levels_is_fixed_wording_and_right(wording: Wording) -> None:
    """« niveau bac » stands in no fiche: it is the national framework of qualifications (2019)."""
    meant = {3: "CAP", 4: "bac", 5: "bac + 2", 6: "bac + 3 ou bac + 4", 7: "bac + 5", 8: "bac + 8"}
    for level, words in meant.items():
        assert words in wording.word("level_meaning", {"part": {"value": f"niveau {level}"}})
    assert wording.word("level_meaning", {"part": {"value": "niveau 9"}}) == ""
