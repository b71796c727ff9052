"""The seeds state the facts of Onisep's fiches in words of our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.catalogue.fiche import Formation
from bot.catalogue.ingest import ingest
from bot.catalogue.job_fiche import (
    JOB_FIELDS,
    SECTION_FORMATIONS,
    SECTION_INTERESTS,
    SECTION_OTHER_NAMES,
    SECTION_SALARY,
    JobFiche,
)
from bot.catalogue.job_parser import describes_job, parse_job
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
    texts = {
        path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.*") if path.suffix in (".md", ".txt")
    }
    parsed = [parse_formation(text, name) for name, text in texts.items() if not describes_job(text)]
    return {formation.title: formation for formation in parsed}


def jobs(folder: Path) -> dict[str, JobFiche]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    parsed = [parse_job(text, name) for name, text in texts.items() if describes_job(text)]
    return {fiche.title: fiche for fiche in parsed}


@pytest.fixture
def ours(seeds: Path) -> dict[str, Formation]:
    return formations(seeds)


@pytest.fixture
def originals(shared: Path) -> dict[str, Formation]:
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
    assert (report.formations, report.jobs) == (2, 2)
    assert report.source is not None
    assert report.source.name == "Onisep, données ouvertes : fiches formations et fiches métiers"
    assert report.source.licence == "ODbL 1.0"
    assert report.source.licence_address == "https://opendatacommons.org/licenses/odbl/1-0/"
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


# --- jobs

LIFT, ELECTRO = "ascensoriste", "électromécanicien/ne"
SAME = (SECTION_OTHER_NAMES, SECTION_SALARY, SECTION_FORMATIONS, SECTION_INTERESTS)
NAMES_IN_PROSE = (
    "métiers de l'électricité et de ses environnements connectés",
    "maintenance des systèmes de production connectés",
    "technicien ascensoriste (service et modernisation)",
    "conception et réalisation de systèmes automatiques",
    "maintenance des systèmes, option a",
    "maintenance des systèmes, option systèmes de production",
    "gestion de la maintenance assistée par ordinateur",
)
JOB_FACTS = {
    (LIFT, "Présentation"): """
        Monte-charge|ascenseurs|trottoirs roulants|escaliers mécaniques|portails automatiques|installe|prend soin
        répare|au goût du jour|d'un site à l'autre|embauche|besoins|remplacer ceux qui partent""",
    (LIFT, "En bref"): """
        plans de montage|électricité|boîtiers de commande|câbles|freins|mise en service|chantiers|neuf|rénovation
        agent de maintenance|anciens|marché|régulièrement|panne|de nuit|jour férié|très complexes
        automatismes|informatique|électronique|mécanique""",
    (LIFT, "Nature du travail"): """
        plans|schémas|cage|barres|moteur|commande|portes de chaque palier|boutons d'appel|câble|cabine|régler
        parc|nettoyer|échange standard|boîtier électrique|carte électronique|atelier de l'entreprise|fabriquée
        charges transportées|plus vite|usagers|réglementation|conformes|tests|fiches techniques|signe
        dossier de maintenance""",
    (LIFT, "Compétences requises"): """
        hydraulique|traction électrique|complexe|anciennes|nouvelles|polyvalent|câblage|électrotechnique|électronique
        informatique|soudage|montage|documentation technique|tablette|téléphone portable|radio|50 à 150|analyser
        procédures|règles|Habitants|copropriétaires|syndics|logements sociaux|professionnels du bâtiment|architectes
        relationnel|patient|compréhensif|sang-froid""",
    (LIFT, "Conditions de travail"): """
        horaires|astreintes|jour férié|nuit|urgence|réagir vite|réglementation|communicant|planifie|chantier|équipe
        véhicule de service|seul ou à deux|tournées d'inspection|permis de conduire|inconfortables|hauteur|confinés|vide
        condition physique|du dos|allergies respiratoires|daltonisme|équilibre|Gants|harnais|casque|obligatoires""",
    (LIFT, "Intégrer le marché du travail"): """
        PME|4 multinationales|Schindler|Otis|ThyssenKrupp|Koné|fabriquent|installent|maintenir|rénover|assister
        normes|obligatoire|réglementation|moitié des besoins|Ile-de-France|centres commerciaux|gares|hôpitaux|immeubles
        portes automatiques|dans sa région|chef d'atelier|chef d'équipe|téléphériques|ponts roulants|planification
        formation|technico-commercial""",
    (LIFT, "Accès au métier"): r"""
        bac professionnel|BTS|certificat de spécialisation|centres de formation|Niveau bac \+ 1|Niveau bac \+ 2""",
    (ELECTRO, "Présentation"): """
        Robots industriels|compresseurs|moteurs électriques|mécaniques|électriques|monter|câbler|ajuster|terrain""",
    (ELECTRO, "En bref"): """
        engins de levage|machines de production|dossier de fabrication|variateurs de vitesse|roulements|moteurs|réglages
        entretenir|dépanner|graisser|isolés|nettoyer|anomalie|améliorative|adaptative|curative|défectueux|mesures|RATP
        SNCF|EDF|sociétés de maintenance industrielle""",
    (ELECTRO, "Nature du travail"): """
        neuves|chantier|atelier|dossier de fabrication|connexions électriques|prévient|adapte|programmées|graissage
        isolation|Usure|déformation|surchauffe|tests|mesures|composants|remet en service|bureau d'études
        améliorations""",
    (ELECTRO, "Compétences requises"): """
        polyvalent|électricien|chaudronnier|carter|arbre de transmission|électronique de puissance|électrotechnique
        informatique industrielle|évoluent|pneumatiques|hydrauliques|schémas électriques|anglais technique|notices
        analyser|déduire|méthodique|clients|administratives|comptes rendus""",
    (ELECTRO, "Conditions de travail"): """
        silo à grains|ligne de production|station de pompage|usine|entreprise agricole|équipe de maintenance|lourdes
        hauteur|bruit|Masque|lunettes|chaussures renforcées|gants|harnais|casque|seul ou en équipe|taille|3 × 8|24 h
        astreintes|week-end|nuit|décalés""",
    (ELECTRO, "Intégrer le marché du travail"): """
        demandé|salariés|pharmacie|plasturgie|chimie|agroalimentaire|aéronautique|navale|construction automobile
        matériel électrique|RATP|SNCF|EDF|encadrer|GMAO|nouvelles machines|méthodes de maintenance|étude""",
    (ELECTRO, "Accès au métier"): r"""
        bacheliers professionnels|BTS|chef d'équipe|titre professionnel|qualification|apprentissage|Niveau bac \+ 3""",
}


