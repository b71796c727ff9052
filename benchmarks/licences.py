"""The licences of what Jalon runs on, checked and put into docs/dependencies.md: the last step of `make sbom`.

    python -m benchmarks.licences build/sbom/licences.json

The file is what `pip-licenses --format=json` says of an environment that holds requirements.lock and nothing else.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.report import say, write_section
from bot.settings import ROOT

DOCUMENT = ROOT / "docs" / "dependencies.md"
# Licences under which a dependency may stand beside code under EUPL-1.2. One that is not here stops the command:
# whoever adds it says in docs/dependencies.md why it may.
ALLOWED = frozenset(
    "0BSD Apache-2.0 BSD BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python ISC LGPL LGPL-LR MIT MIT-0 MIT-CMU MPL-2.0 "
    "PSF-2.0 TCL Zlib".split()
)
# What packages write instead of the identifier of SPDX.
_SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_LINK = re.compile(r"; | AND | OR ")


def by_licence(packages: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The names of packages by licence, the licence that most have first.

    Args:
        packages: objects with "Name" and "License", as `pip-licenses --format=json` writes them.

    Raises:
        ValueError: a package has a licence that is not in ALLOWED, or none; the message names each of them.
    """
    groups: defaultdict[str, list[str]] = defaultdict(list)
    refused = []
    for package in packages:
        parts = [_SPELLINGS.get(part, part) for part in _LINK.split(package["License"])]
        links = _LINK.findall(package["License"])
        if not ALLOWED.issuperset(parts):
            refused.append(f"{package['Name']} ({package['License']})")
        licence = "".join(part + link for part, link in zip(parts, [*links, ""], strict=True))
        groups[licence].append(package["Name"])
    if refused:
        raise ValueError(f"not known to be compatible with EUPL-1.2: {', '.join(sorted(refused))}")
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return {licence: sorted(names, key=str.lower) for licence, names in ordered}


def main() -> int:
    """Read the file that the command line names, check it, write the table."""
    packages = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        groups = by_licence(packages)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    rows = [f"| {licence} | {', '.join(names)} |" for licence, names in groups.items()]
    write_section(DOCUMENT, "Dependencies", "\n".join(["| licence | packages |", "| --- | --- |", *rows]))
    say(f"{len(packages)} packages: written to {DOCUMENT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
