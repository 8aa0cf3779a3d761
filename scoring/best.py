"""The best of many rows, column by column: what ``argmax`` finds, several times sooner where rows are long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.intp]

Places = NDArray[np.int32]
"""For each image a row of some table: half as large as ``Indexes``, because these are kept, and copied by edits."""

_IN_CACHE = 1 << 18
# Numbers that the second look at a part still finds in the processor's cache.


def best_rows(
    rows: NDArray[np.float32], first: Places | None = None, best: NDArray[np.float32] | None = None
) -> tuple[Places, NDArray[np.float32]]:
    """For each column of ``rows``, ``(R, N)``, the row of its largest value, the first of equals, and that value.

    Both are ``(N,)``, written to ``first`` and ``best`` where these are given. ``argmax`` along the first axis turns
    the table round, to go down one column after the other. Here every step goes along whole rows: the largest values;
    where they stand; and, because the rows that hold one are marked with R - 1, R - 2, ... 0, the largest mark of each
    column, which is that of the first.
    """
    size, count = rows.shape
    first = np.empty(count, np.int32) if first is None else first
    best = np.empty(count, np.float32) if best is None else best
    marks = np.arange(size - 1, -1, -1).astype(np.min_scalar_type(size - 1))[:, None]
    width = max(1024, _IN_CACHE // size)
    for start in range(0, count, width):
        part = rows[:, start : start + width]
        largest = part.max(axis=0, out=best[start : start + width])
        np.subtract(size - 1, (np.equal(part, largest) * marks).max(axis=0), out=first[start : start + width])
    return first, best
