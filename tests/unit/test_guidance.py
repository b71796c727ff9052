"""Ranking and ways: the case table, what a change of one answer changes, and what the fiches state of a way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from guidance_world import ANIMALS, CARE, HANDS, MOVING, OUTSIDE, TRADE, formation_text, job_text

from bot.catalogue.fiche import Catalogue, Formation, Job
from bot.catalogue.inflection import inflect
from bot.catalogue.ingest import ingest
from bot.catalogue.job_parser import parse_job
from bot.catalogue.parser import parse_formation
from bot.catalogue.store import connect, read_catalogue
from bot.guidance.ladder import rung_of_job, years_to
from bot.guidance.path import ways
from bot.guidance.profile import Profile
from bot.guidance.ranking import SUGGESTED, rank

PROFILES = Path(__file__).resolve().parent.parent / "guidance_profiles.jsonl"
LEAST_SHARE = 0.9


def catalogue_of(formations: Mapping[str, str], jobs: Mapping[str, str]) -> Catalogue:
    """A catalogue of the texts of fiches, by path."""
    parsed = [parse_formation(text, path) for path, text in formations.items()]
    fiches = [parse_job(text, path) for path, text in jobs.items()]
    labels = sorted({label for f in parsed for label in f.jobs} | {fiche.title for fiche in fiches})
    return Catalogue(
        {f.id: f for f in parsed},
        {label: Job(label, *inflect(label), tuple(f.id for f in parsed if label in f.jobs)) for label in labels},
        None,
        "1",
        job_fiches={fiche.title: fiche for fiche in fiches},
    )


@pytest.fixture(scope="module")
def small_world() -> Catalogue:
    """Six jobs and the formations that lead to them."""
    formations = {
        "a.md": formation_text("CAP écluses", 2, 3, "Ce CAP se prépare en 2 ans après la 3e, aussi en apprentissage."),
        "b.md": formation_text("bac pro écluses", 3, 4, "Ce bac pro se prépare en 3 ans après la classe de 3e."),
        "c.md": formation_text("BTS canaux", 2, 5, "Accessible avec un bac professionnel écluses ou un bac STI2D."),
        "d.md": formation_text("master rivières", 2, 7, "", jobs=("hydrologue",)),
        "e.md": formation_text("CAP basse-cour", 2, 3, "", jobs=("éleveur",)),
    }
    jobs = {
        "1.md": job_text("éclusier", "CAP ou équivalent", (OUTSIDE, HANDS), ("CAP écluses", "bac pro écluses")),
        "2.md": job_text("chef de canal", "bac + 2", (OUTSIDE, MOVING), ("BTS canaux",)),
        "3.md": job_text("hydrologue", "bac + 5", (OUTSIDE,), ("master rivières",), "Il travaille dans un bureau."),
        "4.md": job_text("éleveur", "CAP ou équivalent", (OUTSIDE, ANIMALS), ()),
        "5.md": job_text("toiletteur", "CAP ou équivalent", (ANIMALS, TRADE), ("CAP toilettage",)),
        "6.md": job_text("soigneur", "CAP ou équivalent", (ANIMALS, CARE), ()),
    }
    return catalogue_of(formations, jobs)


@pytest.fixture(scope="module")
def whole_with_jobs(published_fiches: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """All the fiches of Onisep, formations and jobs, through the store; skips where they are not at hand."""
    url = f"sqlite:///{tmp_path_factory.mktemp('guidance')}/catalogue.db"
    ingest(published_fiches, url)
    return read_catalogue(connect(url))


def labels(profile: Profile, catalogue: Catalogue) -> list[str]:
    return [suggestion.job.title for suggestion in rank(profile, catalogue).jobs]


# --- the case table


def test_profiles_of_the_case_table(whole_with_jobs: Catalogue) -> None:
    """An expected job in the five and no rejected one, for nine profiles in ten at least."""
    cases = [json.loads(line) for line in PROFILES.read_text(encoding="utf-8").splitlines()]
    assert len(cases) >= 40
    wrong = []
    for case in cases:
        found = set(labels(Profile.from_json(case["profile"]), whole_with_jobs))
        assert {*case["expected"], *case["rejected"]} <= set(whole_with_jobs.job_fiches)
        assert not set(case["expected"]) & set(case["rejected"])
        if not found & set(case["expected"]) or found & set(case["rejected"]):
            wrong.append((case["about"], found))
    assert len(wrong) <= (1 - LEAST_SHARE) * len(cases), wrong


def test_every_profile_has_two_suggestions_or_more(whole_with_jobs: Catalogue) -> None:
    interests = sorted({i for fiche in whole_with_jobs.job_fiches.values() for i in fiche.interests})
    for situation in ("", "3e", "terminale"):
        for years in (None, 1, 3):
            for interest in (*((i,) for i in interests), ()):
                found = rank(Profile(situation, interests=interest, years=years), whole_with_jobs).jobs
                assert 2 <= len(found) <= SUGGESTED, (situation, years, interest)


# --- sense


def test_a_taste_more_never_lowers_a_job_that_has_it(small_world: Catalogue) -> None:
    for job in small_world.job_fiches.values():
        for taste in job.interests:
            before = Profile("3e", interests=tuple(i for i in (OUTSIDE, ANIMALS) if i != taste))
            after = replace(before, interests=(*before.interests, taste))
            names = labels(before, small_world)
            if job.title in names:
                assert labels(after, small_world).index(job.title) <= names.index(job.title)


def test_what_both_tastes_share_comes_first(small_world: Catalogue) -> None:
    assert labels(Profile("3e", interests=(OUTSIDE, ANIMALS)), small_world)[0] == "éleveur"


def test_what_is_refused_is_out(small_world: Catalogue) -> None:
    liked = Profile("3e", interests=(ANIMALS,))
    assert "toiletteur" in labels(liked, small_world)
    assert "toiletteur" not in labels(replace(liked, avoided=(TRADE,)), small_world)
    office = Profile(interests=(OUTSIDE,))
    assert "hydrologue" in labels(office, small_world)
    assert "hydrologue" not in labels(replace(office, avoided=("bureau",)), small_world)


def test_length_of_study_is_a_limit_from_where_one_stands(small_world: Catalogue) -> None:
    profile = Profile("3e", interests=(OUTSIDE,), years=2)
    assert labels(profile, small_world) == ["éclusier", "éleveur"]
    assert "chef de canal" in labels(replace(profile, situation="terminale"), small_world)
    assert "hydrologue" not in labels(replace(profile, situation="terminale"), small_world)


def test_a_length_that_leaves_too_little_is_set_aside_and_said(small_world: Catalogue) -> None:
    found = rank(Profile("3e", interests=(MOVING, OUTSIDE), avoided=(ANIMALS, HANDS), years=2), small_world)
    assert found.given_up
    assert {s.job.title for s in found.jobs} == {"chef de canal", "hydrologue"}
    assert all(reason.kind != "years" for s in found.jobs for reason in s.reasons)


def test_others_are_other(small_world: Catalogue) -> None:
    profile = Profile("3e", interests=(ANIMALS, OUTSIDE))
    first = labels(profile, small_world)
    others = rank(profile, small_world, seen=first[:2]).jobs
    assert not {s.job.title for s in others} & set(first[:2])


def test_reasons_stand_in_the_profile_and_in_the_fiches(small_world: Catalogue) -> None:
    profile = Profile("3e", "", (OUTSIDE, HANDS), (), 3, True)
    for suggestion in rank(profile, small_world).jobs:
        for reason in suggestion.reasons:
            fiche: Formation | None = small_world.formations.get(reason.fiche)
            text = fiche.value(reason.section) if fiche else suggestion.job.value(reason.section)
            assert text
            if reason.kind == "interest":
                assert reason.value in profile.interests
                assert f"- {reason.value}" in text.splitlines()
            elif reason.kind == "apprenticeship":
                assert "apprentissage" in text
            else:
                rung = rung_of_job(suggestion.job.level)
                assert rung is not None
                assert years_to(rung, "3e") <= int(reason.value)


@pytest.mark.parametrize("data", [None, [], "x", {"years": "3"}, {"interests": [1, None]}, {"situation": "CE2"}])
def test_a_malformed_profile_is_forgotten(data: object) -> None:
    assert Profile.from_json(data) == Profile()


def test_a_correction_counts(small_world: Catalogue) -> None:
    said = Profile("3e", "", (OUTSIDE,), (TRADE,), 2)
    assert said.updated_by(Profile("1re")).situation == "1re"
    assert said.updated_by(Profile(avoided=(OUTSIDE,))) == Profile("3e", "", (), (TRADE, OUTSIDE), 2)
    assert said.updated_by(Profile(interests=(TRADE,))).avoided == ()
    assert Profile("terminale", "stmg").updated_by(Profile("3e")).series == ""


# --- ways


def test_a_way_in_one_step(small_world: Catalogue) -> None:
    first, second = ways(Profile("3e"), "éclusier", small_world)
    assert [(s.formation.title, s.years) for s in first.steps if s.formation] == [("CAP écluses", 2)]
    assert first.steps[0].source == (first.steps[0].formation.id, "Accès")  # type: ignore[union-attr]
    assert first.steps[0].apprenticeship == "Accès"
    assert not second.steps[0].apprenticeship


def test_a_way_goes_through_what_the_fiche_names(small_world: Catalogue) -> None:
    (way,) = ways(Profile("3e"), "chef de canal", small_world)
    assert [s.formation.title for s in way.steps if s.formation] == ["bac pro écluses", "BTS canaux"]
    assert way.years == 5
    assert not any(step.inferred for step in way.steps)


def test_a_step_that_no_fiche_states_is_inferred(small_world: Catalogue) -> None:
    (way,) = ways(Profile("3e"), "hydrologue", small_world)
    assert [(s.formation and s.formation.title, s.rung, s.years) for s in way.steps] == [
        (None, 3, 6),
        ("master rivières", 5, 2),
    ]
    assert all(step.inferred for step in way.steps)
    assert way.listed == "job"


def test_from_further_on_the_way_is_shorter(small_world: Catalogue) -> None:
    (way,) = ways(Profile("terminale", "sti2d"), "chef de canal", small_world)
    assert [s.formation.title for s in way.steps if s.formation] == ["BTS canaux"]
    assert way.years == 2


def test_no_way(small_world: Catalogue) -> None:
    assert ways(Profile("3e"), "toiletteur", small_world) == []


def test_ways_of_the_whole_catalogue(whole_with_jobs: Catalogue) -> None:
    """Every link said to be stated stands in the fiche cited, durations are the fiches', and steps go upwards."""
    found = 0
    for label in sorted(whole_with_jobs.job_fiches)[::9]:
        for situation in ("3e", "cap", "1re", "bac+2"):
            for way in ways(Profile(situation), label, whole_with_jobs):
                found += 1
                last = way.steps[-1].formation
                assert last is not None
                fiche = whole_with_jobs.job_fiches[label]
                assert last.title in fiche.formations if way.listed == "job" else label in last.jobs
                for step in way.steps:
                    if step.source:
                        assert whole_with_jobs.formations[step.source[0]].value(step.source[1])
                    assert step.formation or step.inferred
    assert found > 200


