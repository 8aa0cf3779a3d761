"""What a class may show in all attributes at once, and which classes still fit when some of it has been seen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .table import RuleTable

Bits = NDArray[np.uint8]

MOST = 64
"""Combinations of options drawn for one class at most."""

MOST_IN_ALL = 4_096
"""Combinations drawn for all classes, unless there are more classes."""


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """R draws: ``owner`` ``(R,)`` is the class that shows a draw, ``states`` ``(R, K)`` its option in each column.

    Every class has the same total weight, spread evenly over its draws. With one option per class and attribute there
    is one draw per class. A class with any-of rules has every combination of its options drawn, or, where these are
    too many, a seeded selection in which each option of a rule comes up equally often. A rule that says nothing may
    show any option that some class names.
    """

    table: RuleTable
    owner: NDArray[np.intp]
    states: NDArray[np.intp]

    def fitting(self, k: int) -> Bits:
        """``(options, C / 8)`` packed bits: the classes that may show each option of column ``k``."""
        shown = self.table.shown[k].astype(np.bool_)
        shown[0] = True
        rows = shown[self.table.codes[:, k]]
        return np.packbits(rows.T if rows.shape[1] else np.ones((1, len(rows)), dtype=np.bool_), axis=1)

    def open_bits(self, left: Bits) -> float:
        """The mean over classes and their draws of log2 of how many classes still fit; ``left``: ``(R, C / 8)``."""
        bits = np.log2(np.bitwise_count(left).sum(axis=1))
        draws = np.bincount(self.owner)
        return float((np.bincount(self.owner, weights=bits) / draws).mean())


def draw_states(table: RuleTable) -> States:
    """The draws for ``table``."""
    per_class = max(1, min(MOST, MOST_IN_ALL // max(1, len(table.classes))))
    random = np.random.default_rng(0)
    owners, blocks = [], []
    choices = [_choices(table, k) for k in range(len(table.names))]
    for i, codes in enumerate(table.codes.tolist()):
        rules = [choices[k][code] for k, code in enumerate(codes)]
        combinations = math.prod(len(rule) for rule in rules)
        block = _all(rules) if combinations <= per_class else _some(rules, per_class, random)
        blocks.append(block)
        owners.append(np.full(len(block), i, dtype=np.intp))
    return States(table, np.concatenate(owners), np.concatenate(blocks))


def _choices(table: RuleTable, k: int) -> list[NDArray[np.intp]]:
    """For each numbered rule of column ``k`` the options that it may show, as positions; one where nobody names any."""
    shown = table.shown[k]
    anything = np.arange(max(1, shown.shape[1]))
    return [np.flatnonzero(row) if row.any() else anything for row in shown]


def _all(rules: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.array(list(product(*(rule.tolist() for rule in rules))), dtype=np.intp)


def _some(rules: list[NDArray[np.intp]], count: int, random: np.random.Generator) -> NDArray[np.intp]:
    return np.stack([random.permutation(np.resize(random.permutation(rule), count)) for rule in rules], axis=1)
