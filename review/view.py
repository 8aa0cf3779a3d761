"""Which classes the matrix shows, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Sort: TypeAlias = Literal["file", "accuracy", "gain", "name"]
Only: TypeAlias = Literal["all", "gain", "findings", "unseen", "locked"]

SORTS: dict[Sort, str] = {
    "file": "in the order of the file",
    "accuracy": "worst accuracy first",
    "gain": "most to gain first",
    "name": "by name",
}
ONLY: dict[Only, str] = {
    "all": "all classes",
    "gain": "where a change would gain",
    "findings": "with findings",
    "unseen": "not seen yet",
    "locked": "with locked cells",
}


ONLY_KEYS: dict[Only, str] = {"all": "a", "gain": "g", "findings": "f", "unseen": "n", "locked": "l"}
"""The key that takes each in a menu."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter by text (in the class name or a rule), a filter by what was found, and an order."""

    text: str = ""
    only: Only = "all"
    sort: Sort = "file"

    @property
    def filtered(self) -> bool:
        """Whether classes may be hidden."""
        return bool(self.text) or self.only != "all"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a view asks about a class, by name; ``text`` is casefolded."""

    text: Callable[[str], str]
    accuracy: Callable[[str], float | None]
    gain: Callable[[str], float]
    keeps: dict[Only, Callable[[str], bool]]


def rows(classes: tuple[str, ...], view: View, facts: Facts) -> tuple[str, ...]:
    """The classes to show. Sorting is stable; classes without images stand last when accuracy sorts."""
    wanted = view.text.casefold()
    found = [name for name in classes if not wanted or wanted in facts.text(name)]
    keeps = facts.keeps.get(view.only)
    if keeps is not None:
        found = [name for name in found if keeps(name)]
    if view.sort == "name":
        found.sort(key=str.casefold)
    elif view.sort == "gain":
        found.sort(key=lambda name: -facts.gain(name))
    elif view.sort == "accuracy":
        found.sort(key=lambda name: 2.0 if (value := facts.accuracy(name)) is None else value)
    return tuple(found)