# --- further on than a formation leads


def test_who_has_a_bac_is_not_sent_back_to_one() -> None:
    formations = {
        "a.md": formation_text("bac pro écluses", 3, 4, "Après la classe de 3e."),
        "b.md": formation_text("CS portes d'écluses", 1, 4, "Avec un bac pro."),
        "c.md": formation_text("BTS canaux", 2, 5, "Avec un bac."),
    }
    jobs = {"1.md": job_text("éclusier", "bac", (OUTSIDE,), ("bac pro écluses", "CS portes d'écluses", "BTS canaux"))}
    jobs["2.md"] = job_text("batelier", "bac", (OUTSIDE,), ("bac pro écluses",))
    catalogue = catalogue_of(formations, jobs)
    last = [w.steps[-1].formation for w in ways(Profile("terminale"), "éclusier", catalogue)]
    assert [f.title for f in last if f] == ["CS portes d'écluses", "BTS canaux"]
    assert [f.title for f in rank(Profile("bac"), catalogue).jobs[0].formations][-1] == "bac pro écluses"
    assert len(ways(Profile("terminale"), "batelier", catalogue)) == 1, "where there is nothing else it is told"


def test_apprenticeship_wished_leaves_the_ways_that_speak_of_it(small_world: Catalogue) -> None:
    found = ways(Profile("3e", apprenticeship=True), "éclusier", small_world)
    assert [w.steps[-1].formation.title for w in found if w.steps[-1].formation] == ["CAP écluses"]


def test_without_any_taste_the_jobs_differ(whole_with_jobs: Catalogue) -> None:
    found = rank(Profile("3e"), whole_with_jobs).jobs
    interests = [set(s.job.interests) for s in found]
    assert len(found) == SUGGESTED
    assert all(not a & b for i, a in enumerate(interests) for b in interests[:i])
