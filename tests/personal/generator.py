"""Messages that hold personal data, made from hand-written templates: the same ones for the same seed."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tomli

FOLDER = Path(__file__).resolve().parent
_SLOT = re.compile(r"\{(\w+)\}")
NAMES = frozenset({"prenom", "nom", "complet"})


@dataclass(frozen=True)
class Message:
    """A message, its template, and what must not be left of it: (start, end, kind)."""

    text: str
    template: str
    personal: tuple[tuple[int, int, str], ...]


def messages(file: str, count: int, seed: int) -> Iterator[Message]:
    """`count` messages from the templates and names of a file of this folder, every template in turn."""
    table = tomli.loads((FOLDER / file).read_text(encoding="utf-8"))
    chance = random.Random(seed)
    templates = table["templates"]
    first, family = ([name.replace("_", " ") for name in table[key].split()] for key in ("prenoms", "noms"))
    for number in range(count):
        yield _message(templates[number % len(templates)], first, family, table.get("values", {}), chance)


def _message(
    template: str, first: list[str], family: list[str], written: dict[str, list[str]], chance: random.Random
) -> Message:
    style = _style(chance)
    text, personal, at = "", [], 0
    for slot in _SLOT.finditer(template):
        text += style(template[at : slot.start()])
        by_hand = slot[1] in written and chance.random() < 0.4
        value = style(chance.choice(written[slot[1]]) if by_hand else _value(slot[1], first, family, chance))
        personal.append((len(text), len(text) + len(value), slot[1]))
        text += value
        at = slot.end()
    return Message(text + style(template[at:]), template, tuple(personal))


def _style(chance: random.Random) -> Callable[[str], str]:
    """How someone types: as it should be, in small letters, without accents, in capitals."""
    drawn = chance.random()
    if drawn < 0.35:
        return lambda text: text
    if drawn < 0.60:
        return str.lower
    if drawn < 0.75:
        return _without_accents
    if drawn < 0.95:
        return lambda text: _without_accents(text).lower()
    return str.upper


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _value(slot: str, first: list[str], family: list[str], chance: random.Random) -> str:
    if slot == "prenom":
        return chance.choice(first)
    if slot == "nom":
        return chance.choice(family)
    if slot == "complet":
        given, name = chance.choice(first), chance.choice(family)
        drawn = chance.random()
        return (
            f"{name.upper()} {given}"
            if drawn < 0.15
            else f"{given} {name.upper()}"
            if drawn < 0.3
            else f"{given} {name}"
        )
    return _MAKERS[slot](chance)


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _email(chance: random.Random) -> str:
    user = chance.choice(("kevin.dubois", "lea_2009", "mlle-nguyen78", "ines.b", "thebest.gamer", "zoe93", "p.martin"))
    host = chance.choice(
        ("gmail.com", "hotmail.fr", "ac-lyon.fr", "laposte.net", "outlook.com", "monlycee.net", "icloud.com")
    )
    site, dot, end = host.rpartition(".")
    return chance.choice(
        (
            f"{user}@{host}",
            f"{user} @ {host}",
            f"{user}(at){host}",
            f"{user} arobase {site} point {end}",
            f"{user.upper()}@{host}",
            f"{user} at {host}",
            f"{user}[at]{site}[dot]{end}",
            f"{user}@{site} . {end}",
        )
    )


_SPOKEN = "zéro;six;douze;trente-quatre;cinquante-six;soixante-dix-huit".split(";")


def _phone(chance: random.Random) -> str:
    kind = chance.choice("1234567679")
    pairs = [_digits(chance, 2) for _ in range(4)]
    bare = f"0{kind}" + "".join(pairs)
    return chance.choice(
        (
            bare,
            f"0{kind} " + " ".join(pairs),
            f"0{kind}." + ".".join(pairs),
            f"0{kind}-" + "-".join(pairs),
            f"0{kind}/" + "/".join(pairs),
            f"+33{kind}" + "".join(pairs),
            f"+33 {kind} " + " ".join(pairs),
            f"0033 {kind} " + " ".join(pairs),
            f"(+33) {kind} " + " ".join(pairs),
            f"+33 (0){kind} " + " ".join(pairs),
            " ".join(bare),
            f"{bare[:4]} {bare[4:7]} {bare[7:]}",
            f"o{kind} " + " ".join(pairs),
            " ".join(_SPOKEN),
            f"+32 47{kind} " + " ".join(pairs[:3]),
            f"0{kind}_" + "_".join(pairs),
        )
    )


def _letters(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))


def _ine(chance: random.Random) -> str:
    nine, two, ten = _digits(chance, 9), _letters(chance, 2), _digits(chance, 10)
    return chance.choice(
        (
            nine + two,
            ten + two[0],
            f"{nine[:3]} {nine[3:6]} {nine[6:]} {two}",
            (nine + two).lower(),
            f"{nine} {two}",
            f"{ten} {two[0]}",
        )
    )


def _nir(chance: random.Random) -> str:
    sex, year, month = chance.choice("12"), _digits(chance, 2), f"{chance.randint(1, 12):02}"
    department = chance.choice(("75", "93", "2A", "13", "59", "97"))
    town, order = _digits(chance, 3), _digits(chance, 3)
    number = sex + year + month + department.replace("2A", "19") + town + order
    key = f"{97 - int(number) % 97:02}"
    spaced = " ".join((sex, year, month, department, town, order))
    return chance.choice(
        (
            spaced,
            f"{spaced} {key}",
            spaced.replace(" ", ""),
            f"{spaced} {key}".replace(" ", ""),
            spaced.replace(" ", "."),
        )
    )


def _iban(chance: random.Random) -> str:
    bare = f"FR{_digits(chance, 2)}{_digits(chance, 21)}{_digits(chance, 2)}"
    groups = " ".join(bare[i : i + 4] for i in range(0, len(bare), 4))
    return chance.choice((bare, groups, groups.lower()))


def _address(chance: random.Random) -> str:
    number = chance.choice(("12", "3 bis", "147", "8", "25 ter", "1"))
    street = chance.choice(
        (
            "rue Victor Hugo",
            "rue des Lilas",
            "avenue du Général Leclerc",
            "bd Voltaire",
            "allée des Tilleuls",
            "impasse du Moulin",
            "chemin de la Croix Blanche",
            "place de la République",
            "rue de l'Église",
            "av. Jean Jaurès",
            "boulevard de Strasbourg",
            "résidence les Oliviers",
            "quai de la Loire",
            "route de Vannes",
            "rue du 8 mai 1945",
            "square d'Aquitaine",
            "lotissement les Pins",
        )
    )
    town = chance.choice(
        (
            "75011 Paris",
            "93200 Saint-Denis",
            "69003 Lyon",
            "2A004 Ajaccio",
            "44000 Nantes",
            "59 000 Lille",
            "35760 Saint-Grégoire",
        )
    )
    return chance.choice(
        (
            f"{number} {street}",
            f"{number}, {street}",
            f"{number} {street} {town}",
            f"{number} {street}, {town}",
            f"{number} {street} - {town}",
        )
    )


def _birth(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(2005, 2013)
    word = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()[month - 1]
    return chance.choice(
        (
            f"{day:02}/{month:02}/{year}",
            f"{day}/{month}/{year}",
            f"{day} {word} {year}",
            f"{day:02}-{month:02}-{year}",
            f"{day:02}.{month:02}.{year}",
            f"{day:02} {month:02} {year}",
            f"{day:02}/{month:02}/{year % 100:02}",
            f"{day} {word}",
            f"1er {word} {year}",
            f"{day:02}{month:02}{year}",
        )
    )


def _account(chance: random.Random) -> str:
    return chance.choice(
        ("@kev_du_93", "@lea.mrt", "ines_bg78", "xX_noah_Xx", "theo.2009", "@zoe", "jade#4521", "mlle_ines2.0")
    )


def _link(chance: random.Random) -> str:
    return chance.choice(
        (
            "https://www.instagram.com/kev_93/",
            "www.tiktok.com/@lea.mrt",
            "https://snapchat.com/add/ines",
            "discord.gg/abcDEF",
            "http://monblog-perso.fr/moi",
            "instagram.com/zoe_b",
            "https://drive.google.com/file/d/1AbC/view",
        )
    )


_MAKERS: dict[str, Callable[[random.Random], str]] = {
    "email": _email,
    "telephone": _phone,
    "ine": _ine,
    "nir": _nir,
    "iban": _iban,
    "adresse": _address,
    "naissance": _birth,
    "compte": _account,
    "lien": _link,
}
