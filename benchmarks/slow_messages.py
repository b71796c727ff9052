"""The slowest of many generated messages, as a multiple of the median: python -m benchmarks.slow_messages [COUNT].

Each message has 500 characters, the most that the web API takes, and goes through the whole NLU over the whole
catalogue where ../shared is there: names, distress, intent, facets. Seconds are of the processor.
"""

from __future__ import annotations

import gc
import random
import re
import string
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.direct import Variant, train
from benchmarks.fiches import widest_store
from benchmarks.report import say
from bot.catalogue.live import LiveCatalogue
from bot.catalogue.resolver import Resolver
from bot.nlu.understanding import Understanding
from bot.settings import ROOT

LONGEST = 500
MOST_OF_A_MEDIAN = 10
_COUNT = 100_000
_TYPES = "CAP BTS BUT licence master bac pro BP DEUST CAPA titre diplôme d'ingénieur école option parcours".split()
_OPENINGS = "je tu il elle on mon ma mes et mais donc sinon j' qui que un une des jveu jsui ya".split()
_DISTANT = "maçn boulangr electricin informatik infirmirre mecaniqe coifure plombié kuisine santee".split()


class Generator:
    """Makes messages out of words of phrases, of titles and of nothing, mixed and repeated; the same for a seed."""

    def __init__(self, titles: Sequence[str], jobs: Sequence[str], seed: int = 1) -> None:
        self._chance = random.Random(seed)
        phrases = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "data" / "nlu").glob("*.yml")))
        self._phrases = re.findall(r"^ {4}- (.+)$", phrases, re.MULTILINE)
        self._names = [*titles, *jobs]
        self._words = sorted({word for name in self._names for word in re.findall(r"\w+", name)})
        self._said = sorted({word for phrase in self._phrases for word in re.findall(r"\w+", phrase)})
        self._units: tuple[Callable[[], str], ...] = (
            lambda: self._one_of(self._phrases),
            lambda: self._one_of(self._names),
            lambda: self._one_of(self._words),
            lambda: self._one_of(self._said),
            lambda: self._one_of(_TYPES),
            lambda: self._one_of(_OPENINGS),
            lambda: self._one_of(_DISTANT),
            lambda: self._misspelt(self._one_of(self._words)),
            lambda: self._one_of(string.ascii_letters + string.digits + "éàçœ"),
            lambda: self._one_of(string.punctuation + "«»…’ \n\t\u00a0\u200b\u0301🙂"),
            lambda: "".join(self._chance.choice(string.ascii_lowercase) for _ in range(self._chance.randrange(2, 30))),
            lambda: str(self._chance.randrange(10 ** self._chance.randrange(1, 12))),
        )

    def message(self) -> str:
        """500 characters: up to three kinds of units, a few of them repeated or each drawn anew."""
        kinds = self._chance.sample(self._units, self._chance.randint(1, 3))
        joint = self._chance.choice((" ", " ", " ", "", ", ", "-", " et ", " ou ", "/", ". "))
        repeated = [kind() for kind in kinds for _ in range(self._chance.randint(1, 2))]
        fresh = self._chance.random() < 0.6
        parts: list[str] = []
        while sum(map(len, parts)) + len(joint) * len(parts) < LONGEST:
            parts.append(self._chance.choice(kinds)() if fresh else self._chance.choice(repeated))
            if len(parts) > LONGEST:
                break
        return (joint.join(parts) + "?" * LONGEST)[:LONGEST]

    def _one_of(self, texts: Sequence[str]) -> str:
        return self._chance.choice(texts)

    def _misspelt(self, word: str) -> str:
        at = self._chance.randrange(len(word))
        return word[:at] + self._chance.choice(string.ascii_lowercase) + word[at + self._chance.randint(0, 1) :]


def measure(texts: Sequence[str], read: Callable[[str], object]) -> list[tuple[float, str]]:
    """The seconds of processor that `read` takes for each text, the slowest first.

    What lives already is no more looked at for garbage: a collection would count as the message that it falls into.
    """
    gc.collect()
    gc.freeze()
    taken = []
    for text in texts:
        start = time.process_time()
        read(text)
        taken.append((time.process_time() - start, text))
    return sorted(taken, reverse=True)


def reader(resolver: Resolver, understanding: Understanding) -> Callable[[str], object]:
    """What the components of config.yml do with one message, without Rasa around it."""

    def read(text: str) -> object:
        mentions = resolver.resolve(text)
        understood = understanding.read(text, mentions)
        if understood.rest:
            understanding.read_beside(understood.rest, resolver.resolve(understood.rest))
        return [asdict(mention) for mention in mentions], understood

    return read


def main(count: int) -> int:
    """Generate, read, print; 1 where one message takes more than ten times the median."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        url, formations = widest_store(folder / "catalogue.db")
        catalogue = LiveCatalogue(url).current()
        resolver = Resolver(
            catalogue.formations.values(), catalogue.jobs.values(), catalogue.aliases, catalogue.job_fiches
        )
        (folder / "model").mkdir()
        train(Variant.WHOLE, ROOT / "data" / "nlu", folder / "model")
        read = reader(resolver, Understanding.load(folder / "model"))
    say(f"{count} messages of {LONGEST} characters over {formations} formations")
    generator = Generator([f.title for f in catalogue.formations.values()], list(catalogue.jobs))
    measure([generator.message() for _ in range(min(count, 50))], read)  # lists are read at the first message
    taken = measure([generator.message() for _ in range(count)], read)
    middle = median(seconds for seconds, _ in taken)
    print(f"median {middle * 1000:.1f} ms of processor")
    for seconds, text in taken[:5]:
        print(f"{seconds / middle:5.1f} times, {seconds * 1000:.0f} ms: {text!r}")
    return int(taken[0][0] > MOST_OF_A_MEDIAN * middle)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT))
