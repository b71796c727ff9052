"""On a training set of the test's own: what the models tell apart, and that they are read back as they were written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.fiche import Facet
from bot.catalogue.resolver import Mention
from bot.nlu.features import MASK_FORMATION, MASK_JOB, mask, plain, stems
from bot.nlu.intent_model import IntentModel, joined
from bot.nlu.understanding import FALLBACK, Understanding

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
    "ask_formations_for_job": """
        comment devenir xmetier|quelle formation pour être xmetier|je voudrais devenir xmetier
        que faut-il étudier pour être xmetier|quel parcours mène à xmetier|devenir xmetier""",
    "greet": "bonjour|salut|coucou|hello|bonsoir à toi|hey",
    "distress": """
        je veux mourir|j'ai envie de me tuer|on me frappe à la maison|je me fais harceler|je n'ai plus envie de vivre
        je pense au suicide""",
}
TRAINING = [
    (phrase.strip(), intent)
    for intent, lines in PHRASES.items()
    for line in lines.strip().splitlines()
    for phrase in line.split("|")
]
TITLE = "CAP fleuriste"


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.train(TRAINING)


def named(text: str, name: str = TITLE, job: bool = False) -> list[Mention]:
    start = text.index(name)
    ids = {"jobs": ("fleuriste",), "whole_job": True} if job else {"formations": ("x",), "type": "CAP", "whole": True}
    return [Mention(start, start + len(name), name, words=("fleuriste",), **ids)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "intent", "facets"),
    [
        ("la durée du CAP fleuriste ?", "ask_duration", [Facet.DURATION]),
        ("quels métiers après le CAP fleuriste", "ask_jobs", [Facet.JOBS]),
        ("comment entrer en CAP fleuriste", "ask_access", [Facet.ACCESS]),
    ],
)
def test_one_facet(understanding: Understanding, text: str, intent: str, facets: list[Facet]) -> None:
    understood = understanding.read(text, named(text))
    assert understood.intent == intent
    assert list(understood.facets) == facets
    assert understood.ranking[0] == (intent, understood.confidence)
    assert [score for _, score in understood.ranking] == sorted((s for _, s in understood.ranking), reverse=True)


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("la durée et les métiers du CAP fleuriste ?", {Facet.DURATION, Facet.JOBS}),
        ("CAP fleuriste : comment entrer, et les débouchés ?", {Facet.ACCESS, Facet.JOBS}),
        ("combien de temps dure le CAP fleuriste, et quels métiers, et comment entrer ?",
         {Facet.DURATION, Facet.JOBS, Facet.ACCESS}),
    ],
)  # fmt: skip
def test_several_facets(understanding: Understanding, text: str, facets: set[Facet]) -> None:
    assert set(understanding.read(text, named(text)).facets) == facets


def test_a_job_is_masked_as_a_job(understanding: Understanding) -> None:
    text = "comment devenir fleuriste ?"
    understood = understanding.read(text, named(text, "fleuriste", job=True))
    assert understood.intent == "ask_formations_for_job"
    assert Facet.FORMATIONS_FOR_JOB in understood.facets


def test_a_name_does_not_count_as_words(understanding: Understanding) -> None:
    """Whatever the title says, the question is the same."""
    scores = []
    for title in ("CAP fleuriste", "bac pro métiers de la durée"):
        text = f"comment entrer en {title}"
        scores.append(understanding.read(text, named(text, title)).ranking)
    assert scores[0] == scores[1]


def test_small_talk_has_no_facet(understanding: Understanding) -> None:
    understood = understanding.read("bonjour", [])
    assert (understood.intent, understood.facets, understood.unseen) == ("greet", (), ())


def test_a_message_that_names_a_formation_is_no_greeting(understanding: Understanding) -> None:
    text = "salut CAP fleuriste"
    assert "greet" not in dict(understanding.read(text, named(text)).ranking)


@pytest.mark.parametrize("text", ["je veux mourir", "j'ai envie de me tuer, et la durée ?", "jveu mourir"])
def test_distress_comes_first(understanding: Understanding, text: str) -> None:
    assert understanding.read(text, []).intent == "distress"


def test_unseen_words_are_told(understanding: Understanding) -> None:
    assert understanding.read("durée zorglubien", []).unseen == ("zorglubien",)
    assert understanding.read("la durée ?", []).unseen == ()


@pytest.mark.parametrize("text", ["", "🙂", "?", "مرحبا", "zz " * 200, "x" * 500])
def test_any_text_is_read(understanding: Understanding, text: str) -> None:
    understood = understanding.read(text, [])
    assert understood.intent in {*PHRASES, "inform", FALLBACK}
    assert 0.0 <= understood.confidence <= 1.0


def test_what_was_saved_is_loaded_to_the_bit(understanding: Understanding, tmp_path: Path) -> None:
    understanding.save(tmp_path)
    again = Understanding.load(tmp_path)
    for text, _ in TRAINING:
        assert again.read(text, []) == understanding.read(text, [])
    assert again.read("zorglubien", []).unseen == ("zorglubien",)


def test_no_pickles_are_written(understanding: Understanding, tmp_path: Path) -> None:
    understanding.save(tmp_path)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".json", ".npz"}


def test_loading_from_nowhere(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Understanding.load(tmp_path)


def test_training_on_nothing() -> None:
    with pytest.raises(ValueError, match="training"):
        Understanding.train([])


# --- features and pairs


def test_masks_replace_spans_in_any_order() -> None:
    text = "CAP fleuriste ou devenir fleuriste"
    spans = [(25, 34, MASK_JOB), (0, 13, MASK_FORMATION)]
    assert mask(text, spans).split() == [MASK_FORMATION, "ou", "devenir", MASK_JOB]
    assert mask(text, []) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Combiennnnn d'Années ?!", "combienn d annees §! §?"),
        ("où c'est ou pas", "oulieu c est ou pas"),
        ("jveux savoir", "je veux savoir"),
        ("", ""),
    ],
)
def test_plain(text: str, words: str) -> None:
    assert plain(text) == words


def test_stems() -> None:
    assert stems("la durée ?") == stems("la durées ?")


def test_pairs_hold_what_may_be_joined() -> None:
    texts = ["la durée ?", "les métiers", "l'accès", "bonjour"]
    targets = [frozenset({name}) for name in ("a", "b", "c", "greet")]
    pairs = joined(texts, targets, frozenset("abc"), "formation", 20)
    assert len(pairs) == 20
    assert pairs == joined(texts, targets, frozenset("abc"), "formation", 20)
    for text, united in pairs:
        assert len(united) >= 2
        assert "greet" not in united
        assert "bonjour" not in text
    assert joined(texts, targets, frozenset(), "formation", 20) == []


def test_the_model_scores_each_label(tmp_path: Path) -> None:
    views = [(stems(text), plain(text)) for text in ("la durée", "la longue durée", "les métiers", "un métier")]
    model = IntentModel.train(views, [frozenset({"a"}), frozenset({"a"}), frozenset({"b"}), frozenset({"b"})])
    assert model.labels == ("a", "b")
    scores = model.scores((stems("durée"), plain("durée")))
    assert scores["a"] > scores["b"]
    model.save(tmp_path)
    assert IntentModel.load(tmp_path).scores(views[0]) == model.scores(views[0])
