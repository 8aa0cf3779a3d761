"""Which class wins each image, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .best import Places, best_rows
from .probabilities import Answers, Indexes
from .scheme import Scheme, each_scored_at
from .scores import NEVER, Combine, Row, each_scored

_Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """For every image the winner ``first``, its score ``best``, and its ``lead``, all ``(N,)``; scored by ``scheme``.

    No other class scores more than ``best - lead``, where ``lead`` is at least 0: after edits it may be less than the
    distance to the class that comes second, never more. Never changed in place.
    """

    scheme: Scheme
    first: Places
    best: Row
    lead: Row


@dataclass(frozen=True, slots=True, eq=False)
class Duel:
    """For one class, the best of all others at every image: all that a change of that class's scores can meet."""

    index: int
    rival: Places
    rival_score: Row

    def wins(self, scores: Row) -> NDArray[np.bool_]:
        """Where the class would win with ``scores``, ``(..., N)``. Equal scores go to the class that stands first."""
        equal = np.equal(scores, self.rival_score) & (self.index < self.rival)
        return np.greater(scores, self.rival_score) | equal

    def winners(self, scores: Row) -> Places:
        """Who would win each image if the class had ``scores``, ``(..., N)``."""
        return np.where(self.wins(scores), self.index, self.rival)

    def at(self, images: Indexes) -> Duel:
        """The duel at some images only."""
        return Duel(self.index, self.rival[images], self.rival_score[images])


def stand(
    scheme: Scheme,
    answers: Sequence[Answers],
    combine: Combine,
    before: Callable[[slice], None] = lambda columns: None,
) -> Standing:
    """Score every class for every image and find the winners, the first of equals.

    A step of images is ranked while its scores are still in the processor's cache, and its scores are forgotten;
    ``before`` is called with it first, to fill the ``answers``.
    """
    n = answers[0].chosen.size
    first, best, lead = np.empty(n, np.int32), np.empty(n, np.float32), np.empty(n, np.float32)

    def rank(columns: slice, scores: _Matrix) -> None:
        lead[columns] = podium(scores, first[columns], best[columns])

    each_scored(scheme.plans, answers, combine, rank, before)
    return Standing(scheme, first, best, lead)


def podium(scores: _Matrix, first: Places, best: Row) -> Row:
    """Writes the winner of each column of ``scores``, and its score; gives its lead, and spoils the scores."""
    best_rows(scores, first, best)
    scores[first, np.arange(first.size)] = NEVER
    return ahead(best, scores.max(axis=0))


def ahead(score: Row, other: Row) -> Row:
    """By how much ``score`` is ahead of ``other``; 0 also where both are ``NEVER``."""
    return np.subtract(score, other, out=np.zeros(score.shape, np.float32), where=score != other)


def duel(standing: Standing, answers: Sequence[Answers], combine: Combine, index: int) -> Duel:
    """Class ``index``, of at least two, against the best of the others; only images that it wins are ranked again."""
    rival, rival_score = standing.first, standing.best
    own = np.flatnonzero(rival == index)
    if own.size:
        rival, rival_score = rival.copy(), rival_score.copy()

        def find(columns: slice, scores: _Matrix) -> None:
            at, rival_score[own[columns]] = best_rows(np.delete(scores, index, axis=0))
            rival[own[columns]] = at + (at >= index)

        each_scored_at(standing.scheme, answers, combine, own, find)
    return Duel(index, rival, rival_score)


@dataclass(frozen=True, slots=True, eq=False)
class Second:
    """Who comes after the winner of each image, and its score, ``(N,)``: to set up many duels at once."""

    index: Places
    score: Row

    def duel(self, standing: Standing, index: int) -> Duel:
        """The same as ``duel``."""
        own = standing.first == index
        return Duel(index, np.where(own, self.index, standing.first), np.where(own, self.score, standing.best))


def runners_up(standing: Standing, answers: Sequence[Answers], combine: Combine) -> Second:
    """The best of all classes but the winner, the first of equals; with a single class it is that."""
    n = standing.first.size
    found = Second(np.empty(n, np.int32), np.empty(n, np.float32))
    # A class that stands before the winner is the first of those that score ``NEVER``, if only they are left.
    last = np.where(standing.first == 0, min(1, len(standing.scheme.plans) - 1), 0)

    def rank(columns: slice, scores: _Matrix) -> None:
        first = standing.first[columns]
        scores[first, np.arange(first.size)] = NEVER
        index, score = best_rows(scores)
        found.index[columns] = np.where(score == NEVER, last[columns], index)
        found.score[columns] = score

    each_scored(standing.scheme.plans, answers, combine, rank)
    return found


def ranks(standing: Standing, answers: Sequence[Answers], combine: Combine, labels: Indexes) -> Indexes:
    """How many classes come before the true one, ``(N,)``: 0 where it wins, equal scores in the system's order."""
    before = np.empty(labels.size, np.intp)

    def count(columns: slice, scores: _Matrix) -> None:
        true = labels[columns]
        own = scores[true, np.arange(true.size)]
        earlier = np.arange(len(scores))[:, None] < true
        before[columns] = ((scores > own) | ((scores == own) & earlier)).sum(axis=0)

    each_scored(standing.scheme.plans, answers, combine, count)
    return before


def ties(standing: Standing, answers: Sequence[Answers], combine: Combine) -> int:
    """For how many images the best score is shared, so that the order of classes decided."""
    tied = np.zeros(standing.first.size, np.bool_)
    if standing.lead.min() <= 0:

        def find(columns: slice, scores: _Matrix) -> None:
            tied[columns] = (scores == standing.best[columns]).sum(axis=0) > 1

        each_scored(standing.scheme.plans, answers, combine, find)
    return int(np.count_nonzero(tied))
