"""Apply the fixes of findings, again and again, until none is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import EditError
from ..systems.edits import (
    AddOption,
    Edit,
    MergeOptions,
    MoveOption,
    RemoveAttribute,
    RemoveOption,
    RewordOption,
    apply,
    describe,
    touches,
)
from ..systems.model import System
from .engine import check
from .finding import Finding

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Evaluation

ROUNDS = 100
"""A guard only: fixes take something away, or set a rule to what the images prefer, so that they come to an end."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One fix that was applied: the finding, and its edits in words."""

    finding: Finding
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A system after its fixes, the edits that lead there, fix by fix, and its evaluation if there was one before."""

    system: System
    applied: tuple[Applied, ...]
    evaluation: Evaluation | None = None

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
    encoder: Encoder | None = None,
    evaluation: Evaluation | None = None,
) -> Fixed:
    """Apply every safe fix of the checks that ``select`` and ``ignore`` leave, and the others too if ``unsafe``.

    Fixes that touch the same thing wait for one another: after each round the system is checked anew, so that a
    second fix is made for what the first has left. Hence fixing twice is fixing once. ``encoder`` and ``evaluation``
    (of ``system``) are for the checks that use them; what the edits change of the evaluation is measured again.

    Raises:
        UsageError: ``select`` or ``ignore`` names no check.
    """
    select, ignore = tuple(select), tuple(ignore)
    applied: list[Applied] = []
    for _ in range(ROUNDS):
        found = check(system, select=select, ignore=ignore, encoder=encoder, evaluation=evaluation)
        findings = [finding for finding in found if finding.fix and (finding.fix.safe or unsafe)]
        if not findings:
            break
        fixed = Fixed(*_round(system, _gentle(findings)))
        system, applied = fixed.system, [*applied, *fixed.applied]
        if evaluation is not None:
            evaluation = evaluation.with_edits(fixed.edits)
    return Fixed(system, tuple(applied), evaluation)


def _gentle(findings: Sequence[Finding]) -> Sequence[Finding]:
    """What to mend first: all that leaves the attributes; if nothing does, one attribute.

    An attribute that looks useless or harmful may be so because of the very faults that other fixes mend.
    """
    removes = [any(isinstance(edit, RemoveAttribute) for edit in f.fix.edits) for f in findings if f.fix]
    kept = [finding for finding, removing in zip(findings, removes, strict=True) if not removing]
    return kept or findings[:1]


def _round(system: System, findings: Iterable[Finding]) -> tuple[System, tuple[Applied, ...]]:
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
    return system, tuple(done)


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
