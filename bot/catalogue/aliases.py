"""Other names that people give to formations, each of one fiche: aliases.toml beside the fiches, word for word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import tomli

from bot.catalogue.fiche import Catalogue
from bot.catalogue.index import read_types
from bot.catalogue.lexicon import GAP_WORDS
from bot.catalogue.mention import Mention
from bot.catalogue.normalize import Token, stem, tokenize
from bot.catalogue.old_names import old_names
from bot.catalogue.parser import FicheError

ALIASES_FILE = "aliases.toml"
_TABLE = "aliases"
_HEADER = f'# Other names of fiches: "what people say" = "the title of the fiche".\n[{_TABLE}]\n'
_SHORTEST = 3


def parse_aliases(text: str) -> dict[str, str]:
    """The aliases of the text of an aliases.toml, each with the title or the id of its fiche.

    Raises FicheError, tomli.TOMLDecodeError.
    """
    tables = tomli.loads(text)
    aliases = tables.get(_TABLE, {})
    if tables.keys() - {_TABLE} or not isinstance(aliases, dict):
        raise FicheError(ALIASES_FILE, 1, f"write aliases under one line [{_TABLE}], and nothing else")
    for alias, fiche in aliases.items():
        line = 1 + text[: text.find(alias)].count("\n")
        if not isinstance(fiche, str):
            raise FicheError(ALIASES_FILE, line, f'"{alias}" needs the title of a fiche in quotes')
        why = unfit(alias)
        if why:
            raise FicheError(ALIASES_FILE, line, f'"{alias}" {why}')
    return aliases


def with_alias(text: str, alias: str, title: str) -> str:
    """The text of an aliases.toml, which may be empty, with one alias more."""
    line = f"{json.dumps(alias, ensure_ascii=False)} = {json.dumps(title, ensure_ascii=False)}\n"
    return f"{text.rstrip()}\n{line}" if text.strip() else _HEADER + line


def unfit(alias: str) -> str | None:
    """Why no formation can be told by `alias` alone, None where it can."""
    tokens = tokenize(alias)
    typed = {i for first, past, _ in read_types(tokens) for i in range(first, past)}
    words = [token.text for i, token in enumerate(tokens) if i not in typed and token.text not in GAP_WORDS]
    if not words:
        return "has no word but types and articles: every formation of that type would bear it"
    if len("".join(words)) < _SHORTEST:
        return "is too short"
    if tuple(token.text for token in tokens) in old_names():
        return "is an old name already (bot/catalogue/old_names.toml)"
    return None


def taken(alias: str, catalogue: Catalogue) -> str | None:
    """Whose name `alias` is already, in words, or None."""
    formations, key = catalogue.formations, key_of(alias)
    for formation in formations.values():
        if key_of(formation.title) == key:
            return f'is the title of the fiche "{formation.title}"'
        if formation.sigle and key_of(formation.sigle) == key:
            return f'is the sigle of "{formation.title}"'
    for name, fiche in catalogue.aliases.items():
        if key_of(name) == key:
            return f'is an alias of "{formations[fiche].title}" already'
    for label in catalogue.jobs:
        if key_of(label) == key:
            return f'is the name of the job "{label}"'
    return None


def key_of(name: str) -> tuple[str, ...]:
    """What two names have in common that are the same but for case, accents, gender and number."""
    return _key(tokenize(name))


def _key(tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(stem(token.text) for token in tokens if token.text not in GAP_WORDS)


def fitting(
    aliases: Mapping[str, str], titles: Mapping[str, str], told: Callable[[str], Any]
) -> Iterator[tuple[str, str]]:
    """The aliases with the id of their fiche, where it is in `titles` (title -> id) and no title is the same name.

    `told` is called with a line for each of the others.
    """
    ids = set(titles.values())
    taken = {key_of(title): title for title in titles}
    for alias, fiche in aliases.items():
        if key_of(alias) in taken:
            told(f'{ALIASES_FILE}:1: "{alias}" is the title of a fiche, as an alias left out')
        elif fiche in titles or fiche in ids:
            yield alias, titles.get(fiche, fiche)
        else:
            told(f'{ALIASES_FILE}:1: no fiche has the title "{fiche}", its alias "{alias}" is left out')


class Aliases:
    """The aliases of one catalogue, each with the id of its fiche."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._fiches = {key_of(alias): fiche for alias, fiche in aliases.items()}
        self._longest = max((len(key) for key in self._fiches), default=0)

    def applied(
        self, text: str, tokens: Sequence[Token], mentions: list[Mention], is_kind: Callable[[str, str], bool]
    ) -> list[Mention]:
        """`mentions` with the aliases in `text` in the place of what they touch.

        A longer name said whole stays, and so does one said with a type that the fiche of the alias is not of.
        """
        for first, past, fiche in self._find(tokens):
            start, end = tokens[first].start, tokens[past - 1].end
            touching = [m for m in mentions if m.start < end and start < m.end]
            if any(m.known and (m.start < start or end < m.end) and m.whole for m in touching):
                continue
            if any(m.type and not is_kind(fiche, m.type) for m in touching):
                continue
            start, end = min([start, *(m.start for m in touching)]), max([end, *(m.end for m in touching)])
            words = tuple(token.text for token in tokens[first:past])
            mention = Mention(start, end, text[start:end], formations=(fiche,), words=words, whole=True)
            mentions = sorted([*(m for m in mentions if m not in touching), mention], key=lambda m: m.start)
        return mentions

    def _find(self, tokens: Sequence[Token]) -> list[tuple[int, int, str]]:
        """The aliases in `tokens`: (first, past the last, id), longest first, never overlapping."""
        words = [(i, stem(token.text)) for i, token in enumerate(tokens) if token.text not in GAP_WORDS]
        found, at = [], 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                fiche = self._fiches.get(tuple(word for _, word in words[at : at + size]))
                if fiche:
                    found.append((words[at][0], words[at + size - 1][0] + 1, fiche))
                    at += size
                    break
            else:
                at += 1
        return found
