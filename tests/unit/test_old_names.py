from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

from bot.catalogue import old_names as module
from bot.catalogue.fiche import Catalogue
from bot.catalogue.normalize import fold, tokenize
from bot.catalogue.old_names import find_old_names, old_names
from bot.catalogue.resolver import Resolver

ENTRIES: list[dict[str, Any]] = tomli.loads(
    Path(module.__file__).with_name("old_names.toml").read_text(encoding="utf-8")
)["old"]
LOST = 0.18  # a little over the share of 22 November 2026, 0.155
MCO = "bts-management-commercial-operationnel"


def found(text: str) -> list[tuple[str, str]]:
    tokens = tokenize(text)
    return [
        (text[tokens[first].start : tokens[past - 1].end], name.now) for first, past, name in find_old_names(tokens)
    ]


def test_the_table_is_loaded_whole() -> None:
    spellings = [spelling for entry in ENTRIES for spelling in (entry["name"], *entry.get("also", ()))]
    assert len(ENTRIES) > 50
    keys = [tuple(token.text for token in tokenize(spelling)) for spelling in spellings]
    assert set(old_names()) == set(keys)
    assert all(keys)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["name"]))
def test_an_entry_says_where_it_comes_from(entry: dict[str, Any]) -> None:
    assert len(entry["source"]) > 10
    assert entry["now"].strip()
    assert entry["now"] != entry["name"]
    assert entry.keys() <= {"name", "also", "now", "sigle", "since", "prefix", "source"}
    assert 1950 < entry.get("since", 2000) < 2030


def test_one_spelling_has_one_name_of_today() -> None:
    now: dict[tuple[str, ...], str] = {}
    for entry in ENTRIES:
        for spelling in (entry["name"], *entry.get("also", ())):
            key = tuple(token.text for token in tokenize(spelling))
            assert now.setdefault(key, entry["now"]) == entry["now"], spelling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("durée du BTS MUC ?", [("BTS MUC", "BTS management commercial opérationnel")]),
        ("bts muc ou BTS NRC", [("bts muc", "BTS management commercial opérationnel"),
                                ("BTS NRC", "BTS négociation et digitalisation de la relation client")]),
        ("un DUT", [("DUT", "BUT")]),
        ("le CAP fleuriste", []),
        ("", []),
    ],
)  # fmt: skip
def test_old_names_in_a_message(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_an_old_name_resolves_to_its_successor_and_says_so(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("c'est quoi le BTS MUC ?")
    assert mention.formations == (MCO,)
    assert mention.now_called == "BTS management commercial opérationnel (MCO)"
    assert mention.text == "BTS MUC"


def test_an_old_name_whose_successor_is_not_there_is_unknown_and_says_so(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("durée du BTS NRC")
    assert not mention.known
    assert mention.now_called == "BTS négociation et digitalisation de la relation client (NDRC)"


def test_an_old_beginning_leads_to_the_name_of_today(resolver: Resolver) -> None:
    (mention,) = resolver.resolve("durée du DUT informatique")
    assert mention.formations == ("but-informatique",)
    assert mention.now_called == "BUT informatique"


def test_a_name_of_today_is_no_old_name(resolver: Resolver) -> None:
    for text in ("BTS management commercial opérationnel", "BTS MCO", "BUT informatique"):
        (mention,) = resolver.resolve(text)
        assert mention.known
        assert mention.now_called is None


def test_every_old_name_leads_to_its_successor_where_there_is_one(whole: Catalogue, whole_resolver: Resolver) -> None:
    """On the catalogue of Onisep: each old name, in a message, names the successor and is said to be old.

    Some are no loss: a name that a fiche still bears is that fiche's.
    """
    ids = {fold(formation.title): formation.id for formation in whole.formations.values()}
    tried, lost = 0, []
    for entry in ENTRIES:
        wanted = {ids[title] for title in ids if title.startswith(fold(entry["now"]))}
        if entry.get("prefix") or not wanted:
            continue
        tried += 1
        mentions = whole_resolver.resolve(f"durée du {entry['name']} ?")
        if not any(wanted & set(m.formations) and m.now_called for m in mentions):
            lost.append(entry["name"])
    print(f"\nold names that lead nowhere: {len(lost)} of {tried}: {lost}")
    assert tried > 50
    assert len(lost) <= LOST * tried
