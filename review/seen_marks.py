"""Which cells a person has looked at: marks that outlive the session, each good as long as its rule stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..authoring.locks import Cell
from ..errors import HistoryError
from ..systems.edits import AddClass, Edit, RenameAttribute, RenameClass, SetRule
from ..systems.history import History
from ..systems.model import System
from ..systems.seen import Seen, mark_cells, seen_cells


class SeenMarks:
    """The marks of one file. Where they cannot be kept, they last as long as the session, and ``warning`` says why.

    ``version`` grows with every mark.
    """

    def __init__(self, path: Path | None) -> None:
        self.warning = ""
        self.version = 0
        self._path = path
        self._history: History | None = None
        self._marks: Seen = {}
        if path is not None:
            try:
                history = History.read(path)
                if history is not None:
                    with history:
                        self._marks = seen_cells(history)
            except HistoryError as error:
                self._give_up(error)

    def has(self, system: System, cell: Cell) -> bool:
        """Whether the cell was looked at since its rule was last changed."""
        mark = self._marks.get(cell)
        return mark is not None and mark == system.rules.get(cell[0], {}).get(cell[1])

    def cells(self, system: System) -> frozenset[Cell]:
        """The cells of ``system`` that were looked at since their rules were last changed."""
        return frozenset(cell for cell in self._marks if self.has(system, cell))

    def count(self, system: System) -> int:
        """How many cells of ``system`` were looked at."""
        return len(self.cells(system))

    def mark(self, system: System, cells: Iterable[Cell], *, seen: bool = True) -> None:
        """Mark cells of ``system``, or take their marks away."""
        changed = {cell: system.rules[cell[0]][cell[1]] if seen else None for cell in cells}
        self.version += bool(changed)
        for cell, rule in changed.items():
            if rule is None:
                self._marks.pop(cell, None)
            else:
                self._marks[cell] = rule
        if self._path is None or not changed:
            return
        try:
            if self._history is None:
                self._history = History.open(self._path)
            mark_cells(self._history, changed)
        except HistoryError as error:
            self._give_up(error)

    def follow(self, system: System, edits: Sequence[Edit]) -> None:
        """What ``edits``, which led to ``system``, mean for the marks: set by hand is seen, names are followed."""
        moved = [edit for edit in edits if isinstance(edit, RenameClass | RenameAttribute)]
        for edit in moved:
            for cell in list(self._marks):
                new = _renamed(cell, edit)
                if new != cell:
                    self._marks[new] = self._marks.pop(cell)
        set_here = {(e.class_name, e.attribute) for e in edits if isinstance(e, SetRule)}
        set_here |= {(e.class_name, name) for e in edits if isinstance(e, AddClass) for name in e.rules}
        cells = {cell for cell in set_here if cell[1] in system.rules.get(cell[0], {})}
        if moved:
            cells |= {cell for cell in self._marks if self.has(system, cell)}
        self.mark(system, sorted(cells))

    def close(self) -> None:
        """Let go of the history; everything in it is kept."""
        if self._history is not None:
            self._history.close()
            self._history = None

    def _give_up(self, error: HistoryError) -> None:
        self.close()
        self._path = None
        self.warning = f"reviewed marks are not kept: {error.message}"


def _renamed(cell: Cell, edit: RenameClass | RenameAttribute) -> Cell:
    class_name, attribute = cell
    if isinstance(edit, RenameClass):
        return (edit.new_name, attribute) if edit.class_name == class_name else cell
    return (class_name, edit.new_name) if edit.attribute == attribute else cell
