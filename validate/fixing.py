"""Apply the fixes of findings, again and again, until none is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import EditError
from ..systems.edits import (
    AddOption,
    Edit,
    MergeOptions,
    MoveOption,
    RemoveOption,
    RewordOption,
    apply,
    describe,
    touches,
)
from ..systems.model import System
from .engine import check
from .finding import Finding

ROUNDS = 100
"""A guard only: every fix takes an option, a prompt, an attribute or an allowance away, so that they come to an end."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One fix that was applied: the finding, and its edits in words."""

    finding: Finding
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A system after its fixes, and the edits that lead there, fix by fix."""

    system: System
    applied: tuple[Applied, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits in order: ``apply(before, edits) == system``."""
        return tuple(edit for each in self.applied if each.finding.fix for edit in each.finding.fix.edits)


def fix_all(
    system: System,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    unsafe: bool = False,
) -> Fixed:
    """Apply every safe fix of the checks that ``select`` and ``ignore`` leave, and the others too if ``unsafe``.

    Fixes that touch the same thing wait for one another: after each round the system is checked anew, so that a
    second fix is made for what the first has left. Hence fixing twice is fixing once.

    Raises:
        UsageError: ``select`` or ``ignore`` names no check.
    """
    select, ignore = tuple(select), tuple(ignore)
    applied: list[Applied] = []
    for _ in range(ROUNDS):
        findings = [f for f in check(system, select=select, ignore=ignore) if f.fix and (f.fix.safe or unsafe)]
        if not findings:
            break
        system, done = _round(system, findings)
        applied += done
    return Fixed(system, tuple(applied))


def _round(system: System, findings: Iterable[Finding]) -> tuple[System, list[Applied]]:
    """Apply what goes together; at least the first finding's fix, which was made for this very system."""
    touched: list[tuple[str, ...]] = []
    done: list[Applied] = []
    for finding in findings:
        assert finding.fix is not None
        things = [thing for edit in finding.fix.edits for thing in _things(edit)]
        if any(_overlap(one, other) for one in things for other in touched):
            continue
        steps = tuple(describe(edit, system) for edit in finding.fix.edits)
        try:
            system = apply(system, finding.fix.edits)
        except EditError:
            if not done:
                raise
            continue
        touched += things
        done.append(Applied(finding, steps))
    return system, done


def _things(edit: Edit) -> list[tuple[str, ...]]:
    """What an edit touches, as paths: an attribute contains its options. ``("",)`` is the system's own settings."""
    match edit:
        case MergeOptions():
            return [(edit.attribute, edit.option), (edit.attribute, edit.into)]
        case AddOption() | RemoveOption() | RewordOption() | MoveOption():
            return [(edit.attribute, edit.option)]
    _, attribute = touches(edit)
    return [(attribute,)] if attribute is not None else [("", str(edit))]


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
