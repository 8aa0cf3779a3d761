"""What the rules alone say of the questions: which to ask first, which suffice, and what none of them can tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..errors import InvalidSystemError
from ..scoring.separation import separating_powers
from ..systems.model import System
from .hitting import smallest_hitting_set
from .states import draw_states
from .table import RuleTable, rule_table

PAIRS_AT_ONCE = 1_000_000
"""Pairs of classes for which the smallest set of attributes is searched exactly; beyond, the greedy one is taken."""

BLURS = 1000
"""Pairs of overlapping classes that are listed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One attribute in the greedy order.

    ``power`` is its separating power alone, ``together`` that of it and all before it, both in bits; ``confused`` are
    the classes that, by these attributes, some other class cannot be told from.
    """

    attribute: str
    power: float
    together: float
    confused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A way to tell a group apart: give one of its classes one of these ``options``, which no other row equals."""

    attribute: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Twins:
    """Classes with equal rules. All but one need a rule of their own, by one of ``changes`` or in a new attribute."""

    classes: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Blur:
    """Two classes that one image could both fit, and the attributes where a rule is missing or too wide."""

    classes: tuple[str, str]
    silent: tuple[str, ...]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What the rules say of a system's questions.

    ``possible`` is log2 of the number of classes: what telling all of them apart takes. ``smallest`` is a smallest
    set of attributes that separates all that all attributes separate, proven so if ``proven``. ``blurred`` counts the
    pairs of classes that one image could both fit; ``blurs`` has the first of them.
    """

    possible: float
    steps: tuple[Step, ...]
    smallest: tuple[str, ...]
    proven: bool
    twins: tuple[Twins, ...]
    blurs: tuple[Blur, ...]
    blurred: int


def questions(system: System) -> Questions:
    """Rank the attributes of ``system`` by what its rules say; no image is looked at.

    Attributes of weight 0 are left out. The bits of several attributes together are the separating power of one that
    asks all of them at once (see ``States``); with one option per class that is the entropy of the partition.

    Raises:
        InvalidSystemError: there are no classes or no attributes to ask for.
    """
    table = rule_table(system)
    if not table.classes or not table.names:
        raise InvalidSystemError("there is nothing to ask", hint="Add classes and attributes first.")
    steps = _greedy(table, separating_powers(system))
    smallest, proven = _smallest(table, steps)
    blurs, blurred = _blurs(table)
    return Questions(
        possible=math.log2(len(table.classes)),
        steps=tuple(steps),
        smallest=smallest,
        proven=proven,
        twins=tuple(_twins(system, table)),
        blurs=tuple(blurs),
        blurred=blurred,
    )


def _greedy(table: RuleTable, powers: dict[str, float]) -> list[Step]:
    """At each step the attribute that, with those before it, leaves the fewest bits open."""
    draws = draw_states(table)
    fitting = {k: draws.fitting(k) for k in range(len(table.names))}
    left = np.full((len(draws.owner), math.ceil(len(table.classes) / 8)), 255, dtype=np.uint8)
    like = np.packbits(np.ones((len(table.classes),) * 2, dtype=np.bool_), axis=1)
    steps: list[Step] = []
    while fitting:
        if steps:
            open_bits = {k: draws.open_bits(left & packed[draws.states[:, k]]) for k, packed in fitting.items()}
        else:
            # A single attribute has a formula, which needs no draws.
            open_bits = {k: math.log2(len(table.classes)) - powers[table.names[k]] for k in fitting}
        best = min(fitting, key=lambda k: (round(open_bits[k], 9), -powers[table.names[k]], k))
        left &= fitting.pop(best)[draws.states[:, best]]
        codes = table.codes[:, best]
        like &= np.packbits(table.compatible[best][codes][:, codes], axis=1)
        confused = np.flatnonzero(np.bitwise_count(like).sum(axis=1) > 1)
        steps.append(
            Step(
                attribute=table.names[best],
                power=powers[table.names[best]],
                together=max(0.0, math.log2(len(table.classes)) - open_bits[best]),
                confused=tuple(table.classes[i] for i in confused),
            )
        )
    return steps


def _smallest(table: RuleTable, steps: list[Step]) -> tuple[tuple[str, ...], bool]:
    """The smallest attributes that separate every pair of classes that all of them separate."""
    rows = np.unique(table.codes, axis=0)
    if len(rows) * (len(rows) - 1) // 2 > PAIRS_AT_ONCE:
        return _greedy_prefix(steps), False
    i, j = np.triu_indices(len(rows), k=1)
    apart = np.stack([~table.compatible[k][rows[i, k], rows[j, k]] for k in range(len(table.names))], axis=1)
    chosen, proven = smallest_hitting_set(apart[apart.any(axis=1)])
    return tuple(table.names[k] for k in chosen), proven


def _greedy_prefix(steps: list[Step]) -> tuple[str, ...]:
    end = steps[-1].together
    needed = next(n for n, step in enumerate(steps, 1) if step.together >= end - 1e-9)
    return tuple(step.attribute for step in steps[:needed])


def _twins(system: System, table: RuleTable) -> list[Twins]:
    rows = {tuple(row) for row in table.codes.tolist()}
    numbers = [{rule: code for code, rule in enumerate(rules)} for rules in table.legend]
    found = []
    for group in table.equal_rows():
        own = table.codes[group[0]].tolist()
        changes = []
        for k, name in enumerate(table.names):
            free = []
            for option in system.attribute(name).options:
                code = numbers[k].get((option,), -1)
                if code == -1 or (*own[:k], code, *own[k + 1 :]) not in rows:
                    free.append(option)
            if free:
                changes.append(Change(name, tuple(free)))
        found.append(Twins(tuple(table.classes[i] for i in group), tuple(changes)))
    return found


def _blurs(table: RuleTable) -> tuple[list[Blur], int]:
    first, second = table.unexcluded()
    pairs = np.unique(np.stack([np.minimum(first, second), np.maximum(first, second)], axis=1), axis=0)
    found = []
    for i, j in pairs[:BLURS].tolist():
        silent = [name for k, name in enumerate(table.names) if table.spoken[i, k] != table.spoken[j, k]]
        both = table.spoken[i] & table.spoken[j] & (table.codes[i] != table.codes[j])
        shared = [table.names[k] for k in np.flatnonzero(both)]
        found.append(Blur((table.classes[i], table.classes[j]), tuple(silent), tuple(shared)))
    return found, len(pairs)
