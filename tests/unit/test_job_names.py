"""Names of jobs that no mention finds: begun by a word of talk, opened by a first word, unknown and alike."""

from __future__ import annotations

import pytest
from guidance_world import formation_text, job_text
from test_guidance import catalogue_of

from bot.catalogue.fiche import Catalogue, Facet, Outcome
from bot.catalogue.job_names import JobHeads
from bot.catalogue.job_parser import parse_job
from bot.catalogue.lexicon import lexicon
from bot.catalogue.resolver import Resolver
from bot.dialogue.state import State
from bot.world import World
from tests.unit.talking import read, turn

TEACHER, FITTER, WIRER, LIFTS = (
    "professeur/e des écoles",
    "monteur/euse en réseaux",
    "monteur/euse-câbleur/euse",
    "ascensoriste",
)
LABELS = (TEACHER, FITTER, WIRER, LIFTS, "plombier/ère", "horloger/ère")


def lift_fiche() -> str:
    text = job_text(LIFTS, "bac ou équivalent", ("j'aime bouger",))
    return text.replace("## Présentation", "## Autres appellations\n\n### monteur/euse d'ascenseurs\n\n## Présentation")


@pytest.fixture(scope="module")
def known() -> World:
    texts = {label: job_text(label, "bac ou équivalent", ("j'aime bouger",)) for label in LABELS if label != LIFTS}
    formations = {"a.md": formation_text("CAP cuisine des îles", 2, 3, "Après la 3e.")}
    catalogue = catalogue_of(formations, {**{f"{n}.md": t for n, t in enumerate(texts.values())}, "l.md": lift_fiche()})
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), {}, catalogue.job_fiches)
    return World(catalogue, resolver)


def asked(known: World, text: str, facet: Facet, *unseen: str) -> tuple[str, set[str]]:
    (reply,), _ = turn(read(text, "inform", known, (facet,), unseen), State(), known)
    return reply.outcome.value, set(reply.jobs)


def test_a_whole_name_at_the_beginning() -> None:
    heads = JobHeads(LABELS)
    assert heads.begun_by("professeur des écoles, svp") == (TEACHER, len("professeur des écoles"))
    assert heads.begun_by("une professeure des ecoles")[0] == TEACHER
    assert heads.begun_by("professeur de piano") == ("", 0)
    assert heads.begun_by("plombier") == ("", 0), "one word alone is found as a mention or not at all"
    assert heads.begun_by("") == ("", 0)


def test_a_first_word_opens_names() -> None:
    heads = JobHeads(LABELS, [parse_job(lift_fiche(), "l.md")])
    assert heads.opened("monteuse : salaire ?") == ("monteuse", (FITTER, WIRER), 0)
    assert heads.opened("monteur d'ascenseurs") == ("monteur", (LIFTS,), 1), "another name that holds more"
    assert heads.opened("prof des écoles")[1] == (TEACHER,)
    assert heads.opened("xylophone") == ("", (), 0)


def test_what_to_become_may_be_named_by_words_of_talk(known: World) -> None:
    assert asked(known, "comment devenir professeur des écoles ?", Facet.JOB_LEVEL) == ("answered", {TEACHER})
    beside = asked(
        known, "j'ai un CAP cuisine des îles, quel niveau pour devenir professeur des écoles", Facet.JOB_LEVEL
    )
    assert beside == ("answered", {TEACHER})


def test_a_word_that_opens_several_asks_which(known: World) -> None:
    assert asked(known, "monteuse : le niveau ?", Facet.JOB_LEVEL, "monteuse")[0] in {"ambiguous", "answered"}
    assert asked(known, "le niveau du métier de monteur ?", Facet.JOB_LEVEL, "niveaux") != ("unknown", set())


def test_all_that_is_said_may_be_another_name(known: World) -> None:
    assert asked(known, "quel niveau pour être monteur d'ascenseurs", Facet.JOB_LEVEL, "monteur") == (
        "answered",
        {LIFTS},
    )


def test_a_real_word_is_no_misspelt_one(known: World) -> None:
    assert known.resolver.near_jobs("horlogier") == ("horloger/ère",)
    assert known.resolver.near_jobs("plonbier") == ("plombier/ère",)
    assert known.resolver.near_jobs("pompier") == ()
    reading = read("un pompier gagne combien", "inform", known, (Facet.JOB_SALARY,), ("pompier",))
    (reply,), _ = turn(reading, State(), known)
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.choices == ()


def test_a_job_to_become_is_no_aside_beside_a_diploma(known: World) -> None:
    (first, *_) = known.resolver.resolve("comment devenir plombière après un bac zumba")
    assert first.jobs == ("plombier/ère",)


@pytest.fixture(scope="module")
def of_all(whole_with_jobs: Catalogue) -> Resolver:
    known = whole_with_jobs
    return Resolver(known.formations.values(), known.jobs.values(), job_fiches=known.job_fiches)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("comment devenir flic ?", "gardien/ne de la paix"),
        ("ça gagne combien une nounou", "assistant/e maternel/le"),
        ("jveux etre prof de maths", "professeur/e de collège et de lycée"),
        ("comment on devient instit", "professeur/e des écoles"),
        ("devenir serveuse", "serveur/euse en restauration (restaurant, café-bar-brasserie)"),
    ],
)
def test_jobs_are_known_by_what_people_call_them(of_all: Resolver, text: str, label: str) -> None:
    (mention,) = of_all.resolve(text)
    assert mention.jobs == (label,)


def test_each_popular_name_is_a_name_of_its_own(of_all: Resolver, whole_with_jobs: Catalogue) -> None:
    """None stands for two jobs, and each is found as it is written."""
    wrong = [
        name
        for label, names in lexicon().popular_jobs.items()
        for name in names
        if label in whole_with_jobs.jobs and not any(m.jobs == (label,) for m in of_all.resolve(f"devenir {name}"))
    ]
    assert not wrong


def test_a_job_named_whole_is_not_another_that_begins_alike(whole_with_jobs: Catalogue, of_all: Resolver) -> None:
    """A baker's pay is not that of the pastry cook, who is also called "boulanger-pâtissier"."""
    text = "boulanger ou pâtissier, lequel est le mieux payé"
    world = World(whole_with_jobs, of_all)
    replies, _ = turn(read(text, "ask_job_salary", world), State(), world)
    assert [(reply.outcome, reply.jobs) for reply in replies] == [
        (Outcome.ANSWERED, ("pâtissier/ère",)),
        (Outcome.NOT_IN_FICHE, ("boulanger/ère",)),
    ]
