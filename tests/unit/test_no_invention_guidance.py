"""Hundreds of profiles: each reason, formation and step of a way stands in the file of the fiche that is cited.

As in test_no_invention.py: values are told from fixed words by marks, and files are read anew, not by our parser. What
fixed words claim (that one may learn by apprenticeship, that a fiche says how one enters) is looked up as well.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import tomli
from guidance_world import write_world
from test_no_invention import File as FormationFile
from test_no_invention_jobs import CLOSE, OPEN, squeezed, values_of
from test_no_invention_jobs import File as JobFile

from bot.catalogue.answers import Ask, Reply
from bot.catalogue.fiche import Catalogue, Facet
from bot.catalogue.inflection import inflect
from bot.catalogue.ingest import ingest
from bot.catalogue.resolver import Resolver
from bot.catalogue.store import connect, read_catalogue
from bot.dialogue.state import State
from bot.guidance.interview import Interview
from bot.guidance.profile import SERIES, SITUATIONS, Profile
from bot.guidance.ranking import DISLIKES
from bot.wording import Wording, escape
from bot.world import World as Known
from tests.unit.talking import tapped, turn

PROFILES = 150
WAYS = 250
# What a section holds where the words of a reply say so, written out again.
APPRENTICESHIP = re.compile(r"apprenti|alternance", re.IGNORECASE)
SCHOOL = re.compile(r"scolaire|lyc[ée]e", re.IGNORECASE)
SERIES_SAID = {"générale": r"g[ée]n[ée]ra", "pro": r"bac(calaur[ée]at)?s? pro"}
LEVELS = {"3": "CAP", "4": "niveau bac", "5": "bac + 2", "6": "bac + 3 ou bac + 4", "7": "bac + 5", "8": "bac + 8"}


@dataclass
class World:
    """A catalogue and its files, read anew, by label and by title."""

    catalogue: Catalogue
    jobs: dict[str, JobFile]
    formations: dict[str, FormationFile]
    source: dict[str, str]

    @property
    def knowledge(self) -> Known:
        return Known(self.catalogue, Resolver((), ()))


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, seeds: Path, has_catalogue: bool, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """The whole catalogue where it is at hand, else a small one."""
    folder = tmp_path_factory.mktemp("no_invention")
    if has_catalogue:
        catalogue: Catalogue = request.getfixturevalue("whole_with_jobs")
        published: Path = request.getfixturevalue("published_fiches")
        roots = (published / "metiers", published / "formations")
    else:
        write_world(folder / "fiches")
        ingest(folder / "fiches", f"sqlite:///{folder}/catalogue.db")
        catalogue = read_catalogue(connect(f"sqlite:///{folder}/catalogue.db"))
        roots = (folder / "fiches", folder / "fiches")
    jobs = {label: JobFile(text_of(roots[0], fiche.path)) for label, fiche in catalogue.job_fiches.items()}
    formations = {f.title: FormationFile(text_of(roots[1], f.path)) for f in catalogue.formations.values()}
    return World(catalogue, jobs, formations, tomli.loads((seeds / "source.toml").read_text(encoding="utf-8")))


def text_of(folder: Path, path: str) -> str:
    return (folder / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def marked(responses: dict[str, Any]) -> Wording:
    """The wording, with every value between OPEN and CLOSE."""
    wording = Wording(responses)
    wording._environment.finalize = lambda value: f"{OPEN}{escape(value)}{CLOSE}"
    return wording


def profiles(world: World) -> Iterator[Profile]:
    chance = random.Random(7)
    interests = sorted({i for fiche in world.catalogue.job_fiches.values() for i in fiche.interests})
    for number in range(PROFILES):
        liked = chance.sample(interests, chance.randint(0, 3))
        rest = [i for i in [*interests, *DISLIKES] if i not in liked]
        yield Profile(
            chance.choice(("", *SITUATIONS)),
            chance.choice(("", *SERIES)),
            tuple(liked),
            tuple(chance.sample(rest, chance.randint(0, 2))),
            chance.choice((None, 1, 2, 3, 5, 8)),
            number % 3 == 0,
        )


def suggested(world: World, profile: Profile) -> Reply:
    (reply,), _ = turn(tapped(Ask((Facet.GUIDANCE,), guide="show")), standing(profile), world.knowledge)
    return reply


def way(world: World, profile: Profile, label: str) -> Reply:
    (reply,), _ = turn(tapped(Ask((Facet.PATH,), (), (label,))), standing(profile), world.knowledge)
    return reply


def standing(profile: Profile) -> State:
    return State(interview=Interview(profile))


def names(world: World, labels: tuple[str, ...]) -> set[str]:
    found = {form for label in labels for form in (label, *inflect(label))}
    return {squeezed(name) for name in found} | {*world.source.values()}


def check_cited(world: World, reply: Reply) -> set[str]:
    """Every section cited is in its file; the lists of sections, as a reply writes them."""
    titles = {f.id: f.title for f in reply.formations}
    for label, section in reply.job_sources:
        assert world.jobs[label].parts[section], (label, section)
    for fiche, section in reply.sources:
        title = titles.get(fiche) or world.catalogue.formations[fiche].title
        file = world.formations[title]
        assert file.section(section) or file.field(section), (title, section)
    lists = ([section for _, section in reply.job_sources], [section for _, section in reply.sources])
    return {", ".join(dict.fromkeys(sections)) for sections in lists}


def leads_to(world: World, title: str, label: str) -> bool:
    advised = world.jobs[label].parts.get("Formations recommandées", "")
    return squeezed(title) in advised or squeezed(label) in world.formations[title].jobs()


def check_suggestions(world: World, marked: Wording, profile: Profile, reply: Reply) -> None:
    allowed = names(world, reply.jobs) | check_cited(world, reply) | {str(len(reply.jobs)), str(profile.years)}
    shared = reply.values["shared"]
    for label, told in zip(reply.jobs, reply.values["jobs"], strict=True):
        file = world.jobs[label]
        for reason in [*told["reasons"], *shared]:
            kind, value = reason["kind"], reason["value"]
            if kind == "interest":
                assert value in profile.interests
                assert squeezed(value) in file.parts["Centres d'intérêt"]
                allowed |= values_of(marked.word("reason", {"reason": reason}))
            elif kind == "years":
                assert value == str(profile.years)
                assert file.parts["Niveau d'accès minimum"]
            elif kind == "near":
                assert value in world.jobs
                assert file.points["Centres d'intérêt"] & world.jobs[value].points["Centres d'intérêt"]
                allowed |= names(world, (value,))
            elif kind == "apprenticeship":
                assert profile.apprenticeship
                texts = (world.formations[f["title"]] for f in told["formations"])
                assert any(APPRENTICESHIP.search(t.section("Accès") + t.section("Description")) for t in texts), label
            else:
                assert value == profile.series
                said = SERIES_SAID.get(value, value)
                texts = (world.formations[f["title"]] for f in told["formations"])
                assert any(re.search(said, t.section("Accès"), re.IGNORECASE) for t in texts), (label, value)
                allowed |= values_of(marked.word("series_name", {"reason": reason, "value": value}))
        allowed.add(file.parts.get("Niveau d'accès minimum", "").strip())
        for formation in told["formations"]:
            assert leads_to(world, formation["title"], label), (formation["title"], label)
            allowed |= {squeezed(formation["title"]), world.formations[formation["title"]].field("Durée")}
            assert formation["duration"] in (None, world.formations[formation["title"]].field("Durée"))
    for value in values_of(marked.word(reply.response, reply.values)):
        assert value in allowed, value


def check_way(world: World, marked: Wording, profile: Profile, label: str, reply: Reply) -> None:
    file = world.jobs[label]
    allowed = names(world, (label,)) | check_cited(world, reply) | {str(number) for number in range(1, 20)}
    allowed |= {file.parts.get("Niveau d'accès minimum", "").strip()}
    allowed |= values_of(marked.word("situation_words", {"situation": profile.situation or "3e"}))
    for one in reply.values.get("ways", ()):
        assert leads_to(world, one["steps"][-1]["title"], label), one
        assert one["years"] == sum(step["years"] or 0 for step in one["steps"])
        for before, step in zip([None, *one["steps"]], one["steps"], strict=False):
            if step["title"] is None:
                assert step["inferred"]
                continue
            text = world.formations[step["title"]]
            assert step["duration"] in (None, text.field("Durée"))
            assert step["level"] in (None, text.field("Niveau de certification"))
            allowed |= {squeezed(step["title"]), text.field("Durée"), text.field("Niveau de certification")}
            allowed |= {LEVELS[n] for n in re.findall(r"\d", step["level"] or "") if n in LEVELS}
            both = text.section("Accès") + " " + text.section("Description")
            assert not step["apprenticeship"] or APPRENTICESHIP.search(both), step
            assert not step["school"] or SCHOOL.search(both), step
            if not step["inferred"] and before and before["title"] and step["section"] == "Poursuite d'études":
                assert world.formations[before["title"]].section("Poursuite d'études")
            elif not step["inferred"]:
                assert text.section("Accès"), step
    for value in values_of(marked.word(reply.response, reply.values)):
        assert value in allowed, value


def test_no_reason_and_no_formation_is_invented(world: World, marked: Wording) -> None:
    kinds: dict[str, int] = {}
    for profile in profiles(world):
        reply = suggested(world, profile)
        if reply.response == "guidance_none":
            continue
        try:
            check_suggestions(world, marked, profile, reply)
        except AssertionError as error:
            raise AssertionError(f"{profile}: {error}") from error
        for reason in [r for told in reply.values["jobs"] for r in told["reasons"]] + reply.values["shared"]:
            kinds[reason["kind"]] = kinds.get(reason["kind"], 0) + 1
    assert {"interest", "years", "apprenticeship"} <= set(kinds), kinds


def test_no_step_of_a_way_is_invented(world: World, marked: Wording) -> None:
    chance = random.Random(11)
    outcomes: dict[str, int] = {}
    for number in range(WAYS):
        label = chance.choice(sorted(world.jobs))
        profile = Profile(chance.choice(("", *SITUATIONS)), apprenticeship=number % 3 == 0)
        reply = way(world, profile, label)
        try:
            check_way(world, marked, profile, label, reply)
        except AssertionError as error:
            raise AssertionError(f"{label} from {profile}: {error}") from error
        outcomes[reply.response] = outcomes.get(reply.response, 0) + 1
    assert set(outcomes) == {"path", "path_none"}, outcomes


def test_the_checks_see_an_invention(world: World, marked: Wording) -> None:
    interests = sorted({i for fiche in world.catalogue.job_fiches.values() for i in fiche.interests})
    profile = Profile("3e", interests=(interests[0],))
    reply = suggested(world, profile)
    check_suggestions(world, marked, profile, reply)
    first, *others = reply.values["jobs"]
    for told in (
        {**first, "level": "bac + 9"},
        {**first, "reasons": [{"kind": "interest", "value": "j'aime dormir"}]},
        {**first, "formations": [{"title": sorted(world.formations)[0], "duration": "9 ans"}]},
    ):
        values = {**reply.values, "jobs": [told, *others]}
        with pytest.raises(AssertionError):
            check_suggestions(world, marked, profile, replace(reply, values=values))
    label, found = next((x, r) for x in sorted(world.jobs) if (r := way(world, profile, x)).response == "path")
    check_way(world, marked, profile, label, found)
    one = found.values["ways"][0]
    step = {**one["steps"][-1], "duration": "9 ans"}
    values = {**found.values, "ways": [{**one, "steps": [*one["steps"][:-1], step]}]}
    with pytest.raises(AssertionError):
        check_way(world, marked, profile, label, replace(found, values=values))
