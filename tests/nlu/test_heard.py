"""What the trained model hears in held-out sentences: acts and topics, with names masked as annotated."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
import yaml

from bot.catalogue.fiche import Facet
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask
from bot.nlu.learned import Heard
from bot.nlu.understanding import Understanding
from bot.settings import ROOT
from bot.understanding.intents import QUESTIONS, act_of
from bot.understanding.reading import Act
from bot.understanding.topics import Topic
from tests.nlu.test_facets import ASKED_OF, IN_A_WORD, LINKS

# Floors under what docs/nlu.md says was reached.
LEAST_ACTS = 0.93
LEAST_TOPICS_F1 = 0.95
LEAST_FRESH_F1 = 0.94
LEAST_OUTSIDE = 0.85
MOST_REJECTED = 0.03
TOPIC_OF_FACET = {
    Facet.ACCESS: Topic.ACCESS,
    Facet.DURATION: Topic.DURATION,
    Facet.JOBS: Topic.JOBS,
    Facet.FURTHER_STUDY: Topic.FURTHER_STUDY,
    Facet.DESCRIPTION: Topic.DESCRIPTION,
    Facet.LEVEL: Topic.LEVEL,
    Facet.TYPE: Topic.TYPE,
    Facet.CODE: Topic.CODE,
    Facet.SIGLE: Topic.SIGLE,
    Facet.LINK: Topic.LINK,
    Facet.EXPECTATIONS: Topic.EXPECTATIONS,
}
_ANNOTATED = re.compile(r"\[([^\]]+)\]\((formation|job)\)")


def hear(understanding: Understanding, annotated: str) -> Heard:
    masks = {"formation": MASK_FORMATION, "job": MASK_JOB}
    spans = [(found.start(), found.end(), masks[found[2]]) for found in _ANNOTATED.finditer(annotated)]
    return understanding.learned.read(mask(annotated, spans), ())


def asked(understanding: Understanding, annotated: str) -> set[Topic]:
    return {topic for topic, _ in hear(understanding, annotated).topics}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / "tests" / "nlu" / name).read_text(encoding="utf-8").splitlines()]


def topics(facets: list[str]) -> set[Topic]:
    return {TOPIC_OF_FACET[Facet(facet)] for facet in facets if Facet(facet) in TOPIC_OF_FACET}


@pytest.mark.parametrize(
    ("name", "least"), [("questions_heldout.jsonl", LEAST_TOPICS_F1), ("fresh_heldout.jsonl", LEAST_FRESH_F1)]
)
def test_topics_of_heldout_questions(understanding: Understanding, name: str, least: float) -> None:
    right = wrong = lost = 0
    for row in rows(name):
        wanted = topics(row["facets"])
        got = asked(understanding, row["text"]) - topics(row.get("also", [])) if wanted else set()
        right, wrong, lost = right + len(wanted & got), wrong + len(got - wanted), lost + len(wanted - got)
    assert 2 * right / (2 * right + wrong + lost) >= least


def test_acts_of_heldout_sentences(understanding: Understanding) -> None:
    blocks = yaml.safe_load((ROOT / "tests" / "nlu_heldout.yml").read_text(encoding="utf-8"))["nlu"]
    sentences = [(line[2:], block["intent"]) for block in blocks for line in block["examples"].splitlines()]
    meant = [((Act.ASK, "") if intent in QUESTIONS else act_of(intent)) for _, intent in sentences]
    right = [hear(understanding, text).act() == act for (text, _), act in zip(sentences, meant, strict=True)]
    assert sum(right) / len(right) >= LEAST_ACTS


def test_what_is_outside_is_heard(understanding: Understanding) -> None:
    turned_down: dict[str, list[bool]] = {"in": [], "out": []}
    for row in rows("scope_heldout.jsonl"):
        act, _ = hear(understanding, row["text"]).act()
        turned_down[row["scope"]].append(act in (Act.OUTSIDE, Act.HYPERBOLE, Act.INSULT))
    assert sum(turned_down["out"]) / len(turned_down["out"]) >= LEAST_OUTSIDE
    assert sum(turned_down["in"]) / len(turned_down["in"]) <= MOST_REJECTED


@pytest.mark.parametrize("number", [2, 3])
def test_topics_are_heard_in_any_order(understanding: Understanding, number: int) -> None:
    """Every ordered pair and triple of topics, with every link: none is lost for where it stands."""
    wrong = []
    total = 0
    for facets in itertools.permutations(IN_A_WORD, number):
        for link, asked_of, words in itertools.product((*LINKS, " "), ASKED_OF[: 5 - number], range(4 - number)):
            said = [IN_A_WORD[facet][words] for facet in facets]
            text = asked_of.format(link.join([*said[:-2], link.join(said[-2:])]))
            total += 1
            if asked(understanding, text) != {TOPIC_OF_FACET[facet] for facet in facets}:
                wrong.append(text)
    assert len(wrong) <= total // 20, f"{len(wrong)} of {total}, such as {wrong[:: max(1, len(wrong) // 20)]}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("non pas les métiers, la durée", {Topic.DURATION}),
        ("le niveau, pas les métiers", {Topic.LEVEL}),
        ("mais pas la durée, les débouchés", {Topic.JOBS}),
        ("nan je parlais des études", {Topic.FURTHER_STUDY}),
        ("[BTS MCO](formation) ou [BUT TC](formation), lequel dure le moins longtemps ?", {Topic.DURATION}),
    ],
)
def test_what_is_refused_is_not_asked_and_what_is_compared_is(
    understanding: Understanding, text: str, wanted: set[Topic]
) -> None:
    assert asked(understanding, text) == wanted
