"""Joins the modules of the widget into one, since an integrity hash covers a script but not what it imports."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r"^import [^;]*? from \"\./(?P<name>[\w.]+)\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?(?:function|class|const|let) (?P<name>[\w$]+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_FOR_READERS = re.compile(r"^ *(?://.*|/\*(?:[^*]|\*(?!/))*\*/)\n|^ +", re.MULTILINE)


def join_modules(entry: Path) -> str:
    """The text of one JavaScript module made of `entry` and everything that it imports, each module once.

    All modules must be in one folder, import names at their top, and export where they define; the joined modules share
    one scope. Comment lines and indentation are left out. Raises ValueError for other forms of import or export, for a
    name that two modules define, and for modules that import one another.
    """
    texts: dict[Path, str] = {}
    _collect(entry, texts, ())
    home: dict[str, Path] = {}
    for module, text in texts.items():
        for found in _DEFINED.finditer(text):
            if home.setdefault(found["name"], module) != module:
                raise ValueError(f"{module}: {found['name']} is defined in {home[found['name']].name} too")
    return "\n".join(_FOR_READERS.sub("", text) for text in texts.values())


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
