"""A small catalogue of invented fiches for guidance: jobs with real interests, and the formations that lead there."""

from __future__ import annotations

from pathlib import Path

ANIMALS, OUTSIDE, MOVING = "je veux m'occuper d'animaux", "j'aimerais travailler dehors", "j'aime bouger"
HANDS, CARE, TRADE = (
    "je veux travailler de mes mains",
    "ma vocation est de soigner",
    "je veux travailler dans le commerce",
)
FIGURES, DIGITAL, REPAIRING = (
    "j'aime jongler avec les chiffres",
    "je suis accro au numérique",
    "réparer, bricoler, j'adore ça",
)
CHILDREN, USEFUL = "je veux m'occuper d'enfants", "je veux être utile aux autres"


def job_text(
    label: str, level: str, interests: tuple[str, ...], formations: tuple[str, ...] = (), conditions: str = ""
) -> str:
    """The text of a job fiche."""
    lines = [f"# {label}", f"**ID:** MET.{len(label)}", "", "**Appellations:**", f"- Féminin: {label}"]
    lines += [f"- Masculin: {label}", "", "## Présentation", "", f"Le travail de {label}."]
    lines += ["", "## Conditions de travail", "", conditions] if conditions else []
    lines += ["", f"**Niveau d'accès minimum:** {level}", "", "## Formations recommandées", ""]
    lines += [f"- {title} (ID: FOR.1)" for title in formations]
    return "\n".join([*lines, "", "## Centres d'intérêt", "", *(f"- {i}" for i in interests)]) + "\n"


def formation_text(
    title: str, years: int, level: int, access: str = "", then: str = "", jobs: tuple[str, ...] = ()
) -> str:
    """The text of a formation fiche."""
    lines = [f"# {title}", "", "## Informations générales", "", f"**Durée:** {years} ans"]
    lines += [f"**Niveau de certification:** niveau {level}"]
    lines += ["", "## Accès", "", access] if access else []
    lines += ["", "## Poursuite d'études", "", then] if then else []
    lines += ["", "## Métiers associés", "", *(f"- {job}" for job in jobs)] if jobs else []
    return "\n".join(lines) + "\n"


FORMATIONS = [
    formation_text("CAP écluses", 2, 3, "Ce CAP se prépare en 2 ans après la 3e, aussi en apprentissage."),
    formation_text("bac pro écluses", 3, 4, "Ce bac pro se prépare en 3 ans après la classe de 3e."),
    formation_text("BTS canaux", 2, 5, "Accessible avec un bac professionnel écluses ou un bac STI2D."),
    formation_text("master rivières", 2, 7, jobs=("hydrologue",)),
    formation_text("CAP basse-cour", 2, 3, "Accessible après la 3e.", jobs=("éleveur",)),
    formation_text("CAP toilettage félin", 2, 3, "Accessible après la 3e.", jobs=("toiletteur",)),
    formation_text("bac pro crèches", 3, 4, "Après la 3e, à l'école ou en apprentissage.", jobs=("puériculteur",)),
    formation_text("BTS registres", 2, 5, "Accessible avec un bac STMG ou un bac général.", jobs=("registraire",)),
    formation_text("BTS logiciels embarqués", 2, 5, "Accessible avec un bac STI2D.", jobs=("codeur",)),
]
JOBS = [
    job_text("éclusier", "CAP ou équivalent", (OUTSIDE, HANDS), ("CAP écluses", "bac pro écluses")),
    job_text("chef de canal", "bac + 2", (OUTSIDE, MOVING), ("BTS canaux",)),
    job_text("hydrologue", "bac + 5", (OUTSIDE,), ("master rivières",), "Il travaille surtout dans un bureau."),
    job_text("éleveur", "CAP ou équivalent", (OUTSIDE, ANIMALS)),
    job_text("toiletteur", "CAP ou équivalent", (ANIMALS, TRADE)),
    job_text("soigneur", "CAP ou équivalent", (ANIMALS, CARE)),
    job_text("puériculteur", "bac ou équivalent", (CHILDREN, CARE, USEFUL)),
    job_text("registraire", "bac + 2", (FIGURES,), (), "Le travail se fait dans un bureau."),
    job_text("codeur", "bac + 2", (DIGITAL, FIGURES), (), "Devant un ordinateur, dans un bureau."),
    job_text("dépanneur", "CAP ou équivalent", (REPAIRING, MOVING), (), "Il est appelé la nuit."),
    job_text("mécanicien", "CAP ou équivalent", (REPAIRING, HANDS)),
    job_text("épicier", "CAP ou équivalent", (TRADE, USEFUL), (), "Il travaille le dimanche."),
]


def write_world(folder: Path) -> Path:
    """Write the fiches into `folder`, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, texts in (("formation", FORMATIONS), ("job", JOBS)):
        for number, text in enumerate(texts):
            (folder / f"{kind}_{number:02}.md").write_text(text, encoding="utf-8")
    return folder
