"""What takes longer than a key press to find out about a system: findings, switches that would gain, locked cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..authoring.locks import Cell, locked_cells
from ..errors import CotsmithError
from ..scoring.evaluation import Evaluation
from ..scoring.suggestions import Suggestion
from ..systems.model import System
from ..validate.engine import check
from ..validate.finding import Finding, Place

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder

_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """What was found about the system of one ``generation`` of a session.

    ``findings`` stand worst first, then in the order of the file. ``problems`` say what could not be looked at.
    """

    generation: int = -1
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    locked: frozenset[Cell] = frozenset()
    problems: tuple[str, ...] = ()
    by_cell: Mapping[Cell, tuple[Finding, ...]] = field(default_factory=dict)
    gains: Mapping[Cell, Suggestion] = field(default_factory=dict)

    @property
    def faults(self) -> int:
        """How many findings are more than notes."""
        return sum(finding.severity != "note" for finding in self.findings)


def look(
    generation: int,
    system: System,
    evaluation: Evaluation | None,
    encoder: Encoder | None,
    path: Path | None,
    *,
    stale: Callable[[], bool] = lambda: False,
) -> Insight | None:
    """Look at everything; None as soon as ``stale`` becomes true.

    ``evaluation`` counts only where it is of ``system``. What fails is told in ``problems`` and left out: an encoder
    that broke leaves the checks of the text.
    """
    measured = evaluation if evaluation is not None and evaluation.system == system else None
    problems: list[str] = []
    try:
        findings = check(system, evaluation=measured, encoder=encoder)
    except CotsmithError as error:
        problems.append(error.message)
        findings = check(system, evaluation=measured)
    if stale():
        return None
    suggestions = measured.suggestions(None) if measured is not None else ()
    try:
        locked = locked_cells(path, system)
    except CotsmithError as error:
        problems.append(error.message)
        locked = frozenset()
    if stale():
        return None
    return insight(generation, findings, suggestions, locked, tuple(problems))


def insight(
    generation: int,
    findings: tuple[Finding, ...],
    suggestions: tuple[Suggestion, ...] = (),
    locked: frozenset[Cell] = frozenset(),
    problems: tuple[str, ...] = (),
) -> Insight:
    """An ``Insight`` with findings sorted and gathered by cell."""
    ordered = tuple(sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity)))
    by_cell: dict[Cell, tuple[Finding, ...]] = {}
    for finding in ordered:
        for place in (finding.place, *finding.also):
            cell = cell_of(place)
            if cell is not None:
                by_cell[cell] = (*by_cell.get(cell, ()), finding)
    gains = {(one.edit.class_name, one.edit.attribute): one for one in suggestions}
    return Insight(generation, ordered, suggestions, locked, problems, by_cell, gains)


def cell_of(place: Place) -> Cell | None:
    """The cell that a place is, or None."""
    match place.path:
        case ("rules", str(class_name), str(attribute)):
            return class_name, attribute
        case _:
            return None


def nearest_cell(place: Place, system: System, current: Cell) -> Cell | None:
    """Where to look for a place: its cell, its class or attribute where the cursor stands; None where it has gone."""
    class_name, attribute = current
    match place.path:
        case ("rules", str(name), str(column)):
            class_name, attribute = name, column
        case ("rules", str(name)):
            class_name = name
        case ("attributes", str(column), "options", int(index)):
            attribute = column
            options = system.attribute(column).options if column in _names(system) else ()
            if index < len(options):
                users = [c for c, row in system.rules.items() if options[index] in row[column]]
                class_name = users[0] if users and class_name not in users else class_name
        case ("attributes", str(column), *_):
            attribute = column
        case _:
            return None
    return (class_name, attribute) if class_name in system.rules and attribute in _names(system) else None


def _names(system: System) -> list[str]:
    return [a.name for a in system.attributes]
