"""No regular expression of the program stalls the event loop, whatever 500 characters somebody types."""

from __future__ import annotations

import ast
import importlib
import random
import re
import string
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest

try:
    from re import _parser as sre_parse  # type: ignore[attr-defined,unused-ignore]
except ImportError:  # before Python 3.11
    import sre_parse  # type: ignore[no-redef,unused-ignore]

from bot.catalogue import saying
from bot.nlu.clauses import clauses
from bot.nlu.features import undisguised, view
from bot.review import contexts, special
from bot.settings import ROOT
from bot.understanding import cues, distress, people, roles

LONGEST = 500
MOST_OF_A_MEDIAN = 10
_CALLS = frozenset("compile search match fullmatch sub subn split findall finditer".split())
# Modules whose patterns read no message: settings, and what only runs from a shell or while a model is trained.
_NO_MESSAGES = frozenset(
    "bot/settings.py bot/doctor.py bot/catalogue/ingest.py bot/widget bot/nlu/grammar.py bot/nlu/asking.py".split()
)
# Patterns made of tables, and where they are once made.
_TABLES = {
    "bot/understanding/cues.py": cues._patterns,
    "bot/understanding/roles.py": lambda: tuple(roles._before().values()),
    "bot/understanding/distress.py": distress._kinds,
    "bot/understanding/people.py": people._people,
    "bot/catalogue/saying.py": lambda: [(fact.asked, fact.told) for fact in saying.facts_by_name().values()],
    "bot/review/contexts.py": contexts._contexts,
    "bot/review/special.py": special._words,
}
# Modules that put a pattern together of a few words while a message is read, or in a loop over a table.
_PUT_TOGETHER = frozenset("bot/guidance/reading.py bot/guidance/admission.py bot/catalogue/normalize.py".split())
_USUAL = (
    "bonjour, je suis en 3e et j'aime les animaux, mon prof m'a parlé du bac pro et du CAPA, quels métiers après, "
    "ça dure combien de temps et comment on y entre ? ma mère dit que c'est bouché mais moi je veux travailler dehors. "
)


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if any(name.startswith(skipped) for skipped in _NO_MESSAGES):
            continue
        yield from _patterns_of(path, name)
    for name, table in _TABLES.items():
        for number, pattern in enumerate(_found_in(table())):
            yield f"{name} {number}", pattern


