"""Names in messages: properties on any text, facts on the small catalogue, how often it is right on the whole one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.fiche import FIELD_SIGLE, Catalogue, Formation
from bot.catalogue.resolver import Mention, Resolver

OPTION_A = "BTS systèmes fluviaux option A navigation"
OPTION_B = "BTS systèmes fluviaux option B chantiers"
CAP = "CAP horlogerie fine"
BAC_PRO = "bac pro horlogerie fine"
FLORIST = "CAP fleuriste"
MSPC = "bac pro maintenance des systèmes de production connectés"
MICRO = "bac pro microtechniques"

# What the owner asks for; 0.979, 0.991 and 0.008 on 22 November 2026.
FIRST = 0.97
JOBS = 0.97
FALSE_LINKS = 0.01


def check_spans(text: str, mentions: list[Mention], apart: bool = True) -> None:
    past = 0
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        assert len(set(mention.formations)) == len(mention.formations)
        if apart:
            assert past <= mention.start, f"{mention.text!r} overlaps the one before"
        past = mention.end


# --- any text

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
VOCABULARY = """
CAP bac pro BTS le la du d' l' et ou option A B horlogerie fine fleuriste SFL MSPC EDC MUC DUT informatique marinière
durée métiers après niveau 2 3e ? , - / 🙂 مرحبا horlojerie archéologie parcours mayas technicien/ne zorglub
""".split()


@given(ANY_TEXT)
def test_any_text(resolver: Resolver, text: str) -> None:
    check_spans(text, resolver.resolve(text))


@given(st.lists(st.sampled_from(VOCABULARY), max_size=14).map(" ".join))
def test_any_words_of_the_catalogue(resolver: Resolver, text: str) -> None:
    check_spans(text, resolver.resolve(text), apart=False)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\t", "?" * 500, "a" * 500, "CAP " * 125, "é" * 500, "e\u0301" * 250, "🙂" * 500, "مرحبا بالعالم " * 30,
     "horlogerie fine " * 30, "\u200b", "\x00CAP\x00", "ﷺ CAP fleuriste", "ẞ ŉ ǰ", "l'" * 250],
)  # fmt: skip
def test_odd_texts(resolver: Resolver, text: str) -> None:
    check_spans(text, resolver.resolve(text))


@pytest.mark.parametrize(
    "text",
    [
        "le CAP fleuriste et le BTS SFL",
        "CAP fleuriste / MSPC / microtechniques",
        "durée du CAP horlogerie fine et du bac pro horlogerie fine",
        "durée du CAP fleuriste et du CAP astronaute",
    ],
)
def test_mentions_do_not_overlap(resolver: Resolver, text: str) -> None:
    check_spans(text, resolver.resolve(text))


def test_the_same_text_is_read_the_same_way(resolver: Resolver) -> None:
    text = "le CAP horlogerie, le bac pro, ou marinière ?"
    assert resolver.resolve(text) == resolver.resolve(text)


def test_an_empty_catalogue_knows_nothing() -> None:
    resolver = Resolver([], [])
    check_spans("durée du CAP fleuriste", mentions := resolver.resolve("durée du CAP fleuriste"))
    assert not any(mention.known for mention in mentions)
    assert resolver.near("CAP fleuriste") == ()


# --- the small catalogue


@pytest.fixture(scope="module")
def named(small: Catalogue, resolver: Resolver) -> Callable[[str], list[list[str]]]:
    """The titles of each mention with formations."""
    return lambda text: [
        [small.formations[i].title for i in mention.formations]
        for mention in resolver.resolve(text)
        if mention.formations
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("CAP fleuriste", [FLORIST]),
        ("durée du cap fleurriste svp", [FLORIST]),
        ("le CAP de fleuriste c'est dur ?", [FLORIST]),
        ("le bac pro horlogerie fine", [BAC_PRO]),
        ("un baccalauréat professionnel en horlogerie fine", [BAC_PRO]),
        ("bacpro horlogerie fine", [BAC_PRO]),
        ("horlogerie fine", [CAP, BAC_PRO]),
        ("métiers mspc", [MSPC]),
        ("MSPC", [MSPC]),
        ("maintenance systemes production connectes", [MSPC]),
        ("bac pro micro techniques", [MICRO]),
        ("bac pro microtechnique", [MICRO]),
        ("BTS SFL", [OPTION_A, OPTION_B]),
        ("bts systemes fluviaux option b", [OPTION_B]),
        ("l'option A du BTS SFL", [OPTION_A]),
        ("BTS systèmes fluviaux navigation", [OPTION_A]),
        ("BUT info", ["BUT informatique"]),
        ("DUT informatique", ["BUT informatique"]),
        ("licence archéologie parcours mayas", ["licence archéologie parcours mayas"]),
        ("BTS MUC", ["BTS management commercial opérationnel"]),
        ("l’école des canaux", ["diplôme d'ingénieur de l'école des canaux"]),
    ],
)
def test_a_formation(named: Callable[[str], list[list[str]]], text: str, titles: list[str]) -> None:
    assert [sorted(found) for found in named(text)] == [sorted(titles)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("le CAP fleuriste et MSPC", [[FLORIST], [MSPC]]),
        ("CAP fleuriste ou bac pro horlogerie fine ?", [[FLORIST], [BAC_PRO]]),
        ("MSPC, microtechniques", [[MSPC], [MICRO]]),
    ],
)
def test_several_formations(named: Callable[[str], list[list[str]]], text: str, titles: list[list[str]]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    ["bonjour", "combien de temps ça dure ?", "je suis en 3e", "j'aime bien mes profs", "mon but dans la vie",
     "le tp de physique", "merci beaucoup !", "c'est quoi la différence", "123 456", "où ça ?"],
)  # fmt: skip
def test_talk_names_nothing(resolver: Resolver, text: str) -> None:
    assert not any(mention.known for mention in resolver.resolve(text))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("devenir marinière", "marinier/ère"),
        ("le métier de marinier", "marinier/ère"),
        ("être archeologue", "archéologue"),
        ("chef de chantier fluvial", "chef/fe de chantier fluvial"),
        ("capitaine de bateau fluvial", "capitaine de bateau fluvial"),
        ("électromécanicienne", "électromécanicien/ne"),
    ],
)
def test_a_job(resolver: Resolver, text: str, label: str) -> None:
    assert [label in mention.jobs for mention in resolver.resolve(text) if mention.jobs] == [True]


def test_a_name_that_is_a_formation_and_a_job_is_one_mention_of_both(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("fleuriste")
    assert mention.formations == ("cap-fleuriste",)
    assert mention.jobs == ("fleuriste",)


def test_a_bare_type(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("et pour le bac pro ?")
    assert (mention.type, mention.words, mention.known) == ("bac pro", (), False)


@pytest.mark.parametrize("text", ["le CAP astronaute", "un BTS dragons volants"])
def test_a_type_before_unknown_words_is_an_unknown_name(resolver: Resolver, text: str) -> None:
    (mention,) = resolver.resolve(text)
    assert mention.type
    assert mention.words
    assert not mention.known


def test_the_type_counts(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("le BTS fleuriste")
    assert mention.formations == ()
    assert mention.near == ("cap-fleuriste",)


def test_nothing_is_near_by_its_type_alone(resolver: Resolver) -> None:
    assert resolver.near("BTS xyz") == ()
    assert resolver.near("un CAP") == ()


def test_near_names(resolver: Resolver) -> None:
    assert resolver.near("fleuriste decorateur")[0] == "cap-fleuriste"
    assert len(resolver.near("licence archeologie parcours", limit=3)) == 3
    assert resolver.near("xqzt wvb") == ()
    assert resolver.near_jobs("horlogier")[0] == "horloger/ère"


def resolver_of(*titles: str, sigles: Mapping[str, str] = MappingProxyType({})) -> Callable[[str], list[list[str]]]:
    """A function from a message to the titles of each formation mention, in a catalogue of `titles`."""
    formations = [
        Formation(title, title, ((FIELD_SIGLE, sigles[title]),) if title in sigles else (), (), ()) for title in titles
    ]
    resolver = Resolver(formations, ())
    return lambda text: [sorted(m.formations) for m in resolver.resolve(text) if m.formations]


@pytest.mark.parametrize("said", ["CAP boucherie", "cap bouchère", "cap boucheri"])
def test_the_family_of_a_word_after_its_type(said: str) -> None:
    assert resolver_of("CAP boucher", "CAP bouchonnier de liège", "BTS boucherie")(said) == [["CAP boucher"]]


def test_the_family_of_a_word_is_not_taken_where_the_word_itself_is_held() -> None:
    named = resolver_of("CAP cuisine", "CAP cuisinier de collectivité")
    assert named("cap cuisine") == [["CAP cuisine"]]


def test_a_cedilla_is_heard() -> None:
    assert resolver_of("CAP maçon", "CAP maroquinerie")("cap masson") == [["CAP maçon"]]


def test_a_base_stands_for_all_that_begin_with_it() -> None:
    titles = ["CS conseiller rural : élevages", "CS conseiller rural en forêts", "CS conseiller rural et agricole"]
    assert resolver_of(*titles, "CS conseiller en forêts")("cs conseiller rural") == [sorted(titles)]


def test_a_word_of_base_and_option_said_beside_the_sigle_means_the_option() -> None:
    heat, home = (
        "BTS fluides, énergies, domotique option A chaud",
        "BTS fluides, énergies, domotique option C domotique",
    )
    named = resolver_of(heat, home)
    assert named("bts fluides énergies domotique") == [[heat, home]]
    assert named("bts FED domotique") == [[home]]


def test_two_letters_are_a_sigle_after_the_type_alone() -> None:
    network = "BUT réseaux et télécommunications"
    named = resolver_of(network, "BUT chimie")
    assert named("but R&T") == [[network]]
    assert named("mon RT préféré") == []


def test_a_stated_sigle_is_no_acronym_of_the_option_of_another() -> None:
    stated, other = "diplôme de l'Institut d'études politiques de Lille", "master sport : ingénierie et physiologie"
    named = resolver_of(stated, other, sigles={stated: "IEP"})
    assert named("un IEP") == [[stated]]


def test_two_words_of_one_title_written_as_one_in_another() -> None:
    joint, apart = "licence pro animation socioculturelle", "BUT animation socio-culturelle"
    named = resolver_of(joint, apart)
    assert named("but animation socioculturelle") == [[apart]]
    assert named("licence pro animation socio-culturelle") == [[joint]]


def test_a_school_subject_is_no_formation() -> None:
    title = "master sciences économiques et sociales"
    named = resolver_of(title, "master droit")
    assert named("je suis en terminale spé maths et SES") == []
    assert named("le master SES") == [[title]]


def test_a_fiche_added_is_understood_at_once(small: Catalogue) -> None:
    from dataclasses import replace

    new = replace(small.formations["cap-fleuriste"], id="new", title="CAP dresseur de dragons", fields=())
    resolver = Resolver([*small.formations.values(), new], small.jobs.values())
    assert [m.formations for m in resolver.resolve("durée du CAP dresseur de dragon")] == [("new",)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("but informatique à Montpellier", "BUT informatique"),
        ("durée du but informatique a grenoble stp", "BUT informatique"),
        ("licence informatique Lille", "licence mention informatique"),
        ("master droit à Toulouse", "master mention droit"),
    ],
)
def test_a_town_is_no_part_of_a_name_of_another_type(
    whole: Catalogue, whole_resolver: Resolver, text: str, name: str
) -> None:
    """Schools of these towns have both words in their names, and are of another type."""
    (mention,) = whole_resolver.resolve(text)
    assert mention.formations
    assert all(whole.formations[id_].title.startswith(name) for id_ in mention.formations)


def test_a_town_in_a_name_still_counts(whole: Catalogue, whole_resolver: Resolver) -> None:
    (mention,) = whole_resolver.resolve("diplôme d'ingénieur informatique Montpellier")
    assert all("Montpellier" in whole.formations[id_].title for id_ in mention.formations)


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("prof de sport il faut quel diplôme", ("professeur/e de sport",)),
        ("le salaire d'un prof des écoles", ("professeur/e des écoles",)),
        ("mon prof de sport m'a parlé de vous", ()),
        ("comment devenir prof de karaoké", ()),
    ],
)
def test_to_teach_is_a_job_and_ones_teacher_is_none(
    whole_with_jobs: Catalogue, text: str, jobs: tuple[str, ...]
) -> None:
    known = whole_with_jobs
    resolver = Resolver(known.formations.values(), known.jobs.values(), job_fiches=known.job_fiches)
    assert tuple(label for mention in resolver.resolve(text) for label in mention.jobs) == jobs


# --- the measurement


@dataclass(frozen=True)
class Phrase:
    """One line of mentions.jsonl: titles or labels expected, of `kind` "formation", "job" or "none"."""

    text: str
    expect: list[str]
    kind: str
    noise: str


@pytest.fixture(scope="module")
def measured(whole: Catalogue, whole_resolver: Resolver) -> dict[str, list[tuple[Phrase, bool]]]:
    """Each phrase of mentions.jsonl with whether it was read right, by kind."""
    ids = {formation.title: formation.id for formation in whole.formations.values()}
    results: dict[str, list[tuple[Phrase, bool]]] = {"formation": [], "job": [], "none": []}
    lines = Path(__file__).with_name("mentions.jsonl").read_text(encoding="utf-8").splitlines()
    for phrase in (Phrase(**json.loads(line)) for line in lines):
        mentions = whole_resolver.resolve(phrase.text)
        named = [mention for mention in mentions if mention.formations]
        if phrase.kind == "formation":
            expected = {ids[title] for title in phrase.expect}
            found = set(named[0].formations) if len(named) == 1 else set()
            right = found == expected or (len(expected) > 1 and found >= expected and len(found) <= 2 * len(expected))
        elif phrase.kind == "job":
            right = set(phrase.expect) <= {label for mention in mentions for label in mention.jobs}
        else:
            right = not any(mention.known for mention in mentions)
        results[phrase.kind].append((phrase, right))
    return results


@pytest.mark.parametrize("text", ["CAP fleuriste " * 35, "CAP fleuriste, thermicien, MSPC, " * 15])
def test_what_is_named_over_and_over_is_ranked_once(text: str, small: Catalogue) -> None:
    resolver = Resolver(small.formations.values(), small.jobs.values())
    assert 0 < len(resolver.resolve(text[:500])) <= 8
    ranked = resolver._ranking.cache_info()
    assert ranked.misses <= 12


def share(results: list[tuple[Phrase, bool]]) -> float:
    return sum(right for _, right in results) / len(results)


def wrong(results: list[tuple[Phrase, bool]]) -> str:
    return "\n".join(f"{phrase.noise}: {phrase.text!r}" for phrase, right in results if not right)


def test_formations_are_found(measured: dict[str, list[tuple[Phrase, bool]]]) -> None:
    print(f"\nformations found first: {share(measured['formation']):.3f} of {len(measured['formation'])}")
    assert share(measured["formation"]) >= FIRST, wrong(measured["formation"])


def test_jobs_are_found(measured: dict[str, list[tuple[Phrase, bool]]]) -> None:
    print(f"\njobs found: {share(measured['job']):.3f} of {len(measured['job'])}")
    assert share(measured["job"]) >= JOBS, wrong(measured["job"])


def test_nothing_is_found_where_nothing_is_named(measured: dict[str, list[tuple[Phrase, bool]]]) -> None:
    false_links = 1 - share(measured["none"])
    print(f"\nfalse links: {false_links:.3f} of {len(measured['none'])}")
    assert false_links <= FALSE_LINKS, wrong(measured["none"])


@pytest.mark.parametrize("text", ["é la durée", "t y crois", "c la seconde"])
def test_a_letter_is_no_name(text: str, whole_resolver: Resolver) -> None:
    assert whole_resolver.resolve(text) == []


def test_a_letter_begins_a_name_that_has_it(whole_resolver: Resolver) -> None:
    assert whole_resolver.resolve("responsable e-commerce")[0].jobs


@pytest.mark.parametrize("text", ["le master suffit", "le CAP dont on parlait"])
def test_a_type_before_a_common_word_is_a_type_alone(text: str, whole_resolver: Resolver) -> None:
    (mention,) = whole_resolver.resolve(text)
    assert (mention.type is not None, mention.words) == (True, ())
