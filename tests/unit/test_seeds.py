"""The seeds state the facts of Onisep's fiches in words of our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.catalogue.fiche import Formation
from bot.catalogue.ingest import ingest
from bot.catalogue.parser import parse_formation

PROSE = ("Description", "Accès", "Poursuite d'études")
NAMES = (
    "2de professionnelle métiers du pilotage et de la maintenance d'installations automatisées",
    "2de professionnelle métiers de la réalisation d'ensembles mécaniques et industriels",
)
MICRO = "bac pro microtechniques"
MSPC = "bac pro maintenance des systèmes de production connectés"

# What each section says, fact by fact: patterns that its text must match, whatever the case.
FACTS = {
    (MICRO, "Description"): """
        techniciens|microtechnologie|disciplines|mécatronique|électronique|optronique
        informatique industrielle
        assembler|monter|tester|contrôler|entretenir|réparer|connaissances générales et techniques
        découpage|perçage|ajustage|polissage|nettoyage|usinage|assemblage|métrologiques|mesures électriques
        préparer une intervention|systèmes complexes|petits ou très petits
        mécaniques|électriques|électroniques|pneumatiques|diagnostic
        dépanner|démonter|remplacer|régler|remonter|un sous-ensemble|l'ensemble|défectueux
        installer|neuf|reconditionné|mettre en service|préventive|prédictive
        suivi technique et administratif|maintenance des équipements de travail|premier niveau""",
    (MICRO, "Accès"): """
        3 ans|après la classe de 3e|2 ans|sous certaines conditions|CAP du même secteur
        2de professionnelle métiers de la réalisation d'ensembles mécaniques et industriels
        apprentissage|sans faire la 2de pro famille de métiers""",
    (MICRO, "Poursuite d'études"): """
        insertion professionnelle|très bon dossier|mention à l'examen|BTS
        1 an|se spécialiser|compléter|\\bCS\\b|FCIL""",
    (MSPC, "Description"): """
        entretenir|réparer|matériels|équipements de production|mécanique|électricité|pneumatique|hydraulique
        analyser|systèmes automatisés|mécaniques|méthodes de maintenance et de dépannage|diagnostiquer
        préparer les réparations|proposer des améliorations|communication|rédiger|compte rendu|argumenter""",
    (MSPC, "Accès"): """
        3 ans|après la classe de 3e|2 ans|sous certaines conditions|certains CAP du même secteur
        2de professionnelle métiers du pilotage et de la maintenance d'installations automatisées
        apprentis|directement|sans passer par l'année de 2de pro "famille de métiers\"""",
    (MSPC, "Poursuite d'études"): """
        insertion professionnelle|très bon dossier|mention à l'examen|BTS
        se spécialiser|ascensoriste|\\bCS\\b|FCIL""",
}


def formations(folder: Path) -> dict[str, Formation]:
    files = [path for path in folder.iterdir() if path.suffix in (".md", ".txt")]
    parsed = [parse_formation(path.read_text(encoding="utf-8"), path.name) for path in files]
    return {formation.title: formation for formation in parsed}


@pytest.fixture
def ours(seeds: Path) -> dict[str, Formation]:
    return formations(seeds)


@pytest.fixture
def originals(shared: Path) -> dict[str, Formation]:
    if not (shared / "seeds").is_dir():
        pytest.skip("no folder seeds in the shared folder")
    return formations(shared / "seeds")


def runs(formation: Formation, length: int) -> set[tuple[str, ...]]:
    """Every run of `length` words of the prose, a name of a formation counting as one word."""
    found = set()
    for section in PROSE:
        text = (formation.value(section) or "").casefold()
        for name in NAMES:
            text = text.replace(name, " name ")
        words = re.findall(r"\w+", text)
        found |= {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
    return found


def test_seeds_are_stored_with_their_source(seeds: Path, tmp_path: Path) -> None:
    report = ingest(seeds, f"sqlite:///{tmp_path}/catalogue.db")
    assert report.change.added == 2
    assert report.source is not None
    assert report.source.name == "Onisep, données ouvertes : fiches formations"
    assert not report.unknown


def test_file_names_are_ids(ours: dict[str, Formation]) -> None:
    assert {formation.path for formation in ours.values()} == {f"{formation.id}.md" for formation in ours.values()}


@pytest.mark.parametrize(("title", "section"), FACTS)
def test_every_fact_is_told(title: str, section: str, ours: dict[str, Formation]) -> None:
    text = ours[title].value(section) or ""
    facts = [fact.strip() for line in FACTS[title, section].split("\n") for fact in line.split("|")]
    missing = [fact for fact in facts if not re.search(fact, text, re.IGNORECASE)]
    assert not missing


def test_structured_facts_are_those_of_the_originals(
    ours: dict[str, Formation], originals: dict[str, Formation]
) -> None:
    assert ours.keys() == originals.keys()
    for title, original in originals.items():
        assert ours[title].fields == original.fields
        assert ours[title].jobs == original.jobs
        names = [section.name for section in original.sections]
        assert [section.name for section in ours[title].sections] == names
        assert (ours[title].value("Accès") or "").count("\n\n") == (original.value("Accès") or "").count("\n\n")


def test_prose_is_our_own(ours: dict[str, Formation], originals: dict[str, Formation]) -> None:
    theirs = set().union(*(runs(formation, 8) for formation in originals.values()))
    shared_runs = {run for formation in ours.values() for run in runs(formation, 8) & theirs}
    assert not shared_runs


def test_numbers_are_those_of_the_originals(ours: dict[str, Formation], originals: dict[str, Formation]) -> None:
    for title, original in originals.items():
        for section in PROSE:
            expected = re.findall(r"\d+", (original.value(section) or "").replace("trois ans", "3 ans"))
            assert sorted(re.findall(r"\d+", ours[title].value(section) or "")) == sorted(expected)