def _patterns_of(path: Path, name: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns that a module writes, its f-strings filled with what it defines."""
    module: Any = None
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in _CALLS):
            continue
        module = module or importlib.import_module(name.removesuffix(".py").replace("/", "."))
        try:
            made = eval(compile(ast.Expression(node.args[0]), name, "eval"), dict(vars(module)))
        except NameError:  # of a loop's or an argument's: in a table, or a few words put together
            assert name in _TABLES.keys() | _PUT_TOGETHER, f"{name}:{node.lineno}"
            continue
        if isinstance(made, str):
            ignoring = any(isinstance(arg, ast.Attribute) and arg.attr == "IGNORECASE" for arg in node.args)
            yield f"{name}:{node.lineno}", re.compile(made, re.IGNORECASE if ignoring else 0)


def _found_in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _found_in(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in value.__dataclass_fields__:
            yield from _found_in(getattr(value, field))


def _pieces(parsed: Any, found: list[str]) -> str:
    """A string that the parsed pattern may match; each literal run and each alternative goes into `found`."""
    made = ""
    for op, arg in parsed:
        name = str(op)
        if name == "LITERAL":
            made += chr(arg)
        elif name in ("NOT_LITERAL", "ANY", "CATEGORY"):
            made += "a"
        elif name == "IN":
            made += _member(arg)
        elif name == "BRANCH":
            made += [_pieces(branch, found) for branch in arg[1]][0]
        elif name == "SUBPATTERN":
            made += _pieces(arg[-1], found)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            made += _pieces(arg[2], found) * max(1, min(arg[0], 5))
        elif name in ("ASSERT", "ASSERT_NOT"):
            _pieces(arg[1], found)
    found.append(made)
    return made


def _member(members: Any) -> str:
    for op, arg in members:
        if str(op) == "LITERAL":
            return chr(arg)
        if str(op) == "RANGE":
            return chr(arg[0])
        if str(op) == "CATEGORY":
            return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(arg), "a")
    return "a"


def _hostile(pattern: re.Pattern[str]) -> list[str]:
    """Strings of 500 characters out of what a pattern is made of: repeated, joined, nearly matched."""
    found: list[str] = []
    _pieces(sre_parse.parse(pattern.pattern, pattern.flags & ~re.DEBUG), found)
    pieces = sorted({piece for piece in found if piece}, key=lambda piece: (-len(piece), piece))[:12]
    chars = sorted({char for piece in pieces for char in piece})[:12]
    units = [*pieces, *chars, *string.digits[:2], " ", "-", ".", "@", "_", "a", "é", "A1", "1 ", "a ", "a-", "(", "\n"]
    chance = random.Random(7)
    mixed = ["".join(chance.choice(units) for _ in range(LONGEST)) for _ in range(3)]
    made = [unit * LONGEST for unit in units]
    made += [f"{unit}{joint}" * LONGEST for unit in pieces[:6] for joint in (" ", ", ", "1", "-")]
    made = [text[:LONGEST] for text in (*made, *mixed)]
    return [*made, *(text[: LONGEST - 1] + end for text in made for end in ("!", "x"))]


def _seconds(call: Any) -> float:
    """The seconds of processor that a call takes, the best of three where it is not quick."""
    best = 1e9
    for _ in range(3):
        start = time.thread_time()
        call()
        best = min(best, time.thread_time() - start)
        if best < 0.002:
            break
    return best


@pytest.fixture(scope="module")
def median_message() -> float:
    """The seconds that cutting and folding a usual message of 500 characters takes, without names and models."""

    def read(text: str) -> None:
        for start, end, _ in clauses(text):
            view(text[start:end])

    texts = [(_USUAL[at:] + _USUAL * 3)[:LONGEST] for at in range(0, 50, 10)]
    times = []
    for text in texts:
        start = time.thread_time()  # once only: what was read before is remembered
        read(text)
        times.append(time.thread_time() - start)
    return median(times)


def test_no_pattern_is_slow_on_what_it_is_made_of(median_message: float) -> None:
    slow, patterns = [], list(_patterns())
    assert len(patterns) > 150
    for name, pattern in patterns:
        for text in _hostile(pattern):
            taken = _seconds(lambda pattern=pattern, text=text: sum(1 for _ in pattern.finditer(text)))
            if taken > MOST_OF_A_MEDIAN * median_message:
                slow.append(f"{name}: {taken * 1000:.0f} ms for {text[:30]!r}: {pattern.pattern[:80]}")
                break
    assert not slow, "\n".join(slow)


_OLD = re.compile(r"\b(?=\w*[a-zA-Z]\w*\d\w*\d|\w*\d\w*[a-zA-Z]\w*\d|\w*\d\w*\d\w*[a-zA-Z])[a-zA-Z\d]{4,}\b")


def test_digits_that_stand_for_letters_are_told_in_one_pass() -> None:
    """As the pattern of before did, which took a second for 500 digits."""
    chance = random.Random(3)
    table = str.maketrans("013457", "oieast")
    for _ in range(3000):
        text = "".join(chance.choice("ab01é_ -7Z") for _ in range(chance.randrange(14)))
        if not re.search(r"(?<!\S)(?:\S\s+){3,}\S(?!\S)", text):
            assert undisguised(text) == _OLD.sub(lambda found: found[0].translate(table), text)
    assert undisguised("s u i c i d e et 5u1c1d3") == "suicide et suicide"
    assert _seconds(lambda: undisguised("1" * LONGEST)) < 0.01
