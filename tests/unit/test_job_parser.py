from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serialise import serialise_job

from bot.catalogue.fiche import Facet
from bot.catalogue.job_fiche import JOB_FACETS, JobFiche, JobName
from bot.catalogue.job_parser import describes_job, parse_job
from bot.catalogue.parser import FicheError

FICHE = """\
# éclusier/ère de canal
**ID:** MET.1

**Appellations:**
- Féminin: éclusière de canal
- Masculin: éclusier de canal

## Autres appellations

### barragiste
- Féminin: barragiste
- Masculin: barragiste

### agent/e des voies  navigables
- Féminin: agente des voies navigables
- Masculin: agent des voies navigables

**Codes ROME:**
- N2204
- N3103

## Présentation

L'éclusier ouvre et ferme les portes.  Il surveille l'eau.

## En bref

Toute l'année, il veille.

            ### Durée des études
            ## Après la 3e
            2 ans pour un CAP.

## Conditions de travail

### Dehors
            Par tous les temps.

            ### Seul
            Souvent.

## Vie professionnelle

## Salaire
            ### Salaire du débutant
            A partir de 1801 euros brut par mois

            ## Intégrer le marché du travail
            ### Peu de postes
            On recrute sur concours.

## Accès au métier

## Niveau CAP
            Après la 3e.

            Niveau CAP

            CAP de la navigation

**Niveau d'accès minimum:** CAP ou équivalent

## Formations recommandées

- CAP transport fluvial (ID: FOR.1)
- BTS (ex BTM) écluses (option A) (ID: FOR.22)
- formation sans numéro

**Statuts possibles:**
- fonctionnaire
- salarié

## Centres d'intérêt

- j'aime la nature
- J'aime communiquer
"""


def parse(text: str) -> JobFiche:
    return parse_job(text, "a.md")


