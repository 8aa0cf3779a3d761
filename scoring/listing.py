"""What a source turns out to hold, gathered while it is read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from .dataset import Item, Skipped
from .elsewhere import Elsewhere


@dataclass(slots=True)
class Listing:
    """Items in order, what could not be used, and how many files are no images.

    ``addresses`` are those of images that are to be downloaded, by their place; ``packed`` has the images that are
    still inside of tables.
    """

    items: list[Item] = field(default_factory=list)
    problems: list[Skipped] = field(default_factory=list)
    ignored: int = 0
    addresses: dict[Path, str] = field(default_factory=dict)
    packed: list[Elsewhere] = field(default_factory=list)

    def skip(self, where: object, reason: str) -> None:
        """Note that ``where`` was left out, and why."""
        self.problems.append(Skipped(str(where), reason))

    def extend(self, other: Listing) -> None:
        """Append all that ``other`` holds."""
        self.items += other.items
        self.problems += other.problems
        self.ignored += other.ignored
        self.addresses.update(other.addresses)
        self.packed += other.packed


def as_label(text: str) -> str:
    """``text`` composed (NFC) and stripped: macOS decomposes file names, and é must equal é."""
    return unicodedata.normalize("NFC", text).strip()
