"""Joins the modules of the widget into one script.

A page pins a script by an integrity hash. That hash does not cover the modules that the script imports, so the widget
is served as a single file.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import ascii_letters

_IMPORT = re.compile(r"^import [^;]*? from \"\./(?P<name>[\w.]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?(?:function|class|const|let) (?P<name>[\w$]+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# A private member of a class (#name), where it is declared or used. It can be renamed, as only its class can use it.
_PRIVATE = re.compile(r"(?:(?<=\.)|(?<=^  )|(?<=^  get )|(?<=^  async ))#(?P<name>\w+)", re.MULTILINE)
# Matches comments, strings, patterns, and punctuation with white space around it. Comments and that white space are
# removed. The white space of CSS around + and -, and before a colon that begins a selector, has a meaning and stays.
_FOR_READERS = re.compile(
    r"""^\s*//.*\n | ^\s*/\*(?:[^*]|\*(?!/))*\*/\n | \ ?//\ .* | \ ?/\*.*\*/ | ^\s+ | ;\n\ *(?=\})
    | (?P<kept> "[^"\n]*" | `[^`\n]*` | (?:(?<=\()|(?<=\ )(?!/\ ))/(?:[^/\\\[\n]|\\.|\[(?:[^]\\\n]|\\.)*])+/ )
    | \ (?: (?P<before> [{}] ) | (?P<between> [=!]?== | [?&|<>]{1,2} | [-+?|<>]?= | => | : )\ )
    | (?P<after> [,:;{(\[] )[\ \n]""",
    re.MULTILINE | re.VERBOSE,
)


def join_modules(entry: Path) -> str:
    """Return the module `entry` and everything it imports as the text of one module.

    Each module appears once, after the modules that it imports. All modules must be in one folder, have their
    imports at the top, and export names in the line that defines them. In the result they share one scope. Comments
    and unneeded white space are removed, and private names are shortened.

    Raises ValueError if an import or export has another form, if two modules define the same name, or if modules
    import each other.
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
    """Return the module without comments and unneeded white space, and with short private names."""
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
