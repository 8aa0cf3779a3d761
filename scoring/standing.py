"""Which class wins each image, and what becomes of that when the scores of a few classes change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .best import best_rows
from .blocks import blocks, each_block
from .probabilities import Answers, Indexes
from .scores import NEVER, Combine, Plan, Rows, block_of, scoring

Row: TypeAlias = NDArray[np.float32]
"""The scores of one class, ``(N,)``."""

_FEW = 8
# Up to C / _FEW changed classes, looking at the images concerned is cheaper than looking at all of them again.


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """The ``rows`` of scores, one per class, and for every image the winner ``first`` and its score ``best``, ``(N,)``.

    Never changed in place: standings that differ in a few classes share the rows of all others.
    """

    rows: tuple[Row, ...]
    first: Indexes
    best: Row


@dataclass(frozen=True, slots=True, eq=False)
class Duel:
    """For one class, the best of all others at every image: all that a change of that class's scores can meet."""

    index: int
    rival: Indexes
    rival_score: Row

    def wins(self, scores: Row) -> NDArray[np.bool_]:
        """Where the class would win with ``scores``, ``(..., N)``. Equal scores go to the class that stands first."""
        equal = np.equal(scores, self.rival_score) & (self.index < self.rival)
        return np.greater(scores, self.rival_score) | equal

    def winners(self, scores: Row) -> Indexes:
        """Who would win each image if the class had ``scores``, ``(..., N)``."""
        return np.where(self.wins(scores), self.index, self.rival)

    def at(self, images: Indexes) -> Duel:
        """The duel at some images only."""
        return Duel(self.index, self.rival[images], self.rival_score[images])


def stand(
    plans: Sequence[Plan],
    answers: Sequence[Answers],
    combine: Combine,
    before: Callable[[slice], None] = lambda columns: None,
) -> Standing:
    """Score every class for every image and find the winners, the first of equals.

    A step of images is ranked while its scores are still in the processor's cache; ``before`` is called with it first,
    to fill the ``answers``.
    """
    scores, score = scoring(plans, answers, combine)
    n = scores.shape[1]
    first, best = np.empty(n, np.intp), np.empty(n, np.float32)

    def work(columns: slice) -> None:
        before(columns)
        score(columns)
        best_rows(scores[:, columns], first[columns], best[columns])

    each_block(n, work)
    return Standing(tuple(scores), first, best)


def ranked(rows: Rows) -> Standing:
    """Find the winner of every image from scores that are there. ``rows`` may be ``(C, N)``, which is not copied."""
    n = len(rows[0])
    first, best = np.empty(n, np.intp), np.empty(n, np.float32)

    def rank(columns: slice) -> None:
        best_rows(block_of(rows, columns), first[columns], best[columns])

    each_block(n, rank)
    return Standing(tuple(rows), first, best)


def restand(standing: Standing, changed: Mapping[int, Row]) -> Standing:
    """``standing`` with the rows of some classes ``changed``; only the images that this concerns are ranked again."""
    if not changed:
        return standing
    rows = tuple(changed.get(index, row) for index, row in enumerate(standing.rows))
    if len(changed) * _FEW > len(rows):
        return ranked(rows)
    contender, score = _best_of(changed)
    fell = standing.first == contender
    if len(changed) > 1:
        fell = np.isin(standing.first, np.fromiter(changed, np.intp))
    first, best = standing.first.copy(), standing.best.copy()
    # All other images stay what they are. Of these, those whose winner is another now need no more than a comparison;
    # where the winner's own score fell, nothing short of all scores can tell.
    some = np.flatnonzero(fell | (score >= best))
    challenger = contender if isinstance(contender, int) else contender[some]
    rises = score[some] > best[some]
    takes = rises | (~fell[some] & (challenger < first[some]))
    first[some] = np.where(takes, challenger, first[some])
    best[some] = np.maximum(score[some], best[some])
    again = some[fell[some] & ~rises]
    if again.size:
        first[again], best[again] = best_rows(np.stack([row[again] for row in rows]))
    return Standing(rows, first, best)


def _best_of(changed: Mapping[int, Row]) -> tuple[Indexes | int, Row]:
    """The best of the changed classes at every image, the first of equals, and its score."""
    indexes = sorted(changed)
    if len(indexes) == 1:
        return indexes[0], changed[indexes[0]]
    at, score = best_rows(np.stack([changed[index] for index in indexes]))
    return np.asarray(indexes, np.intp)[at], score


def duel(standing: Standing, index: int) -> Duel:
    """Class ``index``, of at least two, against the best of the others; only images that it wins are ranked again."""
    rival, rival_score = standing.first, standing.best
    own = np.flatnonzero(rival == index)
    if own.size:
        others = [at for at in range(len(standing.rows)) if at != index]
        rival, rival_score = rival.copy(), rival_score.copy()
        at, rival_score[own] = best_rows(np.stack([standing.rows[at][own] for at in others]))
        rival[own] = np.asarray(others, np.intp)[at]
    return Duel(index, rival, rival_score)


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """Who comes after the winner of each image, and its score, ``(N,)``: to set up many duels at once."""

    index: Indexes
    score: Row

    def duel(self, standing: Standing, index: int) -> Duel:
        """The same as ``duel``."""
        own = standing.first == index
        return Duel(index, np.where(own, self.index, standing.first), np.where(own, self.score, standing.best))


def runners_up(standing: Standing) -> Second:
    """The best of all classes but the winner, the first of equals; with a single class it is that."""
    n = standing.first.size
    found = Second(np.empty(n, np.intp), np.empty(n, np.float32))
    # A class that stands before the winner is the first of those that score ``NEVER``, if only they are left.
    last = np.where(standing.first == 0, min(1, len(standing.rows) - 1), 0)

    def rank(columns: slice) -> None:
        part = np.stack([row[columns] for row in standing.rows])
        first = standing.first[columns]
        part[first, np.arange(first.size)] = NEVER
        index, score = best_rows(part)
        found.index[columns] = np.where(score == NEVER, last[columns], index)
        found.score[columns] = score

    each_block(n, rank)
    return found


def ties(standing: Standing) -> int:
    """For how many images the best score is shared, so that the order of classes decided."""
    total = 0
    for columns in blocks(standing.first.size):
        part = block_of(standing.rows, columns)
        total += int(((part == standing.best[columns]).sum(axis=0) > 1).sum())
    return total
