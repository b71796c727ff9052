"""A small catalogue in memory, the resolver over it and the wording of domain.yml, built once for all unit tests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
import tomli
import yaml
from hypothesis import settings

from bot.catalogue.fiche import Catalogue, Formation, Job, Source
from bot.catalogue.inflection import inflect
from bot.catalogue.job_fiche import JobFiche
from bot.catalogue.job_parser import describes_job, parse_job
from bot.catalogue.parser import parse_formation
from bot.catalogue.resolver import Resolver
from bot.wording import Wording
from bot.world import World

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


def _catalogue(
    formations: Iterable[Formation], source: Source | None, job_fiches: Iterable[JobFiche] = ()
) -> Catalogue:
    by_id = {f.id: f for f in sorted(formations, key=lambda f: f.id)}
    by_label = {fiche.title: fiche for fiche in sorted(job_fiches, key=lambda f: f.id)}
    users: defaultdict[str, list[str]] = defaultdict(list)
    for formation in by_id.values():
        for label in formation.jobs:
            users[label].append(formation.id)
    labels = sorted({*users, *by_label})
    jobs = {label: Job(label, *inflect(label), tuple(users[label])) for label in labels}
    return Catalogue(by_id, jobs, source, "test", job_fiches=by_label)


def _job(title: str, other_names: Iterable[str] = (), formations: Iterable[str] = (), **parts: str) -> str:
    """The text of a job fiche; `parts` by their first word in lower case."""
    masculine, feminine = inflect(title)
    sections = {
        "presentation": "Présentation",
        "resume": "En bref",
        "nature": "Nature du travail",
        "competences": "Compétences requises",
        "conditions": "Conditions de travail",
        "salaire": "Salaire",
        "marche": "Intégrer le marché du travail",
        "acces": "Accès au métier",
    }
    lines = [
        f"# {title}",
        "**ID:** MET.1",
        "",
        "**Appellations:**",
        f"- Féminin: {feminine}",
        f"- Masculin: {masculine}",
    ]
    names = [f"### {name}" for name in other_names]
    lines += ["", "## Autres appellations", "", *names] if names else []
    for key, text in parts.items():
        if key in sections:
            lines += ["", f"## {sections[key]}", "", text]
    lines += ["", f"**Niveau d'accès minimum:** {parts['niveau']}"] if "niveau" in parts else []
    lines += ["", "## Formations recommandées", "", *(f"- {title} (ID: FOR.1)" for title in formations)]
    lines += ["", "**Statuts possibles:**", *(f"- {status}" for status in parts.get("statuts", "salarié").split("|"))]
    if "gouts" in parts:
        lines += ["", "## Centres d'intérêt", "", *(f"- {taste}" for taste in parts["gouts"].split("|"))]
    return "\n".join(lines) + "\n"


_PARTS_OF_WORK = """### Sur l'eau
            Le marinier vit à bord. Il manœuvre le bateau aux écluses. Il part souvent plusieurs semaines de suite.

            ### Des horaires longs
            On navigue de jour, parfois la nuit. Le dimanche, les écluses ferment plus tôt. On a ses congés l'hiver.

            ### Seul ou à deux
            Un convoi se conduit à deux. Les autres jours, le marinier est seul avec son moteur et ses cordages.

            ### Par tous les temps
            Il faut sortir par tous les temps : pluie, vent et gel ne l'arrêtent pas. En hiver, les canaux gèlent.
            Le bateau attend. L'été, il fait chaud dans la salle des machines. L'eau est
            partout. Le bruit du moteur ne s'arrête pas. Il faut savoir réparer une pompe, repeindre une coque, tenir
            un livre de bord, cuisiner dans un mètre carré. Les mains sont souvent grasses."""

# Invented too, of the jobs of the fiches above.
_JOB_TEXTS = [
    # All sections, one of them long; an other name; one formation of it has a fiche, one has none.
    _job(
        "marinier/ère",
        ["batelier/ière", "pilote de convoi"],
        ["titre professionnel conducteur de péniche", "CAP navigation"],
        presentation="Le marinier conduit des péniches sur les canaux et les fleuves.",
        resume="Il charge du sable ou du blé, et le livre plus loin.\n\n            ### Durée des études\n"
        "            ## Après la 3e\n            2 ans pour un CAP.",
        competences="### De la patience\n            Une écluse s'attend.",
        conditions=_PARTS_OF_WORK,
        salaire="### Salaire du débutant\n            A partir de 1850 euros brut par mois<br/>A partir de 2100 euros"
        " brut par mois, sur le Rhin",
        marche="### On embauche\n            Les bras manquent.",
        acces="Un CAP suffit pour commencer.",
        niveau="CAP ou équivalent",
        statuts="salarié|artisan",
        gouts="j'aime bouger|j'aimerais travailler dehors",
    ),
    # The same pay and level as the one before, and nothing else; a title that is a formation's too.
    _job("fleuriste", presentation="Le fleuriste compose des bouquets.", niveau="CAP ou équivalent", statuts="artisan"),
    # A word that opens three names and is none itself; a name that begins as another.
    *(
        _job(f"{name}", presentation=f"On y répare {what}.", salaire=f"{pay} euros brut par mois")
        for name, what, pay in (
            ("horloger/ère", "des montres", "1900"),
            ("horloger/ère de tour", "des clochers", "2000"),
            ("calfat/e de barques", "des barques", "1900"),
            ("calfat/e de pontons", "des pontons", "2000"),
            ("calfat/e en marine", "des coques", "2000"),
        )
    ),
    # No formation lists it; those it advises have a fiche or not.
    _job("gardien/ne de phare", (), ["BTS systèmes fluviaux option B chantiers", "CAP phare"], niveau="sans diplôme"),
    _job("agent/e des vagues", acces="Sur la plage, en regardant les autres."),
]


@pytest.fixture(scope="session")
def fiche_texts(seeds: Path) -> dict[str, str]:
    """The texts of the small catalogue by the names of their files: a dozen invented formations and the seeds'."""
    texts = {f"{number:02}.md": text for number, text in enumerate(_TEXTS)}
    ours = {path.name: path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.md"))}
    return texts | {name: text for name, text in ours.items() if not describes_job(text)}


@pytest.fixture(scope="session")
def source(seeds: Path) -> Source:
    """The source of the seeds."""
    return Source(**tomli.loads((seeds / "source.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def small(fiche_texts: dict[str, str], source: Source) -> Catalogue:
    """The small catalogue."""
    return _catalogue((parse_formation(text, name) for name, text in fiche_texts.items()), source)


@pytest.fixture(scope="session")
def one(small: Catalogue) -> Callable[[str], Formation]:
    """The formation of a title of the small catalogue."""
    return {formation.title: formation for formation in small.formations.values()}.__getitem__


@pytest.fixture(scope="session")
def knowledge(small: Catalogue) -> World:
    """The small catalogue with its resolver."""
    return World(small, Resolver(small.formations.values(), small.jobs.values()), "https://exemple.fr/?q={query}")


@pytest.fixture(scope="session")
def resolver(knowledge: World) -> Resolver:
    """The resolver over the small catalogue."""
    return knowledge.resolver


@pytest.fixture(scope="session")
def job_texts() -> dict[str, str]:
    """The texts of some invented job fiches by the names of their files."""
    return {f"job-{number}.md": text for number, text in enumerate(_JOB_TEXTS)}


@pytest.fixture(scope="session")
def small_with_jobs(small: Catalogue, source: Source, job_texts: dict[str, str]) -> Catalogue:
    """The small catalogue and the invented job fiches."""
    return _catalogue(small.formations.values(), source, (parse_job(text, name) for name, text in job_texts.items()))


@pytest.fixture(scope="session")
def knowledge_of_jobs(small_with_jobs: Catalogue) -> World:
    """The small catalogue with job fiches and its resolver."""
    catalogue = small_with_jobs
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), {}, catalogue.job_fiches)
    return World(catalogue, resolver, "https://exemple.fr/?q={query}")


@pytest.fixture(scope="session")
def whole(catalogue_folder: Path, source: Source) -> Catalogue:
    """The whole catalogue of Onisep; skips where it is not at hand."""
    files = sorted(catalogue_folder.rglob("*.md"))
    return _catalogue(
        (parse_formation(path.read_text(encoding="utf-8"), str(path.relative_to(catalogue_folder))) for path in files),
        source,
    )


@pytest.fixture(scope="session")
def whole_with_jobs(whole: Catalogue, job_folder: Path) -> Catalogue:
    """The whole catalogue of Onisep with its job fiches."""
    texts = ((path.name, path.read_text(encoding="utf-8")) for path in sorted(job_folder.iterdir()))
    return _catalogue(whole.formations.values(), whole.source, (parse_job(text, name) for name, text in texts))


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
