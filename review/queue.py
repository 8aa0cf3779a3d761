"""The review's queue: the cells worth a look that nobody has looked at yet, walked one key press at a time."""

from __future__ import annotations

from collections.abc import Iterator

from ..authoring.locks import Cell
from ..systems.model import System
from .insight import Insight
from .seen_marks import SeenMarks


class Queue:
    """What gains most first, then what checks found, then where images disagree; cells that were seen are left out.

    So it ends. Of a large system it has tens of thousands of cells, of which a key press needs one: neither its length
    nor its next cell goes through all of them.
    """

    def __init__(self, seen: SeenMarks) -> None:
        self._seen = seen
        self._insight = Insight()
        self._system = System()
        self._cells: tuple[Cell, ...] = ()
        self._places: dict[Cell, int] = {}

    def follow(self, insight: Insight, system: System) -> Queue:
        """Go on with what ``insight`` found, as far as it is still there in ``system``."""
        old, self._system = self._system, system
        if insight is not self._insight or not _same_names(old, system):
            self._insight = insight
            classes, attributes = system.rules.keys(), {attribute.name for attribute in system.attributes}
            self._cells = tuple(cell for cell in insight.queue if cell[0] in classes and cell[1] in attributes)
            self._places = {cell: at for at, cell in enumerate(self._cells)}
        return self

    def __len__(self) -> int:
        return len(self._cells) - len(self._places.keys() & self._seen.cells(self._system))

    def __iter__(self) -> Iterator[Cell]:
        seen = self._seen.cells(self._system)
        return (cell for cell in self._cells if cell not in seen)

    def beside(self, cell: Cell | None, step: int) -> Cell | None:
        """The cell after ``cell``, or with ``step`` -1 before it, and round the end; None in an empty queue.

        Where ``cell`` is not in the queue, its first cell, or its last.
        """
        cells, seen = self._cells, self._seen.cells(self._system)
        at = self._places.get(cell) if cell is not None and cell not in seen else None
        start = at + step if at is not None else 0 if step > 0 else len(cells) - 1
        for walked in range(len(cells)):
            found = cells[(start + step * walked) % len(cells)]
            if found not in seen:
                return found
        return None


def _same_names(one: System, other: System) -> bool:
    """Whether two systems have the same cells; edits of rules, the most frequent ones, keep the attributes."""
    if one is other:
        return True
    same = one.attributes is other.attributes or [a.name for a in one.attributes] == [a.name for a in other.attributes]
    return same and one.classes == other.classes
