"""What is a French word and how common it is; such a word is never read as a misspelt word of a title."""

from __future__ import annotations

import random
import re

import pytest

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.french import is_french, is_written, zipf
from bot.catalogue.index import ABBREVIATION
from bot.catalogue.normalize import fold
from bot.catalogue.resolver import Resolver

_SAMPLE = 4000


@pytest.mark.parametrize(
    "word", ["maintenance", "connectes", "infirmieres", "apprendre", "durait", "sont", "vont", "trois", "evoquent"]
)
def test_french_words(word: str) -> None:
    assert is_french(word)
    assert is_written(word)


@pytest.mark.parametrize("word", ["maintenence", "xqzt", "horlojerie", "developement", "", "é", "a" * 100])
def test_faults_are_no_french(word: str) -> None:
    assert not is_written(word)
    assert zipf(word) == 0.0


def test_names_and_loan_words_are_written_and_no_french() -> None:
    assert is_written("kevin")
    assert not is_french("kevin")


def test_common_words_have_higher_values() -> None:
    assert zipf("de") > zipf("sont") > zipf("cuisine") > zipf("horlogerie") > 0


@pytest.mark.parametrize("word", ["sont", "trois", "vont", "parmi", "marbriers", "langage"])
def test_a_french_word_is_no_misspelt_one(word: str) -> None:
    titles = ("CAP santé", "CAP Troyes", "CAP vente", "CAP paris", "CAP marinier", "CAP langue")
    resolver = Resolver([Formation(title, title, (), (), ()) for title in titles], ())
    assert resolver._formations.meaning(word) is None
    assert not any(mention.known for mention in resolver.resolve(f"et ils {word} alors"))


def test_no_word_form_of_the_fiches_is_corrected(whole_with_jobs: Catalogue) -> None:
    """225 of 16,898 were, "sont" into "santé"; a sigle or a short form may still open a longer word."""
    known = whole_with_jobs
    resolver = Resolver(known.formations.values(), known.jobs.values(), {}, known.job_fiches)
    prose = {fold(word) for text in _texts(known) for word in re.findall(r"[^\W\d_]+", text)}
    forms = sorted(word for word in prose if word.isascii() and zipf(word) >= 1.0)
    sample = random.Random(1).sample(forms, min(_SAMPLE, len(forms)))
    corrected = [
        word
        for word in sample
        for index in (resolver._formations, resolver._jobs)
        if (meaning := index.meaning(word)) and meaning.best < ABBREVIATION and is_french(word)
    ]
    assert not corrected


def _texts(known: Catalogue) -> list[str]:
    texts = [section.text for formation in known.formations.values() for section in formation.sections]
    return texts + [section.text for fiche in known.job_fiches.values() for section in fiche.sections]
