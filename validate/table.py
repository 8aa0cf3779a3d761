"""The rules as an array of numbers, in which equal rows, and rows equal but for one cell, are found by hashing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..systems.model import Rule, System

NOTHING = 0
"""The number of the rule that says nothing."""


@dataclass(frozen=True, eq=False)
class RuleTable:
    """``codes`` ``(C, K) int32``: in each of the K columns equal rules have equal numbers, 0 being no rule.

    Only attributes that count are columns: those with a weight above 0, ``names`` in order. ``legend[k][code]`` is
    the rule that a number stands for.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    codes: NDArray[np.int32]
    legend: tuple[tuple[Rule, ...], ...]

    @cached_property
    def spoken(self) -> NDArray[np.bool_]:
        """``(C, K)``: whether a rule says anything."""
        return np.not_equal(self.codes, NOTHING)

    @cached_property
    def _hashes(self) -> NDArray[np.uint64]:
        """``(C, K)``: a random number for each cell's column and rule; a row's sum of them stands for the row."""
        random = np.random.default_rng(0)
        columns = [
            random.integers(1, 2**63, size=len(rules), dtype=np.uint64)[self.codes[:, k]]
            for k, rules in enumerate(self.legend)
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((len(self.classes), 0), dtype=np.uint64)

    @cached_property
    def _rows(self) -> NDArray[np.uint64]:
        return np.asarray(self._hashes.sum(axis=1, dtype=np.uint64))

    def equal_rows(self) -> list[list[int]]:
        """Groups of two or more classes with the same rule in every column, in order."""
        return [group for group in _groups(self._rows) if (self.codes[group] == self.codes[group[0]]).all()]

    def equal_but_for_one(self) -> Iterator[tuple[int, list[int]]]:
        """``(column, classes)``: groups whose rules are the same in every column but this one."""
        for k in range(len(self.names)):
            rest = np.arange(len(self.names)) != k
            for group in _groups(self._rows - self._hashes[:, k]):
                rows = self.codes[group]
                if (rows[:, rest] == rows[0, rest]).all() and (rows[:, k] != rows[0, k]).any():
                    yield k, group

    @cached_property
    def compatible(self) -> tuple[NDArray[np.bool_], ...]:
        """For each column ``(R, R)``: whether one image could fit both of two numbered rules; no rule fits any."""
        found = []
        for shown in self.shown:
            fits = shown @ shown.T > 0
            fits[NOTHING, :] = fits[:, NOTHING] = True
            found.append(fits)
        return tuple(found)

    @cached_property
    def covers(self) -> tuple[NDArray[np.bool_], ...]:
        """For each column ``(R, R)``: whether the first rule names all options of the second; no rule has itself."""
        found = []
        for shown in self.shown:
            contains = shown @ shown.T == shown.sum(axis=1)
            contains[:, NOTHING] = False
            contains[NOTHING, NOTHING] = True
            found.append(contains)
        return tuple(found)

    @cached_property
    def fitting_share(self) -> tuple[NDArray[np.float32], ...]:
        """For each column ``(R, R)``: of the options of the first rule, the share that the second admits too.

        A rule that says nothing admits everything, and stands for all options that some rule names.
        """
        found = []
        for shown in self.shown:
            anything = shown.copy()
            anything[NOTHING] = 1
            found.append(anything @ anything.T / np.maximum(anything.sum(axis=1, keepdims=True), 1))
            if not shown.shape[1]:
                found[-1] = np.ones((len(shown), len(shown)), dtype=np.float32)
        return tuple(found)

    @cached_property
    def shown(self) -> tuple[NDArray[np.float32], ...]:
        """For each column ``(R, options)``: 1 where a numbered rule names an option."""
        found = []
        for rules in self.legend:
            position = {option: i for i, option in enumerate(dict.fromkeys(o for rule in rules for o in rule))}
            shown = np.zeros((len(rules), len(position)), dtype=np.float32)
            for code, rule in enumerate(rules):
                shown[code, [position[option] for option in rule]] = 1
            found.append(shown)
        return tuple(found)

    def unexcluded(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """All pairs ``(i, j)``, i ≠ j, of unequal rows that no column tells apart for sure: one image could fit both.

        Such a pair has a class whose rule says nothing or names several options; it comes first, so a pair of two
        such classes is there both ways round.
        """
        open_rules = [np.array([len(rule) != 1 for rule in rules]) for rules in self.legend]
        several = [open_rules[k][self.codes[:, k]] for k in range(len(self.names))]
        loose = np.flatnonzero(np.any(several, axis=0)) if several else np.zeros(0, dtype=np.intp)
        i, j = np.repeat(loose, len(self.classes)), np.tile(np.arange(len(self.classes)), loose.size)
        apart = self._rows[i] != self._rows[j]
        i, j = i[apart], j[apart]
        for k, fits in enumerate(self.compatible):
            both = fits[self.codes[i, k], self.codes[j, k]]
            i, j = i[both], j[both]
        return i, j

    def share_fitting(self, i: NDArray[np.intp], j: NDArray[np.intp]) -> NDArray[np.float32]:
        """For pairs of classes: of what the first may look like by its rules, the share that fits the second."""
        share = np.ones(i.size, dtype=np.float32)
        for k, admitted in enumerate(self.fitting_share):
            share *= admitted[self.codes[i, k], self.codes[j, k]]
        return share

    def covering(self, i: NDArray[np.intp], j: NDArray[np.intp]) -> NDArray[np.bool_]:
        """For pairs of classes: whether the first names, in every column, every option that the second names."""
        covered = np.ones(i.size, dtype=np.bool_)
        for k, covers in enumerate(self.covers):
            covered &= covers[self.codes[i, k], self.codes[j, k]]
        return covered


def rule_table(system: System) -> RuleTable:
    """The table of ``system``."""
    counted = [a.name for a in system.attributes if a.weight > 0]
    codes = np.zeros((len(system.rules), len(counted)), dtype=np.int32)
    legend = []
    for k, name in enumerate(counted):
        numbers: dict[Rule, int] = {(): NOTHING}
        codes[:, k] = [numbers.setdefault(row[name], len(numbers)) for row in system.rules.values()]
        legend.append(tuple(numbers))
    return RuleTable(system.classes, tuple(counted), codes, tuple(legend))


def _groups(keys: NDArray[np.uint64]) -> list[list[int]]:
    """The positions of equal keys, where two or more are equal; groups in order of their first member."""
    _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    several = np.flatnonzero(counts > 1)
    if not several.size:
        return []
    order = np.argsort(inverse, kind="stable")
    ends = np.cumsum(counts)
    return [order[ends[i] - counts[i] : ends[i]].tolist() for i in several[np.argsort(first[several])]]
