"""The facets that a message asks, by the trained model alone: names are masked as annotated, no resolver's faults."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bot.catalogue.fiche import Facet
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask, plain
from bot.nlu.intent_model import joined
from bot.nlu.understanding import Understanding
from bot.settings import ROOT

HELDOUT = ROOT / "tests" / "nlu"
# Floors under what docs/nlu.md says was reached.
LEAST_FACETS_F1 = 0.95
LEAST_FRESH = 0.90
LEAST_OUTSIDE = 0.88
MOST_REJECTED = 0.03
LEAST_DISTRESS = 0.95
# Intents that the dialogue turns down, and what was not understood.
OUTSIDE = frozenset({"out_of_scope", "nlu_fallback", "ask_place", "ask_dates", "ask_fees", "ask_salary", "ask_chances"})

# A facet -> how people ask for it in a word or two.
IN_A_WORD = {
    Facet.ACCESS: ("accès", "conditions d'admission"),
    Facet.DURATION: ("durée", "combien de temps"),
    Facet.JOBS: ("débouchés", "métiers"),
    Facet.FURTHER_STUDY: ("poursuites d'études", "quelles études après"),
    Facet.DESCRIPTION: ("contenu", "programme"),
    Facet.LEVEL: ("niveau", "quel niveau"),
    Facet.TYPE: ("type de diplôme", "quel type"),
    Facet.CODE: ("code", "code scolarité"),
    Facet.SIGLE: ("sigle", "que veut dire le sigle"),
    Facet.LINK: ("lien", "page officielle"),
    Facet.EXPECTATIONS: ("attendus", "qualités attendues"),
}
LINKS = (" et ", " + ", ", ", " ainsi que ", " et aussi ", " ? ")
ASKED_OF = ("{} du [BTS MCO](formation)", "le [BTS MCO](formation) : {}", "[BTS MCO](formation) {}", "{} ?")
_ANNOTATED = re.compile(r"\[([^\]]+)\]\((formation|job)\)")


def read(understanding: Understanding, annotated: str) -> tuple[str, set[str]]:
    """The intent and the facets of a message in Rasa's annotation."""
    masks = {"formation": MASK_FORMATION, "job": MASK_JOB}
    spans = [(found.start(), found.end(), masks[found[2]]) for found in _ANNOTATED.finditer(annotated)]
    understood = understanding.read(mask(annotated, spans), ())
    return understood.intent, {facet.value for facet in understood.facets}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HELDOUT / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", sorted(path.name for path in HELDOUT.glob("*.jsonl")))
def test_heldout_messages_are_unseen(name: str, seen_in_training: Callable[[Iterable[str]], list[str]]) -> None:
    assert seen_in_training([row["text"] for row in rows(name)]) == []


@pytest.mark.parametrize("asked", [2, 3])
def test_facets_are_read_in_any_order(understanding: Understanding, asked: int) -> None:
    """Every ordered pair and triple of facets, with every link: none is lost for where it stands."""
    wrong = []
    total = 0
    for facets in itertools.permutations(IN_A_WORD, asked):
        for link, asked_of, words in itertools.product(LINKS, ASKED_OF if asked == 2 else ASKED_OF[:2], (0, 1)):
            if asked > 2 and words:
                continue
            said = [IN_A_WORD[facet][words] for facet in facets]
            text = asked_of.format(link.join([", ".join(said[:-1]), said[-1]]))
            _, got = read(understanding, text)
            total += 1
            if got != {facet.value for facet in facets}:
                wrong.append((text, sorted(got)))
    # A handful are French that nobody can tell apart ("quel type quelles études après").
    assert len(wrong) <= total // 200, f"{len(wrong)} of {total}, such as {wrong[:: max(1, len(wrong) // 12)]}"


@pytest.mark.parametrize("words", [0, 1])
@pytest.mark.parametrize(
    "asked_of",
    [
        "[BTS MCO](formation) ou [BUT TC](formation) {} et {}",
        "[CAP cuisine](formation) vs [bac pro cuisine](formation) : {} et {} svp",
        "{} et {} du [CAP cuisine](formation) et du [bac pro cuisine](formation)",
    ],
)
def test_two_facets_of_two_formations(understanding: Understanding, asked_of: str, words: int) -> None:
    """Both are read, beside the comparison or without it."""
    facets = (Facet.ACCESS, Facet.DURATION, Facet.JOBS, Facet.FURTHER_STUDY, Facet.DESCRIPTION, Facet.LEVEL)
    lost = []
    for one, other in itertools.permutations(facets, 2):
        text = asked_of.format(IN_A_WORD[one][words], IN_A_WORD[other][words])
        if not {one.value, other.value} <= read(understanding, text)[1]:
            lost.append(text)
    assert len(lost) <= 1, lost


