"""Images in steps: enough to keep the processor busy, few enough to bound the memory, several steps at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from .blas_threads import one_blas_thread

BLOCK = 16384
"""Images per step, at most: enough to keep the matrix product busy, few enough to bound what a step takes in memory."""

_LEAST = 1024
# Fewer images than this are done before threads would have started.
_MOST_WORKERS = 8


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """``n`` images in steps of ``size``."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def each_block(n: int, work: Callable[[slice], None], size: int | None = None, most: int = BLOCK) -> None:
    """Call ``work`` for every step of ``n`` images, on all cores: NumPy lets go of the lock while it computes.

    Steps write to places of their own, so their order does not matter. Without ``size`` they are of one length, at most
    ``most``, and as many for one core as for another: two at least, unless there is too little to do.
    """
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    if size is None:
        size = min(BLOCK, most, max(_LEAST, -(-n // (2 * workers))))
        rounds = -(-n // (size * workers)) or 1
        size = max(1, -(-n // (rounds * workers)))
    steps = list(blocks(n, size))
    workers = min(workers, len(steps))
    if workers == 1 or n <= 2 * _LEAST:
        for step in steps:
            work(step)
        return
    with one_blas_thread(), ThreadPoolExecutor(workers, thread_name_prefix="score") as pool:
        for _ in pool.map(work, steps):
            pass
