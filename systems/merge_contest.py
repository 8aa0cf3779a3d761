"""Choosing between two sides of a merge, one thing at a time, and remembering where both changed it differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from .text import plain

Preference: TypeAlias = Literal["ours", "theirs"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that both sides changed differently; ``base``, ``ours`` and ``theirs`` say how, safe to show.

    ``class_name`` and ``attribute`` tell the place by the base's names, each ``None`` where it is about no single
    one; ``what`` is ``rule``, ``prompt``, ``weight``, ``note``, ``name``, ``order``, ``class``, ``attribute``,
    ``option "..."`` or a key of the system.
    """

    class_name: str | None
    attribute: str | None
    what: str
    base: str
    ours: str
    theirs: str

    @property
    def place(self) -> str:
        """The place as a person would name it; safe to show."""
        parts = [plain(part) for part in (self.class_name, self.attribute) if part is not None]
        return " › ".join([*parts, self.what])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a choice is made: see ``Conflict``."""

    class_name: str | None = None
    attribute: str | None = None


@dataclass(slots=True)
class Contest:
    """The preferred side, and the conflicts so far."""

    prefer: Preference
    conflicts: list[Conflict] = field(default_factory=list)

    def pick(self, place: Place, what: str, values: Iterable[T], show: Callable[[T], str]) -> T:
        """Of the base's, our and their value the one that only one side changed.

        Where both did, differently, it is the preferred one, and a conflict in which ``show`` says how they read.
        """
        base, ours, theirs = values
        if ours == theirs or theirs == base:
            return ours
        if ours == base:
            return theirs
        self.clash(place, what, show(base), show(ours), show(theirs))
        return self.preferred(ours, theirs)

    def clash(self, place: Place, what: str, base: str, ours: str, theirs: str) -> None:
        """Remember a conflict."""
        self.conflicts.append(Conflict(place.class_name, place.attribute, what, base, ours, theirs))

    def preferred(self, ours: T, theirs: T) -> T:
        """The preferred one of two."""
        return ours if self.prefer == "ours" else theirs
