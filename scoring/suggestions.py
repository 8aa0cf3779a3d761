"""Which cells to switch: every other rule tried on the images, those kept that are more than noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from ..errors import UsageError
from ..systems.edits import SetRule
from ..systems.model import NO_RULE, Attribute, Rule
from .incremental import Parts
from .probabilities import Answers, Indexes
from .statistics import mcnemar
from .switches import NONE, field_of, outcomes

FALSE_DISCOVERIES = 0.05
"""The share of noise that the suggestions may hold on average."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A switch that would name ``gained`` images right and ``lost`` wrong, of ``n``.

    ``p`` is McNemar's exact two-sided p-value of the switch alone. ``q`` is what remains of it when as many switches
    were tried as here: the share of noise among the suggestions with a ``q`` up to this one's, at most and on average.
    """

    edit: SetRule
    before: Rule
    gained: int
    lost: int
    n: int
    p: float
    q: float

    @property
    def change(self) -> float:
        """The accuracy after minus the accuracy before."""
        return (self.gained - self.lost) / self.n


def suggest(
    parts: Parts,
    limit: int | None,
    false_discoveries: float = FALSE_DISCOVERIES,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Suggestion, ...]:
    """At most ``limit`` switches, one for each cell at most, the largest gain first, then what most images show.

    Tried is every single option, and no rule, in every cell. Each switch is tested with McNemar's exact test; the
    p-values of all of them together are adjusted after Benjamini and Hochberg, "Controlling the false discovery rate"
    (JRSS B 57, 1995), where a switch that does not gain counts as tried, with p = 1. A suggestion has
    ``q <= false_discoveries``; 1 keeps whatever gains. Each is measured alone: taken together they may gain less.
    ``progress`` is told ``(done, total)`` classes; what it raises ends the search.

    Raises:
        UsageError: ``false_discoveries`` is not between 0 and 1, or ``limit`` is negative.
    """
    if not 0 <= false_discoveries <= 1:
        raise UsageError(f"a share of false discoveries of {false_discoveries}", hint="Choose one between 0 and 1.")
    if limit is not None and limit < 0:
        raise UsageError(f"a limit of {limit} suggestions")
    tried = list(_tried(parts, progress))
    q = adjusted([p for one in tried for p in one.p])
    best: list[tuple[_Order, Suggestion]] = []
    n, at = parts.labels.size, 0
    for one in tried:
        found: dict[str, tuple[_Order, Suggestion]] = {}
        for number in map(int, np.flatnonzero(one.gained > one.lost)):
            value = q[at + number]
            if value <= false_discoveries:
                cell, order = one.switches[number][0].attribute.name, one.order(number)
                if cell not in found or order < found[cell][0]:
                    found[cell] = order, one.suggestion(number, n, value)
        best += found.values()
        at += len(one.p)
    return tuple(suggestion for _, suggestion in sorted(best, key=lambda each: each[0])[:limit])


def adjusted(p: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's q of each p-value: the least rate of false discoveries at which it is one."""
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(np.minimum(np.asarray(p, np.float64)[order] * len(p) / ranks, 1.0))
    return [float(value) for value in q]


_Order: TypeAlias = tuple[int, float, int]
"""What comes first: the larger gain, then the less likely luck, then what more images of the class show."""


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """Every switch of one class: whose option, which, or none; what it would gain and lose, and its p.

    ``own`` are the class's images.
    """

    class_name: str
    row: Mapping[str, Rule]
    own: Indexes
    switches: Sequence[tuple[Answers, int]]
    gained: Indexes
    lost: Indexes
    p: Sequence[float]

    def order(self, number: int) -> _Order:
        """Where a switch stands; where several gain alike, the images of the class say which is meant."""
        answer, choice = self.switches[number]
        shown = int(np.count_nonzero(answer.chosen[self.own] == choice))
        return int(self.lost[number] - self.gained[number]), self.p[number], -shown

    def suggestion(self, number: int, n: int, q: float) -> Suggestion:
        answer, choice = self.switches[number]
        attribute = answer.attribute
        rule = NO_RULE if choice == NONE else (attribute.options[choice],)
        edit = SetRule(self.class_name, attribute.name, rule)
        gained, lost = int(self.gained[number]), int(self.lost[number])
        return Suggestion(edit, self.row[attribute.name], gained, lost, n, self.p[number], q)


def _tried(parts: Parts, progress: Callable[[int, int], None] | None) -> Iterator[_Tried]:
    """Every switch of every cell, class by class; nothing where there is no other class to win or lose against."""
    test = cache(mcnemar)
    field = field_of(parts)
    classes = parts.system.classes
    for index, class_name in enumerate(classes):
        if len(classes) > 1:
            row = parts.system.rules[class_name]
            choices = [_choices(answer.attribute, row[answer.attribute.name]) for answer in parts.answers]
            gained, lost = outcomes(field, index, choices)
            switches = [(a, choice) for a, some in zip(parts.answers, choices, strict=True) for choice in some]
            p = [1.0] * len(switches)
            for number in np.flatnonzero(gained > lost):
                p[number] = test(int(gained[number]), int(lost[number]))
            own = np.flatnonzero(parts.labels == index)
            yield _Tried(class_name, row, own, switches, gained, lost, p)
        if progress is not None:
            progress(index + 1, len(classes))


def _choices(attribute: Attribute, rule: Rule) -> list[int]:
    """Every single option and no rule, but for the rule that there is."""
    options = [index for index, option in enumerate(attribute.options) if rule != (option,)]
    return [*options, NONE] if rule else options
