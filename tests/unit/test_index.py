from __future__ import annotations

import pytest

from bot.catalogue.fiche import Catalogue
from bot.catalogue.index import ABBREVIATION, EXACT, PREFIX, TYPO, NameIndex, label_name, read_types, title_name
from bot.catalogue.normalize import tokenize


@pytest.fixture(scope="module")
def titles(small: Catalogue) -> NameIndex:
    return NameIndex(title_name(f.id, f.title, f.sigle, f.type) for f in small.formations.values())


def found(index: NameIndex, word: str) -> list[str]:
    meaning = index.meaning(word)
    return [name.title for name in index.select(index.holders(meaning))] if meaning else []


def test_types_in_a_message_longest_first() -> None:
    types = read_types(tokenize("un bac pro ou un bac, voire un diplôme d'ingénieur"))
    assert [key for _, _, key in types] == ["bac pro", "bac", "ingénieur"]
    assert all(past > first for first, past, _ in types)


def test_a_title_without_its_type() -> None:
    name = title_name("x", "BTS systèmes fluviaux option A navigation", "SFL", "brevet de technicien supérieur")
    assert name.types == {"BTS"}
    assert name.words[0].startswith("system")
    assert "option a" in name.words
    assert name.base == 2


def test_a_type_only_in_its_field() -> None:
    assert title_name("x", "conducteur de péniche", None, "titre professionnel").types == {"TP"}
    assert title_name("x", "conducteur de péniche", None, None).types == frozenset()


@pytest.mark.parametrize("label", ["technicien/ne photo (vidéo)", "sage-femme", "femme / valet de chambre"])
def test_a_label_keeps_its_words(label: str) -> None:
    name = label_name(label, label)
    assert name.key == label
    assert name.words


def test_words_are_found_exactly_shortened_and_mistyped(titles: NameIndex) -> None:
    fleuriste = ["CAP fleuriste"]
    for word, likeness in (("fleuristes", EXACT), ("fleurist", EXACT), ("fleurriste", TYPO)):
        assert found(titles, word) == fleuriste
        assert titles.meaning(word).best == likeness  # type: ignore[union-attr]
    assert titles.meaning("archeolog").best == PREFIX  # type: ignore[union-attr]
    assert found(titles, "info") == ["BUT informatique"]
    assert titles.meaning("info").best == ABBREVIATION  # type: ignore[union-attr]


def test_sigles_are_found_and_are_no_words(titles: NameIndex) -> None:
    assert titles.is_sigle("mspc")
    assert not titles.is_sigle("fleuriste")
    assert "mspc" not in titles
    assert len(found(titles, "edc")) == 2


@pytest.mark.parametrize("word", ["astronaute", "zz", "2034", "ordinateur"])
def test_other_words_mean_nothing(titles: NameIndex, word: str) -> None:
    assert titles.meaning(word) is None


def test_rare_words_say_more(titles: NameIndex) -> None:
    assert titles.weight("fleurist") > titles.weight("archeologi")
    assert titles.count("archeologi") == 6


def test_coverage_is_whole_for_a_whole_title_and_for_its_sigle(titles: NameIndex) -> None:
    for name in titles.names:
        assert titles.coverage(name, name.words) == pytest.approx(1.0)
        assert titles.coverage(name, ()) == pytest.approx(0.0)
    mspc = next(name for name in titles.names if "=mspc" in dict(name.covers))
    assert titles.coverage(mspc, ["=mspc"]) == pytest.approx(1.0)


def test_the_part_before_the_option_is_less_than_the_whole(titles: NameIndex) -> None:
    name = next(name for name in titles.names if "option a" in name.words)
    base = titles.coverage(name, name.words[: name.base])
    assert 0.5 < base < 1.0


def test_sets_of_names(titles: NameIndex) -> None:
    everything = (1 << len(titles)) - 1
    assert len(list(titles.select(everything))) == len(titles)
    assert len(list(titles.select(everything, 3))) == 3
    assert {name.title for name in titles.select(titles.of_type("CAP"))} == {"CAP fleuriste", "CAP horlogerie fine"}
    assert titles.of_type("no such type") == 0


def test_an_empty_index_knows_nothing() -> None:
    index = NameIndex([])
    assert len(index) == 0
    assert index.meaning("fleuriste") is None
    assert list(index.select(0)) == []


def test_a_word_of_base_and_option_counts_twice() -> None:
    chemistry = title_name("a", "BUT arts chimiques parcours génie chimique", None, None)
    processes = title_name("b", "BUT arts chimiques parcours génie des procédés", None, None)
    index = NameIndex([chemistry, processes])
    whole = list(chemistry.words)
    assert index.coverage(chemistry, whole) == pytest.approx(1.0)
    assert index.coverage(processes, whole) < 0.9
    assert index.coverage(chemistry, ["art", "chimiqu"]) < 0.9
