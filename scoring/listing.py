"""What a source turns out to hold, gathered while it is read."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from .dataset import Item, Skipped


@dataclass(slots=True)
class Listing:
    """Items in order, what could not be used, and how many files are no images."""

    items: list[Item] = field(default_factory=list)
    problems: list[Skipped] = field(default_factory=list)
    ignored: int = 0

    def skip(self, where: object, reason: str) -> None:
        """Note that ``where`` was left out, and why."""
        self.problems.append(Skipped(str(where), reason))

    def extend(self, other: Listing) -> None:
        """Append all that ``other`` holds."""
        self.items += other.items
        self.problems += other.problems
        self.ignored += other.ignored


def as_label(text: str) -> str:
    """``text`` composed (NFC) and stripped: macOS decomposes file names, and é must equal é."""
    return unicodedata.normalize("NFC", text).strip()