def test_facets_of_heldout_questions(understanding: Understanding) -> None:
    right = wrong = lost = 0
    for row in rows("questions_heldout.jsonl"):
        _, got = read(understanding, row["text"])
        wanted = set(row["facets"])
        right, wrong, lost = right + len(wanted & got), wrong + len(got - wanted), lost + len(wanted - got)
    assert 2 * right / (2 * right + wrong + lost) >= LEAST_FACETS_F1


def test_classes_that_failed_once(understanding: Understanding) -> None:
    """Questions of the classes where examiners saw understanding fail; a row without `intent` asks its facets.

    `also` are facets that may be read beside: which of two is longest is also read by the comparison itself.
    """
    wrong = []
    for row in rows("fresh_heldout.jsonl"):
        intent, got = read(understanding, row["text"])
        right = {
            None: got - set(row.get("also", ())) == set(row["facets"]),
            "inform": intent in ("inform", "choose") and not got,
            "out_of_scope": intent in OUTSIDE,
            "formation": intent not in OUTSIDE,
        }[row.get("intent")]
        if not right:
            wrong.append(f"{row['class']}: {row['text']} -> {intent} {sorted(got)}")
    assert 1 - len(wrong) / len(rows("fresh_heldout.jsonl")) >= LEAST_FRESH, "\n".join(wrong)


def test_what_is_out_of_scope_is_seen(understanding: Understanding) -> None:
    turned_down: dict[str, list[bool]] = {"in": [], "out": []}
    for row in rows("scope_heldout.jsonl"):
        intent, _ = read(understanding, row["text"])
        turned_down[row["scope"]].append(intent in OUTSIDE | {"hyperbole", "insult"})
        assert row["scope"] == "out" or intent != "distress", row["text"]
    assert sum(turned_down["out"]) / len(turned_down["out"]) >= LEAST_OUTSIDE
    assert sum(turned_down["in"]) / len(turned_down["in"]) <= MOST_REJECTED


def test_distress_is_seen_and_jests_are_none(understanding: Understanding) -> None:
    seen: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows("distress_heldout.jsonl"):
        seen[row["distress"]].append(read(understanding, row["text"])[0] == "distress")
    assert sum(seen[True]) / len(seen[True]) >= LEAST_DISTRESS
    assert not any(seen[False])


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("nan je parlais des études", {"poursuite"}),
        ("non pas les métiers, la durée", {"duree"}),
        ("le niveau, pas les métiers", {"niveau"}),
        ("mais pas la durée, les débouchés", {"metiers"}),
    ],
)
def test_what_is_corrected_is_not_asked(understanding: Understanding, text: str, facets: set[str]) -> None:
    assert read(understanding, text)[1] == facets


def test_what_is_missed_is_no_correction(understanding: Understanding) -> None:
    for text in ("y a pas les métiers ?", "pas les métiers"):
        intent, facets = read(understanding, text)
        assert intent != "goodbye"
        assert facets <= {"metiers"}


# --- the parts that make it so


@pytest.mark.parametrize(
    "text",
    ["métiers du AAA et du BBB", "métiers du AAA, BBB", "métiers du AAA + BBB", "métiers du AAA et après le BBB"],
)
def test_two_linked_names_are_masked_as_one(text: str) -> None:
    spans = [(text.index(name), text.index(name) + 3, MASK_FORMATION) for name in ("AAA", "BBB")]
    assert mask(text, spans).split() == ["métiers", "du", MASK_FORMATION]


def test_names_to_choose_from_stay_two() -> None:
    assert mask("AAA ou BBB", [(0, 3, MASK_FORMATION), (7, 10, MASK_FORMATION)]).split() == [
        MASK_FORMATION,
        "ou",
        MASK_FORMATION,
    ]


def test_a_type_is_marked_however_it_is_written() -> None:
    assert plain("quels BTS") == "quels xtype bts"
    assert plain("un bac professionnel agricole") == "un xtype bac professionnel agricole"
    assert plain("le bac ? du pain") == "le bac du pain §?"


def test_joined_messages_hold_every_ordered_pair() -> None:
    texts = ["durée", "combien de temps dure xformation", "niveau", "quel niveau a xformation", "code", "le code"]
    labels = ("a", "a", "b", "b", "c", "c")
    made = joined(texts, [frozenset({label}) for label in labels], frozenset("abc"), MASK_FORMATION, 400)
    assert len(made) == 400
    assert made == joined(texts, [frozenset({label}) for label in labels], frozenset("abc"), MASK_FORMATION, 400)
    firsts = {(text.split()[0], asked) for text, asked in made if len(asked) == 2}
    for pair in (frozenset("ab"), frozenset("ac"), frozenset("bc")):
        assert len({first for first, asked in firsts if asked == pair}) > 2


def test_one_label_joins_nothing() -> None:
    assert joined(["durée"], [frozenset({"a"})], frozenset("a"), MASK_FORMATION, 10) == []
