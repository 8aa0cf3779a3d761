"""Images in steps: enough to keep the processor busy, few enough to stay in its cache, several steps at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

BLOCK = 8192
"""Images per step: enough to keep the matrix product busy, few enough for the softmax to stay in cache."""

_MOST_WORKERS = 8
# Fewer steps than this are done before threads would have started.
_WORTH_THREADS = 4


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """``n`` images in steps of ``size``."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def each_block(n: int, work: Callable[[slice], None], size: int = BLOCK) -> None:
    """Call ``work`` for every step of ``n`` images, on all cores: NumPy lets go of the lock while it computes.

    Steps write to places of their own, so their order does not matter and the result is the same for any number of
    cores.
    """
    steps = list(blocks(n, size))
    workers = min(os.cpu_count() or 1, _MOST_WORKERS, len(steps))
    if workers == 1 or len(steps) < _WORTH_THREADS:
        for step in steps:
            work(step)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="score") as pool:
        for _ in pool.map(work, steps):
            pass
