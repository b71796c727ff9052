from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from serialise import serialise

from bot.catalogue.fiche import Facet, Formation
from bot.catalogue.parser import MAX_BYTES, FicheError, decode, parse_formation
from bot.catalogue.slug import slug

FICHE = """\
# bac pro métiers de l'œuvre

## Informations générales

**Code scolarité:** 40025012
**Sigle:** MO
**Durée:** 3 ans
**Niveau de certification:** niveau 4

**Lien:** [http://a.fr/b_c](http://a.fr/b_c)
**Rythme:** alterné

## Description

Première ligne.  Deux  espaces,\u00a0insécables\u00a0gardées.

            Deuxième
            paragraphe.

## Accès

### Accès
            En L1 :

                -\x20
                    avec un bac

                - sur
                  dossier

            ## Un titre indenté
            -\u00a0sans espace

## Vie scolaire

## Métiers associés

- technicien/ne  photo
- commercial/e\u00a0transport
"""


def parse(text: str) -> Formation:
    return parse_formation(text, "a.md")


def text_of(formation: Formation, name: str) -> str:
    return next(section.text for section in formation.sections if section.name == name)


def collapsed(text: str) -> str:
    return " ".join(text.split())


def test_title_and_id() -> None:
    formation = parse(FICHE)
    assert formation.title == "bac pro métiers de l'œuvre"
    assert formation.id == "bac-pro-metiers-de-l-oeuvre"
    assert formation.path == "a.md"


def test_fields_are_kept_to_the_letter_in_their_order() -> None:
    assert parse(FICHE).fields == (
        ("Code scolarité", "40025012"),
        ("Sigle", "MO"),
        ("Durée", "3 ans"),
        ("Niveau de certification", "niveau 4"),
        ("Lien", "[http://a.fr/b_c](http://a.fr/b_c)"),
        ("Rythme", "alterné"),
    )
    assert parse(FICHE).link == "http://a.fr/b_c"


def test_sections_are_kept_in_their_order_with_unknown_and_empty_ones() -> None:
    names = [section.name for section in parse(FICHE).sections]
    assert names == ["Informations générales", "Description", "Accès", "Vie scolaire", "Métiers associés"]
    assert text_of(parse(FICHE), "Vie scolaire") == ""


def test_paragraphs_lose_indentation_and_keep_non_breaking_spaces() -> None:
    expected = "Première ligne. Deux espaces,\u00a0insécables\u00a0gardées.\n\nDeuxième paragraphe."
    assert text_of(parse(FICHE), "Description") == expected


def test_headings_and_lists_of_a_section_become_markdown() -> None:
    assert text_of(parse(FICHE), "Accès") == (
        "### Accès\n\nEn L1 :\n\n- avec un bac\n- sur dossier\n\n## Un titre indenté\n\n- sans espace"
    )


def test_jobs_are_labels_to_the_letter_and_a_section() -> None:
    formation = parse(FICHE)
    assert formation.jobs == ("technicien/ne  photo", "commercial/e\u00a0transport")
    assert formation.has(Facet.JOBS)
    assert text_of(formation, "Métiers associés").count("\n- ") == 1


def test_nested_lists_stay_nested() -> None:
    lines = (
        "x :",
        "            - un :",
        "              - deux",
        "              - trois",
        "            - quatre",
    )
    text = "\n".join(["# a", "## Accès", *lines])
    assert text_of(parse(text), "Accès") == "x :\n\n- un :\n  - deux\n  - trois\n- quatre"


def test_numbered_lists_stay_lists_but_a_number_in_a_paragraph_is_text() -> None:
    text = "# a\n## Accès\n1. un\n2. deux\n\nLe total est de\n12. Voilà.\n"
    assert text_of(parse(text), "Accès") == "1. un\n2. deux\n\nLe total est de 12. Voilà."


@pytest.mark.parametrize("line", ["**Duree :** 3 ans", "**durée** : 3 ans", "- **Durée:** 3 ans", "**DURÉE:**3 ans"])
def test_known_fields_may_be_written_differently(line: str) -> None:
    assert parse(f"# a\n## informations generales\n{line}\n").duration == "3 ans"


def test_known_sections_may_be_written_differently() -> None:
    assert parse("# a\n##Poursuite d’etudes\nBTS\n").has(Facet.FURTHER_STUDY)


def test_what_stands_before_the_first_section_is_kept() -> None:
    formation = parse("# a\n**Durée:** 3 ans\nUne note.\n## Accès\nx\n")
    assert formation.duration == "3 ans"
    assert text_of(formation, "") == "Une note."
    assert parse(serialise(formation)) == formation


def test_a_section_or_field_written_twice_is_read_as_one() -> None:
    formation = parse("# a\n**Lien:** http://a.fr\n**Lien:** http://b.fr\n## Accès\nx\n## Durée\n## Accès\ny\n")
    assert formation.value("Accès") == "x\n\ny"
    assert formation.value("Lien") == "http://a.fr ; http://b.fr"
    assert formation.link == "http://a.fr"
    assert parse(serialise(formation)) == formation


