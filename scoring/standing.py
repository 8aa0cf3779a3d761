"""Which class wins each image, and what becomes of that when the scores of a few classes change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .blocks import blocks, each_block
from .probabilities import Indexes
from .scores import Rows, block_of

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


def stand(rows: Rows) -> Standing:
    """Find the winner of every image, the first of equals. ``rows`` may be a ``(C, N)`` array, which is not copied."""
    n = len(rows[0])
    first, best = np.zeros(n, np.intp), np.empty(n, np.float32)

    def rank(columns: slice) -> None:
        part = block_of(rows, columns)
        part.argmax(axis=0, out=first[columns])
        best[columns] = np.take_along_axis(part, first[None, columns], axis=0)[0]

    each_block(n, rank)
    return Standing(tuple(rows), first, best)


def restand(standing: Standing, changed: Mapping[int, Row]) -> Standing:
    """``standing`` with the rows of some classes ``changed``; only the images that this concerns are ranked again."""
    if not changed:
        return standing
    rows = tuple(changed.get(index, row) for index, row in enumerate(standing.rows))
    if len(changed) * _FEW > len(rows):
        return stand(rows)
    contender, score = _best_of(changed)
    fell = standing.first == contender
    if len(changed) > 1:
        fell = np.isin(standing.first, np.fromiter(changed, np.intp))
    rises = score > standing.best
    takes = rises | ((score == standing.best) & (contender < standing.first) & ~fell)
    first = np.where(takes, contender, standing.first)
    best = np.maximum(score, standing.best)
    # Where the winner's own score fell, or another class may now equal it, nothing short of all scores can tell.
    again = np.flatnonzero(fell & ~rises)
    if again.size:
        part = np.stack([row[again] for row in rows])
        first[again] = part.argmax(axis=0)
        best[again] = np.take_along_axis(part, first[None, again], axis=0)[0]
    return Standing(rows, first, best)


def _best_of(changed: Mapping[int, Row]) -> tuple[Indexes | int, Row]:
    """The best of the changed classes at every image, the first of equals, and its score."""
    indexes = sorted(changed)
    if len(indexes) == 1:
        return indexes[0], changed[indexes[0]]
    part = np.stack([changed[index] for index in indexes])
    return np.asarray(indexes, np.intp)[part.argmax(axis=0)], part.max(axis=0)


def duel(standing: Standing, index: int) -> Duel:
    """Class ``index``, of at least two, against the best of the others; only images that it wins are ranked again."""
    rival, rival_score = standing.first, standing.best
    own = np.flatnonzero(rival == index)
    if own.size:
        others = [at for at in range(len(standing.rows)) if at != index]
        rival, rival_score = rival.copy(), rival_score.copy()
        part = np.stack([standing.rows[at][own] for at in others])
        second = part.argmax(axis=0)
        rival[own] = np.asarray(others, np.intp)[second]
        rival_score[own] = np.take_along_axis(part, second[None], axis=0)[0]
    return Duel(index, rival, rival_score)


def ties(standing: Standing) -> int:
    """For how many images the best score is shared, so that the order of classes decided."""
    total = 0
    for columns in blocks(standing.first.size):
        part = block_of(standing.rows, columns)
        total += int(((part == standing.best[columns]).sum(axis=0) > 1).sum())
    return total
