from __future__ import annotations

import pytest

from bot.catalogue.fiche import Catalogue, Formation
from bot.catalogue.filters import read_wish
from bot.catalogue.resolver import Resolver
from bot.catalogue.search import search
from bot.world import World


def titles(knowledge: World, text: str, kind: str | None = None) -> set[str]:
    return {f.title for f in found(text, kind, knowledge.catalogue, knowledge.resolver)}


def found(text: str, kind: str | None, catalogue: Catalogue, resolver: Resolver) -> list[Formation]:
    return search(resolver.content_words(text), read_wish(text, kind), catalogue, resolver)


def test_by_type(knowledge: World) -> None:
    assert titles(knowledge, "quels CAP ?", "CAP") == {"CAP fleuriste", "CAP horlogerie fine"}


def test_by_words_of_titles(knowledge: World) -> None:
    assert titles(knowledge, "dans l'horlogerie") == {"CAP horlogerie fine", "bac pro horlogerie fine"}


def test_by_words_and_type(knowledge: World) -> None:
    assert titles(knowledge, "un CAP en horlogerie", "CAP") == {"CAP horlogerie fine"}


def test_by_words_of_jobs(knowledge: World) -> None:
    assert titles(knowledge, "pour être thermicienne") == {"diplôme d'ingénieur de l'école du chauffage"}


@pytest.mark.parametrize("text", ["un CAP en 2 ans", "un CAP en deux ans", "CAP 2 annees"])
def test_by_duration(knowledge: World, text: str) -> None:
    assert titles(knowledge, text, "CAP") == {"CAP fleuriste", "CAP horlogerie fine"}


def test_duration_leaves_the_others_out(knowledge: World) -> None:
    found = titles(knowledge, "des formations en 1 an")
    assert found == {"CS art floral de scène"}


def test_a_kind_stands_for_those_taken_in_its_place(knowledge: World) -> None:
    assert titles(knowledge, "horlogerie", "bac") == {"bac pro horlogerie fine"}


@pytest.mark.parametrize("text", ["dans l'astronautique", "des trucs xqztw"])
def test_nothing_found_is_an_empty_list(knowledge: World, text: str) -> None:
    assert titles(knowledge, text) == set()


def test_nothing_of_that_type(knowledge: World) -> None:
    assert titles(knowledge, "horlogerie", "BTS") == set()


def test_every_one_found_is_of_the_type_asked(knowledge: World) -> None:
    for kind in ("CAP", "BTS", "licence", "ingénieur", "bac pro"):
        some = found("archéologie chantiers horlogerie", kind, knowledge.catalogue, knowledge.resolver)
        assert all(knowledge.resolver.is_kind(f.id, kind) for f in some)


def test_a_linking_word_finds_nothing(knowledge: World, whole: Catalogue, whole_resolver: Resolver) -> None:
    """ "avec" stands in many titles ("en partenariat avec"): no list may rest on it."""
    assert knowledge.resolver.content_words("travailler avec des toxicomanes dans la rue") == ["toxicomanes", "rue"]
    assert found("travailler avec des toxicomanes", None, whole, whole_resolver) == []
    assert found("quelle formation pour travailler avec des licornes", None, whole, whole_resolver) == []
