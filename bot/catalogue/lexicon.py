"""What the titles do not say, read from lexicon.toml: ways to write a type, short forms, generic and everyday words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import tomli

from bot.catalogue.normalize import fold, stem, tokenize

_LEXICON = Path(__file__).with_name("lexicon.toml")

# Articles, prepositions and links that may stand inside a name.
GAP_WORDS = frozenset(
    """
        a au aux d dans de des du en et l la le les leur leurs ou par pour s ses son sur un une the of and
        mon ma mes ton ta tes sa
    """.split()
)
# Where one name ends and another begins.
BREAK_WORDS = frozenset(
    """
    ou vs versus contre puis sinon entre plutot compare ainsi apres avant avec sans vers
""".split()
)


@dataclass(frozen=True)
class Lexicon:
    """The tables of lexicon.toml, folded and stemmed.

    `types` maps a written form (tuple of folded words) to the key of a type; `kinds` a key to those it also names,
    `loose_kinds` to those sometimes meant by it; `abbreviations` a short form to the beginnings of words; `popular`
    a popular name to words of titles, `popular_jobs` the label of a job to its popular names.
    """

    types: Mapping[tuple[str, ...], str]
    kinds: Mapping[str, tuple[str, ...]]
    loose_kinds: Mapping[str, tuple[str, ...]]
    abbreviations: Mapping[str, tuple[str, ...]]
    popular: Mapping[tuple[str, ...], tuple[str, ...]]
    popular_jobs: Mapping[str, tuple[str, ...]]
    generic: frozenset[str]
    everyday: frozenset[str]
    places: frozenset[str]
    short_jobs: frozenset[str]
    common_heads: frozenset[str]

    @cached_property
    def longest_type(self) -> int:
        return max(len(form) for form in self.types)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the project, read once."""
    tables = tomli.loads(_LEXICON.read_text(encoding="utf-8"))
    return Lexicon(
        types={
            written: key
            for key, forms in tables["types"].items()
            for form in forms
            for written in (_plural(form, 3), _plural(form, 2), tuple(form.split()))
        },
        kinds={key: tuple(values) for key, values in tables["kinds"].items()},
        loose_kinds={key: tuple(values) for key, values in tables["loose_kinds"].items()},
        abbreviations={key: tuple(values) for key, values in tables["abbreviations"].items()},
        popular={tuple(key.split()): tuple(stem(w) for w in value.split()) for key, value in tables["popular"].items()},
        popular_jobs={label: tuple(names) for label, names in tables["popular_jobs"].items()},
        generic=frozenset(stem(fold(w)) for w in tables["generic"]["words"]),
        everyday=frozenset(stem(fold(w)) for w in tables["everyday"]["words"]),
        places=frozenset(stem(t.text) for w in tables["places"]["words"] for t in tokenize(w)),
        short_jobs=frozenset(tables["short_jobs"]["words"]),
        common_heads=frozenset(stem(fold(w)) for w in tables["common_heads"]["words"]),
    )


def _plural(form: str, short: int) -> tuple[str, ...]:
    """A written type with an s at the end of each word of more than `short` letters ("bacs technologiques")."""
    words = form.split()
    return (
        tuple(f"{w}s" if len(w) > short and w[-1] not in "sx" else w for w in words) if len(words) > 1 else tuple(words)
    )


def type_key(form: str) -> str | None:
    """The key of the type written `form` ("baccalauréat professionnel" -> "bac pro"), or None."""
    return lexicon().types.get(tuple(token.text for token in tokenize(form)))
