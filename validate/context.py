"""What a check may look at: the file, the system, and facts derived from them once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..systems.model import System
from .names import named_classes, names_itself
from .table import RuleTable, rule_table
from .words import Words, name_forms

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Evaluation
    from ..systems.file import Document
    from ..systems.model import Allowance


@dataclass(frozen=True)
class Context:
    """One system under inspection.

    ``system`` is None while the file's structure has faults: then only the checks of the structure run. ``unused``
    are the allowances, with their positions, that no finding needed. Derived facts are worked out when first asked for.
    """

    system: System | None
    document: Document | None = None
    encoder: Encoder | None = None
    evaluation: Evaluation | None = None
    unused: tuple[tuple[int, Allowance], ...] = field(default=())

    @property
    def valid(self) -> System:
        """The system; only for checks that need one, which run only when there is one."""
        assert self.system is not None
        return self.system

    @property
    def evidence(self) -> Evaluation:
        """The evaluation; only for checks that need one, which run only when there is one."""
        assert self.evaluation is not None
        return self.evaluation

    @cached_property
    def table(self) -> RuleTable:
        """The rules as an array of numbers."""
        return rule_table(self.valid)

    @cached_property
    def nearly_equal(self) -> list[tuple[int, list[int]]]:
        """Groups of classes with equal rules in all columns of the table but one: ``(column, classes)``."""
        return list(self.table.equal_but_for_one())

    @cached_property
    def overlaps(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs of classes with unequal rules that one image could all fit; see ``RuleTable.unexcluded``."""
        return self.table.unexcluded()

    @cached_property
    def openness(self) -> NDArray[np.float64]:
        """``(C,)``: how much a class's rules leave open, as the share of options that they admit, over attributes."""
        total = np.zeros(len(self.table.classes))
        for k, name in enumerate(self.table.names):
            options = len(self.valid.attribute(name).options)
            total += np.array([len(rule) or options for rule in self.table.legend[k]])[self.table.codes[:, k]] / max(
                options, 1
            )
        return total

    @cached_property
    def mostly_silent(self) -> frozenset[int]:
        """The positions of classes without rules, or with rules in fewer than half of three attributes or more."""
        columns = len(self.table.names)
        spoken = self.table.spoken.sum(axis=1)
        return frozenset(np.flatnonzero(2 * spoken < columns if columns > 2 else spoken == 0).tolist())

    @cached_property
    def powers(self) -> dict[str, float]:
        """Each attribute's separating power, in bits."""
        from ..scoring.separation import separating_powers

        return separating_powers(self.valid)

    @cached_property
    def used(self) -> dict[str, frozenset[str]]:
        """Each attribute's options that some rule names."""
        rows = self.valid.rules.values()
        return {
            a.name: frozenset(option for rule in {row[a.name] for row in rows} for option in rule)
            for a in self.valid.attributes
        }

    @cached_property
    def class_names(self) -> dict[Words, tuple[str, ...]]:
        """The classes by the stemmed words of their names."""
        found: dict[Words, tuple[str, ...]] = {}
        for class_name in self.valid.classes:
            for form in name_forms(class_name):
                found[form] = (*found.get(form, ()), class_name)
        return found

    @cached_property
    def longest_name(self) -> int:
        """How many words the longest class name has."""
        return max(map(len, self.class_names), default=0)

    @cached_property
    def leaks(self) -> dict[str, dict[str, list[str]]]:
        """For each attribute and option the classes whose name the option contains."""
        return {a.name: {option: named_classes(self, a, option) for option in a.options} for a in self.valid.attributes}

    @cached_property
    def self_naming(self) -> dict[str, list[str]]:
        """For each attribute whose options are mostly the names of the classes that show them: those classes."""
        return {a.name: names_itself(self, a) for a in self.valid.attributes}
