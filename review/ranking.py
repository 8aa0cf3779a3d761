"""The review's queue: the cells worth a look, in the order in which looking at them pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..authoring.locks import Cell
from ..scoring import pace
from ..scoring.suggestions import Suggestion
from ..systems.model import System
from ..validate.finding import Finding, Place
from .figures import Figures
from .marks import MIXED


def ranked(
    system: System, figures: Figures | None, findings: Iterable[Finding], suggestions: Sequence[Suggestion]
) -> tuple[Cell, ...]:
    """What gains most first, then what checks found, then where the images disagree with the rule, the worst first."""
    ordered = sorted(suggestions, key=lambda one: figures is not None and is_odd(one, figures))
    gains = [(one.edit.class_name, one.edit.attribute) for one in ordered]
    found = [cell for _, cell in leads(findings, system)]
    return tuple(dict.fromkeys([*gains, *found, *_disagreeing(system, figures)]))


def is_odd(one: Suggestion, figures: Figures) -> bool:
    """Whether a switch gains although hardly an image shows what it would set: such wait till last."""
    shown, n = figures.showing(one.edit.class_name, one.edit.attribute, one.edit.rule)
    return 2 * shown < n


def leads(findings: Iterable[Finding], system: System) -> Iterator[tuple[Finding, Cell]]:
    """Each finding that is more than a note, with the cell where a person should look."""
    start = next(iter(system.rules), ""), next((a.name for a in system.attributes), "")
    users = _Users(system)
    for finding in findings:
        if finding.severity != "note":
            pace.step()
            cell = nearest_cell(finding.place, system, start, users)
            if cell is not None:
                yield finding, cell


def nearest_cell(place: Place, system: System, current: Cell, users: _Users | None = None) -> Cell | None:
    """Where to look for a place: its cell, its class or attribute where the cursor stands; None where it has gone."""
    class_name, attribute = current
    known = {a.name: a for a in system.attributes}
    match place.path:
        case ("rules", str(name), str(column)):
            class_name, attribute = name, column
        case ("rules", str(name)):
            class_name = name
        case ("attributes", str(column), "options", int(index)):
            attribute = column
            options = known[column].options if column in known else ()
            if index < len(options) and options[index] not in system.rules.get(class_name, {}).get(column, ()):
                class_name = (users or _Users(system)).first(column, options[index]) or class_name
        case ("attributes", str(column), *_):
            attribute = column
        case _:
            return None
    return (class_name, attribute) if class_name in system.rules and attribute in known else None


class _Users:
    """The first class that names each option; of an attribute gone through once, for thousands of findings."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._known: dict[str, dict[str, str]] = {}

    def first(self, attribute: str, option: str) -> str | None:
        if attribute not in self._known:
            found: dict[str, str] = {}
            for class_name, row in self._system.rules.items():
                for named in row[attribute]:
                    found.setdefault(named, class_name)
            self._known[attribute] = found
        return self._known[attribute].get(option)


def _disagreeing(system: System, figures: Figures | None) -> list[Cell]:
    """The cells where fewer than half of the images agree with the rule, the worst first."""
    if figures is None:
        return []
    bad: list[tuple[float, Cell]] = []
    for class_name in system.rules:
        pace.step()
        for attribute in system.attributes:
            share = figures.agreement(class_name, attribute.name)
            if share is not None and share.value is not None and share.value < MIXED:
                bad.append((share.value, (class_name, attribute.name)))
    return [cell for _, cell in sorted(bad, key=lambda one: one[0])]
