"""Names of jobs that no mention finds: begun by a word of talk, opened by a first word, unknown and alike."""

from __future__ import annotations

import pytest
from guidance_world import formation_text, job_text
from test_guidance import catalogue_of

from bot.catalogue.fiche import Facet, Outcome
from bot.catalogue.job_names import JobHeads
from bot.catalogue.job_parser import parse_job
from bot.catalogue.resolver import Resolver
from bot.dialogue import Knowledge, State, decide
from bot.reading import Reading

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
def known() -> Knowledge:
    texts = {label: job_text(label, "bac ou équivalent", ("j'aime bouger",)) for label in LABELS if label != LIFTS}
    formations = {"a.md": formation_text("CAP cuisine des îles", 2, 3, "Après la 3e.")}
    catalogue = catalogue_of(formations, {**{f"{n}.md": t for n, t in enumerate(texts.values())}, "l.md": lift_fiche()})
    resolver = Resolver(catalogue.formations.values(), catalogue.jobs.values(), {}, catalogue.job_fiches)
    return Knowledge(catalogue, resolver)


def asked(known: Knowledge, text: str, facet: Facet, *unseen: str) -> tuple[str, set[str]]:
    reading = Reading(text, "inform", 1.0, (facet,), tuple(known.resolver.resolve(text)), unseen)
    (reply,), _ = decide(reading, State(), known)
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


def test_what_to_become_may_be_named_by_words_of_talk(known: Knowledge) -> None:
    assert asked(known, "comment devenir professeur des écoles ?", Facet.JOB_LEVEL) == ("answered", {TEACHER})
    beside = asked(
        known, "j'ai un CAP cuisine des îles, quel niveau pour devenir professeur des écoles", Facet.JOB_LEVEL
    )
    assert beside == ("answered", {TEACHER})


def test_a_word_that_opens_several_asks_which(known: Knowledge) -> None:
    assert asked(known, "monteuse : le niveau ?", Facet.JOB_LEVEL, "monteuse")[0] in {"ambiguous", "answered"}
    assert asked(known, "le niveau du métier de monteur ?", Facet.JOB_LEVEL, "niveaux") != ("unknown", set())


def test_all_that_is_said_may_be_another_name(known: Knowledge) -> None:
    assert asked(known, "quel niveau pour être monteur d'ascenseurs", Facet.JOB_LEVEL, "monteur") == (
        "answered",
        {LIFTS},
    )


def test_a_real_word_is_no_misspelt_one(known: Knowledge) -> None:
    assert known.resolver.near_jobs("horlogier") == ("horloger/ère",)
    assert known.resolver.near_jobs("plonbier") == ("plombier/ère",)
    assert known.resolver.near_jobs("pompier") == ()
    (reply,), _ = decide(
        Reading("un pompier gagne combien", "inform", 1.0, (Facet.JOB_SALARY,), (), ("pompier",)), State(), known
    )
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.choices == ()


def test_a_job_to_become_is_no_aside_beside_a_diploma(known: Knowledge) -> None:
    (first, *_) = known.resolver.resolve("comment devenir plombière après un bac zumba")
    assert first.jobs == ("plombier/ère",)
