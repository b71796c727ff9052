"""Acts and topics on a training set of the test's own, and that the models are read back as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.mention import Mention
from bot.nlu.asking import names_of
from bot.nlu.learned import Heard, Learned, generated
from bot.understanding.intents import QUESTIONS, act_of, act_of_label, label_of, topics_of_intent
from bot.understanding.reading import Act
from bot.understanding.topics import Topic

PHRASES = {
    "ask_duration": """
        combien de temps dure xformation|la durée de xformation|ça prend combien d'années xformation|durée
        c'est long xformation ?|xformation se fait en combien de temps|on y reste combien d'années""",
    "ask_jobs": """
        quels métiers avec xformation|les débouchés de xformation|quel boulot après xformation|métiers
        on travaille dans quoi avec xformation|les emplois possibles avec xformation|ça mène à quels postes""",
    "ask_access": """
        comment entrer en xformation|les conditions pour xformation|qui peut faire xformation|accès
        il faut quoi pour aller en xformation|on est admis comment en xformation|les prérequis""",
    "ask_job_access": "comment devenir xmetier|on devient xmetier comment|par où passer pour être xmetier",
    "greet": "bonjour|salut|coucou|hello|bonsoir à toi|hey",
    "compare": "xformation ou xformation|la différence entre xformation et xformation|compare xformation et xformation",
}
TRAINING = [
    (phrase.strip(), intent)
    for intent, lines in PHRASES.items()
    for line in lines.strip().splitlines()
    for phrase in line.split("|")
]
TITLE = "CAP fleuriste"


@pytest.fixture(scope="module")
def learned() -> Learned:
    return Learned.train(TRAINING, messages=generated(TRAINING, (), 600))


def heard(learned: Learned, text: str) -> Heard:
    start = text.find(TITLE)
    found = [Mention(start, start + len(TITLE), TITLE, ("x",), type="CAP", words=("fleuriste",), whole=True)]
    return learned.read(text, found if start >= 0 else [])


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("la durée du CAP fleuriste ?", {Topic.DURATION}),
        ("quels métiers après le CAP fleuriste", {Topic.JOBS}),
        ("comment devenir fleuriste", {Topic.ACCESS}),
        ("CAP fleuriste : durée, métiers", {Topic.DURATION, Topic.JOBS}),
    ],
)
def test_topics_are_heard_together(learned: Learned, text: str, topics: set[Topic]) -> None:
    found = heard(learned, text)
    assert found.act() == (Act.ASK, "")
    assert {topic for topic, _ in found.topics} == topics


def test_acts_compete(learned: Learned) -> None:
    assert heard(learned, "bonjour").act() == (Act.GREET, "")
    assert heard(learned, "bonjour, CAP fleuriste").act() != (Act.GREET, "")
    assert heard(learned, "bonjour").act(Act.GREET) != (Act.GREET, "")
    scores = [score for _, score in heard(learned, "salut").acts]
    assert scores == sorted(scores, reverse=True)


def test_words_never_learnt_are_told(learned: Learned) -> None:
    assert heard(learned, "la durée du zorglub").unseen == ("zorglub",)


@pytest.mark.parametrize(
    ("hidden", "text", "names"),
    [
        ("comment devenir  xmetier  ?", "comment devenir soudeur ?", ([], ["soudeur"])),
        (" xformation  ou  xformation ", "BTS MCO ou BUT TC", (["BTS MCO", "BUT TC"], [])),
        ("la durée du xformation", "autre chose", ([], [])),
    ],
)
def test_names_said_in_phrases_are_found(hidden: str, text: str, names: tuple[list[str], list[str]]) -> None:
    assert names_of([("durée", "a"), (hidden, "a")], [(text, "a")]) == names


def test_a_name_of_both_kinds_is_read_both_ways(learned: Learned) -> None:
    both = [Mention(9, 18, "fleuriste", ("x",), ("fleuriste",), words=("fleuriste",), whole_job=True)]
    read = dict(learned.read("entrer en fleuriste", both).acts)
    job = dict(learned.read("entrer en fleuriste", [Mention(9, 18, "f", (), ("f",), words=("f",))]).acts)
    formation = dict(learned.read("entrer en fleuriste", [Mention(9, 18, "f", ("f",), words=("f",))]).acts)
    assert read[Act.ASK.value] == pytest.approx((job[Act.ASK.value] + formation[Act.ASK.value]) / 2)


def test_models_are_read_back_as_written(learned: Learned, tmp_path: Path) -> None:
    learned.save(tmp_path)
    again = Learned.load(tmp_path)
    for text in ("la durée du CAP fleuriste et les métiers", "bonjour zorglub"):
        assert heard(again, text) == heard(learned, text)


def test_nothing_is_learnt_from_nothing() -> None:
    with pytest.raises(ValueError, match="no training phrases"):
        Learned.train([])


def test_every_intent_with_topics_is_a_question() -> None:
    assert {act_of(intent) for intent in QUESTIONS - {"ask_salary"}} == {(Act.ASK, "")}
    assert act_of("nlu_fallback") == (Act.LOST, "")
    assert {topic for intent in QUESTIONS for topic in topics_of_intent(intent)} == set(Topic)
    assert all(topics_of_intent(intent) for intent in QUESTIONS)


@pytest.mark.parametrize("intent", ["ask_fees", "out_of_scope", "greet", "ask_access"])
def test_an_act_is_known_by_its_label(intent: str) -> None:
    assert act_of_label(label_of(*act_of(intent))) == act_of(intent)