def collapsed(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def fiche() -> JobFiche:
    return parse(FICHE)


def test_title_id_and_path(fiche: JobFiche) -> None:
    assert (fiche.title, fiche.path) == ("éclusier/ère de canal", "a.md")
    assert fiche.id == "metier:eclusier-ere-de-canal"


def test_parts_are_kept_in_their_order(fiche: JobFiche) -> None:
    assert [section.name for section in fiche.sections] == [
        "ID", "Appellations", "Autres appellations", "Codes ROME", "Présentation", "En bref", "Durée des études",
        "Conditions de travail", "Vie professionnelle", "Salaire", "Intégrer le marché du travail", "Accès au métier",
        "Niveau d'accès minimum", "Formations recommandées", "Statuts possibles", "Centres d'intérêt",
    ]  # fmt: skip


def test_names_of_the_job(fiche: JobFiche) -> None:
    assert fiche.names == (
        JobName("éclusier/ère de canal", "éclusière de canal", "éclusier de canal"),
        JobName("barragiste", "barragiste", "barragiste"),
        JobName("agent/e des voies navigables", "agente des voies navigables", "agent des voies navigables"),
    )


def test_fields_and_lists(fiche: JobFiche) -> None:
    assert fiche.value("ID") == "MET.1"
    assert fiche.level == "CAP ou équivalent"
    assert fiche.statuses == ("fonctionnaire", "salarié")
    assert fiche.interests == ("j'aime la nature", "J'aime communiquer")


def test_formations_are_titles_without_their_number(fiche: JobFiche) -> None:
    assert fiche.formations == ("CAP transport fluvial", "BTS (ex BTM) écluses (option A)", "formation sans numéro")


def test_working_life_is_told_apart(fiche: JobFiche) -> None:
    assert fiche.value("Vie professionnelle") is None
    assert fiche.value("Salaire") == "### Salaire du débutant\n\nA partir de 1801 euros brut par mois"
    assert fiche.value("Intégrer le marché du travail") == "### Peu de postes\n\nOn recrute sur concours."


def test_length_of_study_is_told_apart_from_the_summary(fiche: JobFiche) -> None:
    assert fiche.value("En bref") == "Toute l'année, il veille."
    assert fiche.value("Durée des études") == "## Après la 3e\n\n2 ans pour un CAP."


def test_a_heading_that_opens_a_section_is_its_text(fiche: JobFiche) -> None:
    assert fiche.value("Accès au métier") == "## Niveau CAP\n\nAprès la 3e.\n\nNiveau CAP\n\nCAP de la navigation"


def test_where_each_facet_is_told(fiche: JobFiche) -> None:
    assert {facet: fiche.place(facet) for facet in JOB_FACETS} == {
        Facet.JOB_DESCRIPTION: "Présentation",
        Facet.JOB_SALARY: "Salaire",
        Facet.JOB_ACCESS: "Accès au métier",
        Facet.JOB_LEVEL: "Niveau d'accès minimum",
        Facet.JOB_SKILLS: None,
        Facet.JOB_CONDITIONS: "Conditions de travail",
        Facet.JOB_STATUS: "Statuts possibles",
        Facet.JOB_INTERESTS: "Centres d'intérêt",
    }
    short = parse("# a\n## En bref\nb\n### Durée des études\n2 ans\n")
    assert short.place(Facet.JOB_DESCRIPTION) == "En bref"
    assert short.place(Facet.JOB_ACCESS) == "Durée des études"


def test_a_fiche_is_written_whole(fiche: JobFiche) -> None:
    assert collapsed(serialise_job(fiche)) == collapsed(FICHE)
    assert parse(serialise_job(fiche)) == fiche


def test_names_of_parts_may_be_written_differently() -> None:
    fiche = parse(
        "# a\n**codes rome :**\n* X1\n**NIVEAU D’ACCES MINIMUM**: bac\n## vie  professionnelle\n  ## salaire\n5\n"
    )
    assert fiche.level == "bac"
    assert fiche.value("Salaire") == "5"


def test_what_is_unknown_is_kept() -> None:
    fiche = parse("# a\nUne note.\n**ID:** 1\n## Internat\n**Rythme:** lent\n")
    assert [(section.name, section.text) for section in fiche.sections] == [
        ("", "Une note."),
        ("ID", "1"),
        ("Internat", "**Rythme:** lent"),
    ]
    assert parse(serialise_job(fiche)) == fiche


@pytest.mark.parametrize(
    ("text", "of_job"),
    [
        (FICHE, True),
        ("# a\n**Appellations:**\n- Féminin: b\n", True),
        ("# a\n## Nature du travail\nb\n", True),
        ("# a\n", False),
        ("# a\n## Accès\nb\n", False),
        ("# a\n**Durée:** 2 ans\n## Description\nb\n## Conditions de travail\nc\n", False),
        ("# a\n## Description\n            ## Salaire\n            **ID:** x\n", False),
    ],
)
def test_the_content_tells_the_kind(text: str, of_job: bool) -> None:
    assert describes_job(text) is of_job


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("**ID:** 1\n# a\n", 1, "before the title"),
        ("**ID:** 1\n", 1, "no title"),
        ("# a\n**ID:** 1\n# b\n", 3, "second title"),
        ("# a\n**ID:** 1\n##\n", 3, "without a name"),
    ],
)
def test_bad_texts_are_refused_with_their_line(text: str, line: int, word: str) -> None:
    with pytest.raises(FicheError, match=word) as caught:
        parse(text)
    assert (caught.value.path, caught.value.line) == ("a.md", line)


LINES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(["", "## Salaire", "## Accès au métier", "### Durée des études", "**ID:** 7", "**Codes ROME:**"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "  ", " " * 12, " " * 16, "\t"]),
        st.sampled_from(["", "- ", "-", "1. ", "#", "## ", "### ", "**x:** ", "## Salaire", "**ID:** "]),
        st.text("ab é:\u00a0", max_size=8),
    ),
)


@given(st.lists(LINES, max_size=15))
def test_serialised_fiches_are_parsed_back(lines: list[str]) -> None:
    try:
        fiche = parse("\n".join(["# a", *lines]))
    except FicheError:
        return
    assert parse(serialise_job(fiche)) == fiche


def test_every_published_fiche_is_parsed_and_serialised_whole(job_folder: Path, catalogue_folder: Path) -> None:
    ids, known = set(), set()
    for path in job_folder.iterdir():
        source = path.read_text(encoding="utf-8")
        assert describes_job(source), path.name
        fiche = parse(source)
        assert collapsed(serialise_job(fiche)) == collapsed(re.sub(r"<br/>|</?p>", " ", source)), path.name
        text = "".join(section.text for section in fiche.sections)
        assert not re.search(r"^ {3,}|\n{3}|[ \t]$", text, re.MULTILINE), path.name
        ids.add(fiche.id)
        known |= {section.name for section in fiche.sections}
    assert len(ids) == 736
    assert len(known) == 18
    assert not any(describes_job(path.read_text(encoding="utf-8")) for path in catalogue_folder.iterdir())
