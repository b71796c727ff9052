"""Joins the modules of the widget into one, since an integrity hash covers a script but not what it imports."""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_letters

_IMPORT = re.compile(r"^import [^;]*? from \"\./(?P<name>[\w.]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?(?:function|class|const|let) (?P<name>[\w$]+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# What is private to a class where it is declared, or used: no other part of the page can name it.
_PRIVATE = re.compile(r"(?:(?<=\.)|(?<=^  )|(?<=^  get )|(?<=^  async ))#(?P<name>\w+)", re.MULTILINE)
# Comments go, strings and patterns are kept, white space around these marks means nothing. CSS needs it around + and -,
# and before a colon that begins a selector.
_FOR_READERS = re.compile(
    r"""^\s*//.*\n | ^\s*/\*(?:[^*]|\*(?!/))*\*/\n | \ ?//\ .* | \ ?/\*.*\*/ | ^\s+ | ;\n\ *(?=\})
    | (?P<kept> "[^"\n]*" | `[^`\n]*` | (?:(?<=\()|(?<=\ )(?!/\ ))/(?:[^/\\\[\n]|\\.|\[(?:[^]\\\n]|\\.)*])+/ )
    | \ (?: (?P<before> [{}] ) | (?P<between> [=!]?== | [?&|<>]{1,2} | [-+?|<>]?= | => | : )\ )
    | (?P<after> [,:;{(\[] )[\ \n]""",
    re.MULTILINE | re.VERBOSE,
)


def join_modules(entry: Path) -> str:
    """The module `entry` and all that it imports, each once and after what it imports, as the text of one module.

    The modules are of one folder, import names on top, and export where they define; joined, they share one scope.
    Comments are left out, white space that means nothing, and long names of what is private to a class. Raises
    ValueError for an import or export of another form, for a name that two modules define, and for modules that import
    one another.
    """
    texts: dict[Path, str] = {}
    _collect(entry, texts, ())
    home: dict[str, Path] = {}
    for module, text in texts.items():
        for found in _DEFINED.finditer(text):
            if home.setdefault(found["name"], module) != module:
                raise ValueError(f"{module}: {found['name']} is defined in {home[found['name']].name} too")
    return "\n".join(_for_browsers(text) for text in texts.values())


def _for_browsers(module: str) -> str:
    """The same without what is there for readers: comments, white space, long names of what is private."""
    short: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        at = len(short)
        return "#" + short.setdefault(found["name"], f"{ascii_letters[at % 52]}{at // 52 or ''}")

    def keep(found: re.Match[str]) -> str:
        return found[found.lastgroup] if found.lastgroup else ""

    return _FOR_READERS.sub(keep, _PRIVATE.sub(name, module)).strip()


def _collect(module: Path, texts: dict[Path, str], above: tuple[Path, ...]) -> None:
    if module in above:
        raise ValueError(f"{module}: imports itself, by way of {above[-1].name}")
    if module in texts:
        return
    source = module.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(source):
        _collect(module.parent / found["name"], texts, (*above, module))
    text = _EXPORT.sub("", _IMPORT.sub("", source))
    if strange := _LEFT_OVER.search(text):
        raise ValueError(f"{module}: cannot join {strange[0]!r}")
    texts[module] = text
