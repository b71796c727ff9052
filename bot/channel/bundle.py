"""The modules of the widget as one: integrity hashes cover a module script alone, never what it imports. No Sanic."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import [^;]*? from \"\./(?P<name>[\w.]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?(?:function|class|const|let) (?P<name>[\w$]+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
# Strings are kept; comments go, and the white space around these marks that means nothing. CSS needs it around + and -,
# and before a colon that begins a selector.
_FOR_READERS = re.compile(
    r"""(?P<kept> "[^"\n]*" | `[^`\n]*` )
    | ^\s*//.*\n | ^\s*/\*(?:[^*]|\*(?!/))*\*/\n | \ ?//\ .* | \ ?/\*.*\*/ | ^\s+
    | \ (?: (?P<before> [{}] ) | (?P<between> [=!]?== | [?&|<>]{1,2} | [-+?|<>]?= | => | : )\ )
    | (?P<after> [,:;{(\[] )[\ \n]""",
    re.MULTILINE | re.VERBOSE,
)


def join_modules(entry: Path) -> str:
    """The module `entry` and all that it imports, each once and after what it imports, as the text of one module.

    The modules are of one folder, import names on top, and export where they define; joined, they share one scope.
    Comments are left out, and white space that means nothing. Raises ValueError for an import or export of another
    form, for a name that two modules define, and for modules that import one another.
    """
    texts: dict[Path, str] = {}
    _collect(entry, texts, ())
    home: dict[str, Path] = {}
    for module, text in texts.items():
        for found in _DEFINED.finditer(text):
            if home.setdefault(found["name"], module) != module:
                raise ValueError(f"{module}: {found['name']} is defined in {home[found['name']].name} too")
    return "\n".join(
        _FOR_READERS.sub(lambda found: found[found.lastgroup] if found.lastgroup else "", text).strip()
        for text in texts.values()
    )


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
