"""E103: a rule that the images of its class contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...scoring import pace
from ...systems.edits import SetRule
from ...systems.problem import quoted
from ...systems.text import plain
from ..chance import at_least, believed
from ..check import Check, Example
from ..context import Context
from ..example_images import Shown, images
from ..finding import Finding, Fix, at_rule

if TYPE_CHECKING:
    from ...scoring.cells import CellMeasure
    from ...scoring.evaluation import Evaluation
    from ...scoring.measures import Counts
    from ...systems.model import System

_SYSTEM = {
    "attributes": {"fur": {"prompt": "Its fur is {}.", "options": ["gray", "brown", "black"]}},
    "rules": {"wolf": {"fur": "gray"}, "bear": {"fur": "brown"}, "mole": {"fur": "brown"}},
}
_OTHERS: Shown = {"wolf": [(12, {})], "bear": [(12, {})]}
_BLACK = {"fur": "black"}


@dataclass(frozen=True, slots=True)
class _Doubt:
    cell: CellMeasure
    agreeing: int
    preferring: int
    n: int
    p_value: float


class ContradictedRule(Check):
    """Against two explanations: luck, and an option that every class's images prefer."""

    code = "E103"
    name = "contradicted-rule"
    needs = "evaluation"
    summary = "The images of a class show another option than its rule names."
    fault = (
        "Of the images of a class more prefer one other option than those that the rule names, and more than among the "
        "images of other classes that should not show it either: each is tested by the exact binomial test, the weaker "
        "counts, and the false-discovery rate over all rules is held at 5 %. So a few images, or an option that the "
        "encoder sees everywhere, contradict nothing."
    )
    harm = "The rule takes evidence away from the class that it describes."
    instead = (
        "Look at the images. If they do show the other option, write it; if they show either, write both; "
        "if they do not, the encoder misreads the options, and these want other words."
    )
    mending = (
        "Where accuracy would rise, the fix sets the rule to the option that the images prefer. It is not safe: "
        "the rule may be right and the encoder wrong."
    )
    valid = (
        Example(_SYSTEM, evidence=images({**_OTHERS, "mole": [(9, {}), (4, _BLACK)]})),
        Example(_SYSTEM, evidence=images({**_OTHERS, "mole": [(1, {}), (4, _BLACK)]})),
    )
    invalid = (
        Example(
            _SYSTEM,
            places=("rules › mole › fur",),
            fixed={**_SYSTEM, "rules": {"wolf": {"fur": "gray"}, "bear": {"fur": "brown"}, "mole": {"fur": "black"}}},
            evidence=images({**_OTHERS, "mole": [(1, {}), (14, _BLACK)]}),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every rule that is contradicted for sure."""
        evidence = context.evidence
        tested = [cell for cell in evidence.cells if cell.agreement is not None and cell.agreement.n]
        doubts = list(_doubts(evidence, tested))
        sure = believed([*(doubt.p_value for doubt in doubts), *[1.0] * (len(tested) - len(doubts))])
        for doubt, real in zip(doubts, sure, strict=False):
            if real:
                yield self._contradicted(context, doubt)

    def _contradicted(self, context: Context, doubt: _Doubt) -> Finding:
        cell = doubt.cell
        rule = context.valid.rules[cell.class_name][cell.attribute]
        delta, fix = cell.delta_if_switched, None
        if delta is not None and delta > 0 and cell.preferred is not None:
            fix = Fix(
                f'Set the rule to "{plain(cell.preferred)}"',
                (SetRule(cell.class_name, cell.attribute, (cell.preferred,)),),
                effect=f"Accuracy on these images would change by {100 * delta:+.1f} points.",
                safe=False,
            )
        return self.finding(
            f'{doubt.preferring} of {doubt.n} images of "{plain(cell.class_name)}" show '
            f"{quoted([cell.preferred or ''])}, {doubt.agreeing} show {quoted(rule)}",
            at_rule(cell.class_name, cell.attribute),
            hint="Look at the images: the rule is wrong, or the options want other words.",
            fix=fix,
        )


def _doubts(evidence: Evaluation, cells: Iterable[CellMeasure]) -> Iterator[_Doubt]:
    """The cells that more images are against than for, with the probability of as many by luck."""
    system = evidence.system
    columns = {a.name: _Column(system, at, evidence.answer_tables[at]) for at, a in enumerate(system.attributes)}
    places = {name: at for at, name in enumerate(system.classes)}
    for cell in cells:
        doubt = _doubt(cell, columns[cell.attribute], places[cell.class_name])
        if doubt is not None:
            yield doubt


class _Column:
    """One attribute: what the images of each class show, ``(C, options)``, and of those that should not show it."""

    def __init__(self, system: System, at: int, table: Counts) -> None:
        self.table = table
        self.options = system.attributes[at].options
        self._rules = [row[system.attributes[at].name] for row in system.rules.values()]
        self._known: dict[int, tuple[int, int]] = {}

    def elsewhere(self, row: int, option: int) -> float:
        """How readily the encoder sees an option where it is not: classes that do show it say nothing of that."""
        if option not in self._known:
            others = self.table[[self.options[option] not in rule for rule in self._rules]]
            self._known[option] = int(others[:, option].sum()), int(others.sum())
        hits, n = self._known[option]
        hits, n = hits - int(self.table[row, option]), n - int(self.table[row].sum())
        return (hits + 1) / (n + len(self.options))

    def names(self, row: int, option: str) -> bool:
        """Whether the rule of a class names an option."""
        return option in self._rules[row]


def _doubt(cell: CellMeasure, column: _Column, row: int) -> _Doubt | None:
    """The cell's counts, and the probability of as many images against it by luck; None where none are against it."""
    pace.step()
    if cell.preferred is None or column.names(row, cell.preferred) or cell.agreement is None:
        return None
    option = column.options.index(cell.preferred)
    preferring, agreeing = int(column.table[row, option]), cell.agreement.hits
    if preferring <= agreeing:
        return None
    against_rule = at_least(preferring, preferring + agreeing, 0.5)
    against_others = at_least(preferring, cell.agreement.n, column.elsewhere(row, option))
    return _Doubt(cell, agreeing, preferring, cell.agreement.n, max(against_rule, against_others))
