"""What takes longer than a key press to find out about a system: findings, switches that would gain, locked cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..authoring.locks import Cell, locked_cells
from ..errors import CotsmithError, Interrupted
from ..scoring.evaluation import Evaluation
from ..scoring.suggestions import Suggestion
from ..systems.model import System
from ..validate.engine import check
from ..validate.finding import Finding, Place
from .figures import Figures
from .ranking import leads, ranked

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder

_SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, eq=False)
class Insight:
    """What was found about the system of one ``generation`` of a session.

    ``findings`` stand worst first, then in the order of the file. ``problems`` say what could not be looked at.
    ``near`` are those that are more than notes by the cell where a person should look, ``queue`` the cells worth that.
    """

    generation: int = -1
    findings: tuple[Finding, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    locked: frozenset[Cell] = frozenset()
    problems: tuple[str, ...] = ()
    by_cell: Mapping[Cell, tuple[Finding, ...]] = field(default_factory=dict)
    gains: Mapping[Cell, Suggestion] = field(default_factory=dict)
    near: Mapping[Cell, tuple[Finding, ...]] = field(default_factory=dict)
    queue: tuple[Cell, ...] = ()

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
) -> Insight:
    """Look at everything; a ``pace`` that is set for this thread may slow it down or end it.

    ``evaluation`` counts only where it is of ``system``. What fails is told in ``problems`` and left out: an encoder
    that broke leaves the checks of the text.
    """
    measured = evaluation if evaluation is not None and evaluation.system == system else None
    problems: list[str] = []
    try:
        findings = check(system, evaluation=measured, encoder=encoder)
    except Interrupted:
        raise
    except CotsmithError as error:
        problems.append(error.message)
        findings = check(system, evaluation=measured)
    suggestions = measured.suggestions(None) if measured is not None else ()
    try:
        locked = locked_cells(path, system)
    except CotsmithError as error:
        problems.append(error.message)
        locked = frozenset()
    figures = None if measured is None else Figures(measured)
    return insight(generation, system, findings, suggestions, locked, tuple(problems), figures)


def insight(
    generation: int,
    system: System,
    findings: tuple[Finding, ...],
    suggestions: tuple[Suggestion, ...] = (),
    locked: frozenset[Cell] = frozenset(),
    problems: tuple[str, ...] = (),
    figures: Figures | None = None,
) -> Insight:
    """An ``Insight`` with findings sorted and gathered by cell, and the cells worth a look in their order."""
    ordered = tuple(sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity)))
    by_cell: dict[Cell, tuple[Finding, ...]] = {}
    for finding in ordered:
        for place in (finding.place, *finding.also):
            cell = cell_of(place)
            if cell is not None:
                by_cell[cell] = (*by_cell.get(cell, ()), finding)
    gains = {(one.edit.class_name, one.edit.attribute): one for one in suggestions}
    near: dict[Cell, tuple[Finding, ...]] = {}
    for finding, cell in leads(ordered, system):
        near[cell] = (*near.get(cell, ()), finding)
    queue = ranked(system, figures, ordered, suggestions)
    return Insight(generation, ordered, suggestions, locked, problems, by_cell, gains, near, queue)


def cell_of(place: Place) -> Cell | None:
    """The cell that a place is, or None."""
    match place.path:
        case ("rules", str(class_name), str(attribute)):
            return class_name, attribute
        case _:
            return None
