from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.normalize import expand_sms, fold, phonetic, stem, tokenize

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éléctricité", "electricite"),
        ("ŒUVRE d’art", "oeuvre d'art"),
        ("curriculum vitæ", "curriculum vitae"),
        ("e\u0301cole", "ecole"),
        ("ＢＴＳ", "bts"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'école d'à côté", ["l", "ecole", "d", "a", "cote"]),
        ("l’hôtellerie-restauration", ["l", "hotellerie", "restauration"]),
        ("technicien/ne de maintenance", ["technicien", "de", "maintenance"]),
        ("étudiant(e)s", ["etudiant", "s"]),
        ("coiffeur·euse", ["coiffeur"]),
        ("R&D", ["rd"]),
        ("bac+2 !", ["bac", "2"]),
        ("🙂 مرحبا", []),
        ("", []),
    ],
)
def test_tokenize(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_tokens_tell_where_they_stand_and_whether_they_are_shouted() -> None:
    text = "L'ŒUVRE d'un BTS, ça"
    tokens = tokenize(text)
    assert [text[t.start : t.end] for t in tokens] == ["L", "ŒUVRE", "d", "un", "BTS", "ça"]
    assert [t.text for t in tokens if t.upper] == ["oeuvre", "bts"]


@given(ANY_TEXT)
def test_tokens_stand_inside_any_text_in_order(text: str) -> None:
    past = 0
    for token in tokenize(text):
        assert past <= token.start < token.end <= len(text) or token.start == past - 1
        assert token.text
        past = token.end


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_in_the_words(text: str) -> None:
    assert words(fold(text)) == words(fold(fold(text)))


@pytest.mark.parametrize(
    ("sms", "plain"),
    [("koi", "quoi"), ("cb", "combien"), ("jveux", "je veux"), ("tps", "temps"), ("apprentissage", "apprentissage")],
)
def test_sms_is_spelt_out_and_other_words_are_kept(sms: str, plain: str) -> None:
    assert expand_sms(sms) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("infirmiere", "infirmiers"),
        ("technicienne", "technicien"),
        ("conductrice", "conducteurs"),
        ("vendeuse", "vendeur"),
        ("sportive", "sportif"),
        ("systemes", "systeme"),
        ("industriels", "industrielle"),
        ("medicaux", "medical"),
        ("bateaux", "bateau"),
    ],
)
def test_stems_are_the_same_in_both_genders_and_numbers(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("droit", "droguiste"), ("chimie", "chirurgie"), ("bois", "boisson")])
def test_stems_keep_words_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize("word", ["cap", "bts", "3e", "2de"])
def test_short_words_and_numbers_are_their_own_stem(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    ("heard", "written"), [("fotografie", "photographie"), ("konecte", "connectes"), ("mecanike", "mecanique")]
)
def test_words_that_sound_alike_have_one_key(heard: str, written: str) -> None:
    assert phonetic(heard) == phonetic(written)


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40))
def test_stem_and_sound_of_any_word(word: str) -> None:
    assert stem(word)
    assert word.startswith(stem(word)[:2])
    assert isinstance(phonetic(word), str)
