"""Which cells a person has looked at: marks that outlive the session, each good as long as its rule stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

from ..authoring.locks import Cell
from ..errors import HistoryError
from ..systems.edits import AddClass, Edit, RenameAttribute, RenameClass, SetRule
from ..systems.history import History
from ..systems.model import Rule, System
from ..systems.seen import mark_cells, seen_cells


class SeenMarks:
    """The marks of one file, read from the history that ``history`` returns, and written to that which it returns then.

    ``warning`` says why they cannot be kept; what waits is written with the next mark, or by ``keep``. Without a
    ``history`` they last as long as the session.
    """

    def __init__(self, history: Callable[[], History] | None = None) -> None:
        self.warning = ""
        self._open = history
        self._kept_in: History | None = None
        self._unkept: dict[Cell, Rule | None] = {}
        self._marks: dict[str, dict[str, Rule]] = {}
        self._good: set[Cell] = set()
        self._rows: Mapping[str, Mapping[str, Rule]] = {}
        if history is not None:
            try:
                self._kept_in = history()
                for cell, rule in seen_cells(self._kept_in).items():
                    self._set(cell, rule)
            except HistoryError as error:
                self._trouble(error)

    def has(self, system: System, cell: Cell) -> bool:
        """Whether the cell was looked at since its rule was last changed."""
        return cell in self.cells(system)

    def cells(self, system: System) -> Set[Cell]:
        """The cells of ``system`` that were looked at since their rules were last changed; good until the next mark.

        A system that an edit of rules made shares the other rows with the one before: they are not gone through again.
        """
        before, self._rows = self._rows, system.rules
        if before is not self._rows:
            for name, marks in self._marks.items():
                if self._rows.get(name) is not before.get(name):
                    for attribute in marks:
                        self._judge((name, attribute))
        return self._good

    def mark(self, system: System, cells: Iterable[Cell], *, seen: bool = True) -> None:
        """Mark cells of ``system``, or take their marks away."""
        self.cells(system)
        changed = {cell: system.rules[cell[0]][cell[1]] if seen else None for cell in cells}
        for cell, rule in changed.items():
            self._set(cell, rule)
        self._unkept.update(changed)
        self.keep()

    def keep(self) -> None:
        """Write what is not on disk yet; all of it where another history took the place of the one before."""
        if self._open is None:
            self._unkept.clear()
            return
        try:
            history = self._open()
            if history is not self._kept_in:
                there = seen_cells(history)
                self._unkept = {**{cell: rule for cell, rule in self._each() if cell not in there}, **self._unkept}
            self._kept_in = history
            if self._unkept:
                mark_cells(history, self._unkept)
        except HistoryError as error:
            self._trouble(error)
            return
        self._unkept.clear()
        self.warning = ""

    def follow(self, system: System, edits: Sequence[Edit]) -> None:
        """What ``edits``, which led to ``system``, mean for the marks: set by hand is seen, names are followed.

        The marks under the old names stay: undoing the edits brings the names back.
        """
        self.cells(system)
        found: set[Cell] = set()
        for edit in edits:
            match edit:
                case SetRule():
                    found.add((edit.class_name, edit.attribute))
                case AddClass():
                    found.update((edit.class_name, name) for name in edit.rules)
                case RenameClass() | RenameAttribute():
                    found = {_renamed(cell, edit) for cell in found}
                    for cell, rule in self._each():
                        new = _renamed(cell, edit)
                        if new != cell:
                            self._set(new, rule)
                            found.update({new} & self._good)
        self.mark(system, sorted(cell for cell in found if cell[1] in system.rules.get(cell[0], {})))

    def _each(self) -> list[tuple[Cell, Rule]]:
        return [((name, attribute), rule) for name, marks in self._marks.items() for attribute, rule in marks.items()]

    def _set(self, cell: Cell, rule: Rule | None) -> None:
        """Note the mark of a cell; None takes it away."""
        marks = self._marks.setdefault(cell[0], {})
        if rule is None:
            marks.pop(cell[1], None)
        else:
            marks[cell[1]] = rule
        self._judge(cell)

    def _judge(self, cell: Cell) -> None:
        """Note whether the mark of a cell is of the rule that stands there."""
        rule = self._rows.get(cell[0], {}).get(cell[1])
        if rule is not None and self._marks[cell[0]].get(cell[1]) == rule:
            self._good.add(cell)
        else:
            self._good.discard(cell)

    def _trouble(self, error: HistoryError) -> None:
        self.warning = f"reviewed marks are not kept: {error.message}"


def _renamed(cell: Cell, edit: RenameClass | RenameAttribute) -> Cell:
    class_name, attribute = cell
    if isinstance(edit, RenameClass):
        return (edit.new_name, attribute) if edit.class_name == class_name else cell
    return (class_name, edit.new_name) if edit.attribute == attribute else cell
