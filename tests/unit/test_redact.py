"""Personal data is taken out of a message, and what a reviewer needs stays. Counts are of generated messages."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.review.redact import personal_spans, plain, redact
from bot.review.words import lists

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "personal"))

from generator import NAMES, messages  # noqa: E402

COUNT = 1200
STRUCTURED, NAMED, ORDINARY = 0.99, 0.95, 0.03


def measured(file: str) -> tuple[Counter[str], Counter[str], list[str]]:
    """How many pieces of each kind a file's messages hold, how many are redacted whole, and examples of the rest."""
    held: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    left = []
    for message in messages(file, COUNT, seed=23):
        spans = personal_spans(message.text)
        for start, end, slot in message.personal:
            kind = "name" if slot in NAMES else slot
            held[kind] += 1
            piece = [i for i in range(start, end) if message.text[i].isalnum()]
            if all(any(s <= i < e for s, e, _ in spans) for i in piece):
                gone[kind] += 1
            else:
                left.append(f"{message.text[start:end]!r} in {message.text!r}")
    return held, gone, left


@pytest.mark.parametrize("file", ["heldout.toml", "tuning.toml", "tuning_2.toml", "tuning_3.toml"])
def test_recall(file: str) -> None:
    """On sentences and names that the rules were not made with, and on those that they were."""
    held, gone, left = measured(file)
    structured = sum(gone[k] for k in held if k != "name") / sum(held[k] for k in held if k != "name")
    names = gone["name"] / held["name"]
    print(f"\n{file}: structured {structured:.2%}, names {names:.2%} ({gone['name']} of {held['name']})")
    assert sum(held.values()) > 1000
    assert structured >= STRUCTURED, left[:20]
    assert names >= NAMED, left[:20]


def ordinary_questions() -> list[str]:
    """Questions that hold no personal data on purpose, none of which the rules were made with."""
    unit = ROOT / "tests" / "unit" / "mentions.jsonl"
    texts = [json.loads(line)["text"] for line in unit.read_text(encoding="utf-8").splitlines()]
    for name in ("questions_heldout.jsonl", "scope_heldout.jsonl"):
        lines = (ROOT / "tests" / "nlu" / name).read_text(encoding="utf-8").splitlines()
        texts += [json.loads(line)["text"] for line in lines]
    blocks = yaml.safe_load((ROOT / "tests" / "nlu_heldout.yml").read_text(encoding="utf-8"))["nlu"]
    texts += [line.removeprefix("- ") for block in blocks for line in block["examples"].splitlines()]
    return [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text) for text in texts]


def test_ordinary_questions_are_left_alone() -> None:
    texts = [plain(text) for text in ordinary_questions()]
    touched = [redact(text) for text in texts if personal_spans(text)]
    print(f"\nordinary questions touched: {len(touched)} of {len(texts)}: {len(touched) / len(texts):.2%}")
    assert len(texts) > 2000
    assert len(touched) <= ORDINARY * len(texts), touched


def test_names_of_fiches_are_left_alone(catalogue_folder: Path) -> None:
    """The titles of the whole catalogue of Onisep."""
    files = sorted(catalogue_folder.rglob("*.md"))
    titles = [path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in files]
    touched = [title for title in titles if personal_spans(plain(title))]
    print(f"\ntitles touched: {len(touched)} of {len(titles)}")
    assert len(touched) <= 0.02 * len(titles), touched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("je m'appelle Rose et je veux faire un CAP", "je m'appelle <NAME> et je veux faire un CAP"),
        ("moi c'est kevin, 15 ans", "moi c'est <NAME>, 15 ans"),
        ("mon prof M. Lefèvre dit non", "mon prof M. <NAME> dit non"),
        ("ma mère nolwazi veut pas", "ma mère <NAME> veut pas"),
        ("jsuis Tchoupi de la 3eB", "jsuis <NAME> de la <CLASS>"),
        ("n° 17 de la 3e4, ou en 2nde 4, ou TSTMG2", "<CLASS> de la <CLASS>, ou en <CLASS>, ou <CLASS>"),
        ("je m appelle k e v i n", "je m appelle <NAME>"),
        ("moi c'est k.e.v.i.n", "moi c'est <NAME>"),
        ("je m'appelle L. M. et je veux un CAP", "je m'appelle <NAME> et je veux un CAP"),
        ("mes initiales KB", "mes initiales <NAME>"),
        ("né le trois mai deux mille dix", "né le <BIRTH_DATE>"),
        ("le douze mars 2009 je suis né", "le <BIRTH_DATE> je suis né"),
        ("mon code parcoursup c'est AB12CD34", "mon code parcoursup c'est <CODE>"),
        ("numéro de dossier 1234567", "numéro de dossier <CODE>"),
        ("mail : a.b@c.fr, tel 06 12 34 56 78", "mail : <EMAIL>, tel <PHONE>"),
        ("né le 3/4/2010, INE 123456789AB", "né le <BIRTH_DATE>, INE <INE>"),
        ("12 rue des Lilas 93200 Saint-Denis !", "<ADDRESS> !"),
        ("voir https://www.onisep.fr/page?u=1 ou @kev_93", "voir https://www.onisep.fr/page<LINK> ou <ACCOUNT>"),
        ("06\u200b12\u200b34\u200b56\u200b78", "<PHONE>"),
        ("  deux\tmots\n", "deux mots"),
        ("", ""),
    ],
)
def test_examples(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "quels métiers après le bac pro MSPC ?",
        "le bac pro cuisine au lycée Louis Pasteur de Lille",
        "école Jean Moulin ou lycée saint Joseph",
        "CAP tailleur de pierre, BTS SAM, licence LEA",
        "code 40025012, RNCP37391, en 2026 ou en 2027",
        "inscription avant le 12/03/2026 ?",
        "c'est 3 ans, 12 places, 1 500 heures, 35 h",
        "je suis en terminale STMG, je suis dyslexique",
        "ma mère travaille à Nancy et mon père est boulanger",
        "la durée, de 8h à 18h, du lundi au vendredi",
        "en 3e à Lyon, 3e 4 ans après, en terminale 2 options",
        "C.A.P. cuisine, B T S MCO, D.E. infirmier",
        "mot de passe oublié, inscription le trois mai ?",
    ],
)
def test_what_the_reviewer_needs_stays(text: str) -> None:
    assert redact(text) == text


def test_what_is_redacted_stays_redacted() -> None:
    for message in messages("heldout.toml", 400, seed=5):
        once = redact(message.text)
        assert redact(once) == once


def test_no_name_is_in_two_lists_of_first_names() -> None:
    known = lists()
    assert not known.clear & known.also_words
    assert len(known.clear) > 2000
    assert all(word.isascii() and word.islower() for word in known.clear | known.also_words | known.family)
