from __future__ import annotations

import pytest

from bot.catalogue.lexicon import GAP_WORDS, lexicon, type_key
from bot.catalogue.normalize import fold, tokenize


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("baccalauréat professionnel", "bac pro"),
        ("Bac Pro", "bac pro"),
        ("brevet de technicien supérieur", "BTS"),
        ("certificat d'aptitude professionnelle", "CAP"),
        ("diplôme d’ingénieur", "ingénieur"),
        ("horlogerie", None),
        ("", None),
    ],
)
def test_types_are_known_however_written(form: str, key: str | None) -> None:
    assert type_key(form) == key


def test_a_form_stands_for_one_type_only() -> None:
    """The table is read back from the file, where two types could claim one spelling unseen."""
    import tomli

    from bot.catalogue import lexicon as module

    tables = tomli.loads(module._LEXICON.read_text(encoding="utf-8"))
    forms = [form for forms in tables["types"].values() for form in forms]
    assert sorted({form for form in forms if forms.count(form) > 1}) == []


def test_forms_are_written_as_messages_are_read() -> None:
    """Folded and cut into words as a message is, or they would never be found."""
    for table in (lexicon().types, lexicon().popular):
        for form in table:
            assert form == tuple(token.text for token in tokenize(" ".join(form)))
    for short in lexicon().abbreviations:
        assert [token.text for token in tokenize(short)] == [short]
    for beginnings in lexicon().abbreviations.values():
        assert all(beginning == fold(beginning) for beginning in beginnings)


def test_kinds_are_types() -> None:
    keys = set(lexicon().types.values())
    assert set(lexicon().kinds) <= keys
    assert {kind for kinds in lexicon().kinds.values() for kind in kinds} <= keys


def test_longest_type_is_the_longest() -> None:
    assert lexicon().longest_type == max(len(form) for form in lexicon().types)


def test_gaps_are_folded() -> None:
    assert {fold(word) for word in GAP_WORDS} == GAP_WORDS
