"""A smallest set that hits every row of a table: branch and bound, with the greedy set as its beginning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.bool_]

WORK = 50_000_000
"""Table entries that the search may look at, about a second of one core; then the best found so far is taken."""


def smallest_hitting_set(rows: Rows) -> tuple[tuple[int, ...], bool]:
    """The fewest columns of ``rows``, ``(R, K)`` with a True in every row, such that each row is True in one of them.

    Returns the columns in order and whether none smaller exists for sure. Among sets of one size it is the one that
    the search meets first. Exact in general only for small tables: the problem is NP-hard.
    """
    # The only column of a row must be in; what it hits needs no thought.
    forced = np.flatnonzero(rows[rows.sum(axis=1) == 1].any(axis=0))
    search = _Search(_without_supersets(_distinct(rows[~rows[:, forced].any(axis=1)])))
    search.branch(np.arange(len(search.rows)), (), frozenset())
    return tuple(sorted((*forced.tolist(), *search.best))), search.work > 0


class _Search:
    """The best set so far, and how much work is left."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.best = _greedy(rows)
        self.work = WORK

    def branch(self, open_rows: NDArray[np.intp], chosen: tuple[int, ...], banned: frozenset[int]) -> None:
        """Extend ``chosen`` over the rows that it does not hit, never with ``banned`` columns."""
        if not open_rows.size:
            if len(chosen) < len(self.best):
                self.best = chosen
            return
        part = self.rows[open_rows]
        self.work -= part.size
        if banned:
            part = part.copy()
            part[:, list(banned)] = False
        covered = part.sum(axis=0)
        if self.work <= 0 or len(chosen) + _at_least(covered, len(part)) >= len(self.best):
            return
        sizes = part.sum(axis=1)
        hardest = part[int(sizes.argmin())]
        out = banned
        # One of the hardest row's columns must be in; once a column has been tried, the others are tried without it.
        for column in sorted(np.flatnonzero(hardest).tolist(), key=lambda k: (-covered[k], k)):
            self.branch(open_rows[~part[:, column]], (*chosen, column), out)
            out = out | {column}


def _at_least(covered: NDArray[np.int64], rows: int) -> int:
    """How many columns it takes at least: the widest ones, if they never overlapped."""
    reach = np.cumsum(np.sort(covered)[::-1])
    return int(np.searchsorted(reach, rows)) + 1


def _greedy(rows: Rows) -> tuple[int, ...]:
    chosen: list[int] = []
    left = rows
    while len(left):
        chosen.append(int(left.sum(axis=0).argmax()))
        left = left[~left[:, chosen[-1]]]
    return tuple(chosen)


def _distinct(rows: Rows) -> Rows:
    packed = np.packbits(rows, axis=1)
    as_bytes = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))) if packed.size else packed
    return rows[np.unique(as_bytes, return_index=True)[1]] if packed.size else rows


def _without_supersets(rows: Rows) -> Rows:
    """The rows that contain no other row, for what hits the smaller hits the larger; skipped for large tables."""
    if len(rows) > 3000:
        return rows
    numbers = rows.astype(np.float32)
    contains = numbers @ numbers.T == numbers.sum(axis=1)
    np.fill_diagonal(contains, val=False)
    kept: Rows = rows[~contains.any(axis=1)]
    return kept