def test_bold_lines_of_a_section_are_text() -> None:
    assert parse("# a\n## Accès\n**Durée:** 2 ans\n").duration is None


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_line_ends_and_bom_are_read(newline: str) -> None:
    data = b"\xef\xbb\xbf" + FICHE.replace("\n", newline).encode()
    assert parse(decode(data, "a.md")) == parse(FICHE)
    assert parse("\ufeff" + FICHE) == parse(FICHE)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, "empty"),
        (" \n\u00a0\n", 1, "empty"),
        ("\nbac pro\n## Accès\n", 2, "no title"),
        ("## Accès\nx\n", 1, "no title"),
        ("bonjour\n# a\n", 1, "before the title"),
        ("# a\n\n# b\n", 3, "second title"),
        ("#\n", 1, "no letter"),
        ("# ???\n", 1, "no letter"),
        ("# a\n##\nx\n", 2, "without a name"),
        ("# a\nx\0y\n", 2, "binary"),
    ],
)
def test_bad_texts_are_refused_with_their_line(text: str, line: int, word: str) -> None:
    with pytest.raises(FicheError, match=word) as caught:
        parse(text)
    assert (caught.value.path, caught.value.line) == ("a.md", line)
    assert str(caught.value) == f"a.md:{line}: {caught.value.message}"


@pytest.mark.parametrize(
    ("data", "line", "word"),
    [
        ("# a\n## Accès\n".encode("latin-1"), 2, "UTF-8"),
        ("# a".encode("utf-16"), 1, "UTF-8"),
        (b"#" * (MAX_BYTES + 1), 1, "too large"),
    ],
)
def test_bad_bytes_are_refused_with_their_line(data: bytes, line: int, word: str) -> None:
    with pytest.raises(FicheError, match=word) as caught:
        decode(data, "a.md")
    assert caught.value.line == line


def test_indented_heading_that_opens_a_section_survives_serialising() -> None:
    formation = parse("# a\n## Accès\n            ## Titre\n            x\n## Attendus\n            # b\n")
    assert [section.text for section in formation.sections] == ["## Titre\n\nx", "# b"]
    assert parse(serialise(formation)) == formation


LINES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(["", "## Accès", "## Informations générales", "## Métiers associés", "### b", "**Durée:** 3 ans"]),
    st.sampled_from(["a<br>b", "<p>- x", "<br/># y", "[a](b:c)", "![", "](x)", "<b>", "[a]: b", "\\"]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", " ", "  ", "    ", " " * 12, " " * 14, " " * 16, "\t", "\u00a0"]),
        st.sampled_from(["", "- ", "-", "* ", "1. ", "#", "## ", "### ", "**x:** ", "\u2028"]),
        st.text("ab é:\u00a0", max_size=8),
    ),
)


@given(st.lists(LINES, max_size=15))
def test_serialised_fiches_are_parsed_back(lines: list[str]) -> None:
    try:
        formation = parse("\n".join(["# bac a", *lines]))
    except FicheError:
        return
    assert parse(serialise(formation)) == formation


WORDS = st.text("abcdé'’.,:()/", min_size=1, max_size=12).filter(lambda word: not word.startswith("."))
PROSE = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["Sigle", "Durée", "Rythme"]), PROSE), max_size=4),
    st.lists(st.tuples(st.sampled_from(["Accès", "Attendus", "Internat"]), st.lists(PROSE)), max_size=4),
    st.lists(PROSE),
)
def test_nothing_of_a_fiche_is_dropped(
    fields: list[tuple[str, str]], sections: list[tuple[str, list[str]]], jobs: list[str]
) -> None:
    source = "# bac pro x\n\n## Informations générales\n\n"
    source += "".join(f"**{name}:** {value}\n" for name, value in fields)
    source += "".join(f"\n## {name}\n\n" + "\n\n            ".join(texts) for name, texts in sections)
    source += "\n## Métiers associés\n\n" + "\n".join(f"- {job}" for job in jobs)
    formation = parse(source)
    assert collapsed(serialise(formation)) == collapsed(source)
    assert formation.fields == tuple(fields)
    assert formation.jobs == tuple(dict.fromkeys(jobs))


@given(st.text())
def test_slugs_are_lower_case_ascii_with_single_hyphens(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))
    assert slug(slug(text)) == slug(text)


def test_every_published_fiche_is_parsed_and_serialised_whole(catalogue_folder: Path) -> None:
    ids = set()
    for path in catalogue_folder.iterdir():
        source = path.read_text(encoding="utf-8")
        formation = parse(source)
        assert collapsed(serialise(formation)) == collapsed(source), path.name
        assert not re.search(r"^ {3,}|\n{3}|[ \t]$", "".join(s.text for s in formation.sections), re.MULTILINE)
        ids.add(formation.id)
    assert len(ids) == 1625