@pytest.fixture
def our_jobs(seeds: Path) -> dict[str, JobFiche]:
    return jobs(seeds)


def job_runs(fiche: JobFiche, length: int) -> set[tuple[str, ...]]:
    """Every run of `length` words of the prose, lists of diplomas apart."""
    found = set()
    for section in fiche.sections:
        if section.name in SAME:
            continue
        for block in section.text.casefold().split("\n\n"):
            for name in NAMES_IN_PROSE:
                block = block.replace(name, " name ")
            words = re.findall(r"\w+", block)
            found |= {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}
    return found


def test_files_of_jobs_are_named_by_their_ids(our_jobs: dict[str, JobFiche]) -> None:
    assert {fiche.path for fiche in our_jobs.values()} == {f"{f.id.replace(':', '-')}.md" for f in our_jobs.values()}


def test_jobs_are_those_of_a_seed(ours: dict[str, Formation], our_jobs: dict[str, JobFiche]) -> None:
    assert set(our_jobs) <= set(ours[MSPC].jobs)
    assert all(MSPC in fiche.formations for fiche in our_jobs.values())


@pytest.mark.parametrize(("title", "section"), JOB_FACTS)
def test_every_fact_of_a_job_is_told(title: str, section: str, our_jobs: dict[str, JobFiche]) -> None:
    text = our_jobs[title].value(section) or ""
    facts = [fact.strip() for line in JOB_FACTS[title, section].split("\n") for fact in line.split("|")]
    assert [fact for fact in facts if not re.search(fact, text, re.IGNORECASE)] == []


def test_structured_facts_of_jobs_are_those_of_the_originals(our_jobs: dict[str, JobFiche], job_folder: Path) -> None:
    originals = jobs(job_folder)
    for title, ours in our_jobs.items():
        original = originals[title]
        assert [section.name for section in ours.sections] == [section.name for section in original.sections]
        assert [ours.value(name) for name in (*JOB_FIELDS, *SAME)] == [
            original.value(name) for name in (*JOB_FIELDS, *SAME)
        ]
        for section in original.sections:
            expected = sorted(re.findall(r"\d+", section.text))
            assert sorted(re.findall(r"\d+", ours.value(section.name) or "")) == expected, section.name
            headings = re.findall(r"^#+ ", section.text, re.MULTILINE)
            assert re.findall(r"^#+ ", ours.value(section.name) or "", re.MULTILINE) == headings


def test_prose_of_jobs_is_our_own(our_jobs: dict[str, JobFiche], job_folder: Path) -> None:
    originals = jobs(job_folder)
    for title, ours in our_jobs.items():
        assert not job_runs(ours, 8) & job_runs(originals[title], 8)
