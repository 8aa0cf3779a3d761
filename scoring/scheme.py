"""How all classes are scored, laid out as a table, for scores at a few images or of one class for each image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..systems.model import System
from .best import Indexes, Places
from .blocks import each_block
from .probabilities import Answers
from .scores import NEVER, SCORES_AT_ONCE, Combine, Plan, Row, plans_of, rows_at, score, together, weighed

Options: TypeAlias = tuple[int, ...]
"""The indexes of the options that a rule names."""

NOTHING = -1
_FEW = 512
# For more images it takes less time to add up row by row than to look up all rows for all classes.


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What each class expects of each attribute, as numbers.

    ``named`` is ``(G, C)``: the index of the option that the class's rule names; where it names several, the number of
    options and the place of these in the attribute's ``several``; ``NOTHING`` where no rule counts. ``inverse`` is
    ``(C,)``: 1 / W, and 0 where no weight is left.
    """

    named: NDArray[np.intp]
    several: tuple[tuple[Options, ...], ...]
    inverse: Row


@dataclass(frozen=True, eq=False)
class Scheme:
    """The ``plans`` of all classes, for attributes of so many options each, ``sizes``."""

    plans: tuple[Plan, ...]
    sizes: tuple[int, ...]

    @cached_property
    def table(self) -> Table:
        """The same as a table, laid out when it is first asked for."""
        return _table(self)

    def with_plans(self, changed: Mapping[int, Plan]) -> Scheme:
        """The scheme with other plans for some classes; the table of all others is not laid out again."""
        plans = list(self.plans)
        for index, one in changed.items():
            plans[index] = one
        scheme = Scheme(tuple(plans), self.sizes)
        scheme.__dict__["table"] = _changed(self.table, changed, self.sizes)
        return scheme


def scheme_of(system: System) -> Scheme:
    """The scheme of a system."""
    return Scheme(plans_of(system), tuple(len(attribute.options) for attribute in system.attributes))


def _table(scheme: Scheme) -> Table:
    named = np.full((len(scheme.sizes), len(scheme.plans)), NOTHING, np.intp)
    empty = Table(named, ((),) * len(scheme.sizes), np.zeros(len(scheme.plans), np.float32))
    return _changed(empty, dict(enumerate(scheme.plans)), scheme.sizes)


def _changed(table: Table, changed: Mapping[int, Plan], sizes: Sequence[int]) -> Table:
    named, inverse = table.named.copy(), table.inverse.copy()
    several = [list(some) for some in table.several]
    for index, one in changed.items():
        named[:, index] = NOTHING
        inverse[index] = 1 / one.total_weight if one.terms else 0
        for at, options in one.terms:
            if len(options) == 1:
                named[at, index] = options[0]
                continue
            if options not in several[at]:
                several[at].append(options)
            named[at, index] = sizes[at] + several[at].index(options)
    return Table(named, tuple(tuple(some) for some in several), inverse)


def each_scored_at(
    scheme: Scheme,
    answers: Sequence[Answers],
    combine: Combine,
    images: Indexes,
    visit: Callable[[slice, NDArray[np.float32]], None],
) -> None:
    """As ``scores.each_scored``, but only for ``images``; the columns that ``visit`` hears are places in these."""

    def work(columns: slice) -> None:
        some = images[columns]
        scores = np.empty((len(scheme.plans), some.size), np.float32)
        if some.size > _FEW:
            score(scheme.plans, answers, combine, some, scores)
        else:
            _look_up(scheme.table, answers, combine, some, scores)
        visit(columns, scores)

    each_block(images.size, work, most=max(1, SCORES_AT_ONCE // len(scheme.plans)))


def _look_up(
    table: Table, answers: Sequence[Answers], combine: Combine, images: Indexes, out: NDArray[np.float32]
) -> None:
    out.fill(0)
    for answer, named, several in zip(answers, table.named, table.several, strict=True):
        terms = weighed(_sums(answer, several, images), answer.attribute.weight, combine)[named]
        terms[named == NOTHING] = 0
        out += terms
    out *= table.inverse[:, None]
    out[table.inverse == 0] = NEVER


def scores_of(
    scheme: Scheme, answers: Sequence[Answers], combine: Combine, classes: Indexes | Places, images: Indexes | slice
) -> Row:
    """The score of one class for each image, ``(images,)``: to the last bit what ``class_scores`` gives."""
    table = scheme.table
    scores = np.zeros(classes.size, np.float32)
    everyone = np.arange(classes.size)
    for answer, named, several in zip(answers, table.named, table.several, strict=True):
        which = named[classes]
        if several or isinstance(images, slice):
            terms = _sums(answer, several, images)[which, everyone]
        else:
            terms = answer.probabilities[which, images]
        terms = weighed(terms, answer.attribute.weight, combine)
        terms[which == NOTHING] = 0
        scores += terms
    inverse = table.inverse[classes]
    scores *= inverse
    scores[inverse == 0] = NEVER
    return scores


def _sums(answer: Answers, several: Sequence[Options], images: Indexes | slice) -> NDArray[np.float32]:
    """The probability of every option, then of every set of several, at some images."""
    rows = rows_at(answer, images)
    if not several:
        return rows
    sums = [together([rows[o] for o in options], whole=len(options) == len(rows)) for options in several]
    return np.concatenate([rows, np.stack(sums)])
