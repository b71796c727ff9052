"""Decides whether an import may change a catalogue that already exists. Pure: does not read the store."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

# A removal is large if it has more fiches than FEW_REMOVED and more than one of _ONE_OF. It needs an explicit option.
FEW_REMOVED = 10
_ONE_OF = 10
_MOST_NAMED = 10


@dataclass(frozen=True)
class Replacement:
    """The changes that an import would make to a store that contains fiches.

    `folder` is the imported folder. `made_from` is the folder of the last import, or None if unknown. `held` is the
    number of fiches in the store. `removed` has the titles of the fiches that the import would remove. `readable`
    tells whether this version of Jalon can answer from the store as it is.
    """

    folder: str
    made_from: str | None
    held: int = 0
    removed: tuple[str, ...] = ()
    readable: bool = True

    @property
    def is_large(self) -> bool:
        """Whether the import would remove so many fiches that it may be a mistake."""
        return len(self.removed) > FEW_REMOVED and len(self.removed) * _ONE_OF > self.held


class NotPermitted(Exception):
    """Raised when an import is not allowed. The message has the reason and what to do.

    `readable` is that of the Replacement.
    """

    def __init__(self, message: str, readable: bool = True) -> None:
        super().__init__(message)
        self.readable = readable


Permit = Callable[[Replacement], None]


def anything(_replacement: Replacement) -> None:
    """Permit every import."""


def no_large_removal(replacement: Replacement) -> None:
    """Permit any import that does not remove many fiches; raises NotPermitted otherwise."""
    if replacement.is_large:
        removed, folder = replacement.removed, replacement.folder
        raise NotPermitted(
            f"{len(removed):,} of the {replacement.held:,} fiches of the catalogue{_origin(replacement)} are not in "
            f"{folder} and would be removed: {_named(removed)}. Nothing was changed; to remove them: "
            f"python -m bot ingest --force {shlex.quote(folder)}",
            replacement.readable,
        )


def same_folder_only(replacement: Replacement) -> None:
    """Permit an import from the folder of the last import, unless it removes many fiches.

    If the last folder is unknown, permit an import that removes no fiche. Raises NotPermitted otherwise.
    """
    if replacement.made_from == replacement.folder:
        no_large_removal(replacement)
    elif replacement.made_from is None and not replacement.removed:
        return
    elif replacement.readable:
        raise NotPermitted(
            f"The catalogue{_origin(replacement)} stays as it is: {replacement.folder} is not imported over it. "
            f"To replace the catalogue by that folder: python -m bot ingest {shlex.quote(replacement.folder)}"
        )
    else:
        folder = shlex.quote(replacement.made_from) if replacement.made_from else "FOLDER"
        raise NotPermitted(
            f"The store holds a catalogue{_origin(replacement)} that another version of Jalon wrote, and stays as it "
            f"is. To make it anew from its folder of fiches: python -m bot ingest {folder}",
            readable=False,
        )


def _origin(replacement: Replacement) -> str:
    return f" made from {replacement.made_from}" if replacement.made_from else ""


def _named(titles: tuple[str, ...]) -> str:
    named = ", ".join(f'"{title}"' for title in titles[:_MOST_NAMED])
    more = len(titles) - _MOST_NAMED
    return f"{named} and {more:,} more" if more > 0 else named
