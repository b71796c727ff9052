"""A small catalogue in memory, the resolver over it and the wording of domain.yml, built once for all unit tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import tomli
import yaml
from hypothesis import settings

from bot.catalogue.fiche import Catalogue, Formation, Job, Source
from bot.catalogue.inflection import inflect
from bot.catalogue.parser import parse_formation
from bot.catalogue.resolver import Resolver
from bot.dialogue import Knowledge
from bot.wording import Wording

# The first message reads the word lists, in a second: no example has a deadline.
settings.register_profile("unit", deadline=None, max_examples=40, derandomize=True)
settings.load_profile("unit")

ROOT = Path(__file__).resolve().parent.parent.parent


def _fiche(title: str, fields: Mapping[str, str], jobs: Iterable[str] = (), **sections: str) -> str:
    """The text of a fiche; `sections` by their first word in lower case."""
    names = {
        "description": "Description",
        "acces": "Accès",
        "poursuite": "Poursuite d'études",
        "attendus": "Attendus",
    }
    lines = [f"# {title}", "", "## Informations générales", ""]
    lines += [f"**{name}:** {value}" for name, value in fields.items()]
    for key, text in sections.items():
        lines += ["", f"## {names[key]}", "", text]
    if jobs:
        lines += ["", "## Métiers associés", "", *(f"- {label}" for label in jobs)]
    return "\n".join(lines) + "\n"


def _facts(duration: str, level: int, kind: str, code: str = "", sigle: str = "", link: str = "") -> dict[str, str]:
    facts = {
        "Code scolarité": code,
        "Sigle": sigle,
        "Durée": duration,
        "Niveau de certification": f"niveau {level}",
        "Type": kind,
        "Lien": f"[{link}]({link})" if link else "",
    }
    return {name: value for name, value in facts.items() if value}


_BTS = "brevet de technicien supérieur"
_CAP = "certificat d'aptitude professionnelle"
_LONG = "\n\n".join(
    f"            Le module {n} porte sur les écluses de la série {n}. Il se termine par une étude de cas sur un canal."
    for n in range(1, 31)
)

# Invented, but as Onisep writes them. What each one is here for is said beside it.
_TEXTS = [
    # The same name in two types; the CAP is silent on description and further study.
    _fiche(
        "CAP horlogerie fine",
        _facts("2 ans", 3, _CAP, "50025101", link="https://exemple.fr/cap_horlogerie_fine.html"),
        ["horloger/ère", "réparateur/trice d'horloges"],
        acces="Ce CAP se prépare en 2 ans après la 3e, ou en 1 an avec un autre CAP.",
    ),
    _fiche(
        "bac pro horlogerie fine",
        _facts("3 ans", 4, "baccalauréat professionnel", "40025102", link="https://exemple.fr/bac-pro-horlogerie"),
        ["horloger/ère", "technicien/ne des mouvements", "chef/fe d'atelier d'horlogerie"],
        description="On apprend à monter et à régler des mouvements mécaniques.",
        acces="Après la 3e ou après le CAP horlogerie fine.",
        poursuite="Un BTS est possible avec un bon dossier.",
    ),
    # Two options of one sigle: same duration, different access; marks of Markdown in a code.
    _fiche(
        "BTS systèmes fluviaux option A navigation",
        _facts("2 ans", 5, _BTS, "32_025*A", "SFL", "https://exemple.fr/sfl-a"),
        ["marinier/ère", "capitaine de bateau fluvial"],
        description="L'option A forme à conduire des convois sur les canaux.",
        acces="Avec un bac pro transport fluvial ou un bac techno.",
    ),
    _fiche(
        "BTS systèmes fluviaux option B chantiers",
        _facts("2 ans", 5, _BTS, "32025B", "SFL", "https://exemple.fr/sfl-b"),
        ["chef/fe de chantier fluvial"],
        description="L'option B forme à entretenir les écluses et les berges.",
        acces="Avec un bac général, scientifique de préférence.",
    ),
    # What old names lead to (BTS MUC, DUT informatique); more jobs than are shown; expectations.
    _fiche(
        "BTS management commercial opérationnel",
        _facts("2 ans", 5, _BTS, "32031213", "MCO", "https://exemple.fr/mco"),
        ["chef/fe de rayon", "vendeur/euse-conseil"],
        acces="Avec un bac, sur dossier.",
        poursuite="La licence professionnelle est possible.",
    ),
    _fiche(
        "BUT informatique",
        _facts("3 ans", 6, "bachelor universitaire de technologie", link="https://exemple.fr/but-info"),
        [f"développeur/euse de logiciels {letter}" for letter in "abcdefghijklmnopq"],
        acces="Après un bac général ou technologique, sur Parcoursup.",
        attendus="- Aimer résoudre des problèmes\n- Savoir travailler en équipe",
    ),
    _fiche(
        "licence droit",
        _facts("3 ans", 6, "licence"),
        attendus="Savoir lire et résumer des textes longs.",
        poursuite="Le master est la suite la plus courante.",
    ),
    # A title that is also a job.
    _fiche(
        "CAP fleuriste",
        _facts("2 ans", 3, _CAP, "50031201", link="https://exemple.fr/fleuriste"),
        ["fleuriste"],
        acces="Après la 3e, en lycée ou en apprentissage.",
        description="On apprend à composer des bouquets.",
    ),
    # Nothing but its title and its duration.
    _fiche("CS art floral de scène", {"Durée": "1 an"}),
    # One sigle, two schools; no code, no link; a text longer than what is shown.
    _fiche(
        "diplôme d'ingénieur de l'école des canaux",
        _facts("5 ans", 7, "diplôme d'ingénieur", sigle="EDC"),
        ["ingénieur/e des voies navigables", "chef/fe de chantier fluvial"],
        description=_LONG.strip(),
        acces="Après une classe préparatoire, sur concours.",
    ),
    _fiche(
        "diplôme d'ingénieur de l'école du chauffage",
        _facts("3 ans", 7, "diplôme d'ingénieur", sigle="EDC"),
        ["ingénieur/e thermicien/ne"],
        acces="Avec un BTS ou un BUT, sur dossier.",
    ),
    # A duration that is not in years.
    _fiche(
        "titre professionnel conducteur de péniche",
        _facts("7 mois", 3, "titre professionnel", "TP-7"),
        ["marinier/ère"],
        acces="Sans diplôme, avec un projet validé.",
    ),
    # More parcours than a question offers as choices.
    *(
        _fiche(
            f"licence archéologie parcours {place}",
            _facts("3 ans", 6, "licence"),
            ["archéologue"],
            acces=f"Avec un bac ; des notions sur {place} sont utiles.",
        )
        for place in ("celtes", "étrusques", "gaulois", "mayas", "phéniciens", "vikings")
    ),
]


def _catalogue(formations: Iterable[Formation], source: Source | None) -> Catalogue:
    by_id = {f.id: f for f in sorted(formations, key=lambda f: f.id)}
    users: defaultdict[str, list[str]] = defaultdict(list)
    for formation in by_id.values():
        for label in formation.jobs:
            users[label].append(formation.id)
    jobs = {label: Job(label, *inflect(label), tuple(users[label])) for label in sorted(users)}
    return Catalogue(by_id, jobs, source, "test")


@pytest.fixture(scope="session")
def fiche_texts(seeds: Path) -> dict[str, str]:
    """The texts of the small catalogue by the names of their files: a dozen invented fiches and the seeds."""
    texts = {f"{number:02}.md": text for number, text in enumerate(_TEXTS)}
    return texts | {path.name: path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.md"))}


@pytest.fixture(scope="session")
def source(seeds: Path) -> Source:
    """The source of the seeds."""
    return Source(**tomli.loads((seeds / "source.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def small(fiche_texts: dict[str, str], source: Source) -> Catalogue:
    """The small catalogue."""
    return _catalogue((parse_formation(text, name) for name, text in fiche_texts.items()), source)


@pytest.fixture(scope="session")
def knowledge(small: Catalogue) -> Knowledge:
    """The small catalogue with its resolver."""
    return Knowledge(small, Resolver(small.formations.values(), small.jobs.values()), "https://exemple.fr/?q={query}")


@pytest.fixture(scope="session")
def resolver(knowledge: Knowledge) -> Resolver:
    """The resolver over the small catalogue."""
    return knowledge.resolver


@pytest.fixture(scope="session")
def whole(catalogue_folder: Path, source: Source) -> Catalogue:
    """The whole catalogue of Onisep; skips where it is not at hand."""
    files = sorted(catalogue_folder.rglob("*.md"))
    return _catalogue(
        (parse_formation(path.read_text(encoding="utf-8"), str(path.relative_to(catalogue_folder))) for path in files),
        source,
    )


@pytest.fixture(scope="session")
def whole_resolver(whole: Catalogue) -> Resolver:
    """The resolver over the whole catalogue."""
    return Resolver(whole.formations.values(), whole.jobs.values())


@pytest.fixture(scope="session")
def domain() -> dict[str, object]:
    """domain.yml."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, object] = yaml.load((ROOT / "domain.yml").read_text(encoding="utf-8"), loader)
    return data


@pytest.fixture(scope="session")
def responses(domain: dict[str, object]) -> dict[str, list[dict[str, str]]]:
    """The responses of domain.yml."""
    return domain["responses"]  # type: ignore[return-value]


@pytest.fixture(scope="session")
def wording(responses: dict[str, list[dict[str, str]]]) -> Wording:
    """What words the replies."""
    return Wording(responses)
