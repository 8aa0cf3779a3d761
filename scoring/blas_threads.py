"""Keeps NumPy's matrix product to one thread while we use threads of our own: two layers of them are slower than one.

A product that is spread over all cores waits for its slowest part, and spins while it waits. Where every core has a
block of its own to multiply, that only takes time from the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

_LIMITED = Lock()


@cache
def _blas() -> Any:
    # Looks through the libraries of the process, which takes a while; NumPy's is there since NumPy was imported.
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Within it, a matrix product of any thread of this process runs on the core of its caller.

    The limit holds for the whole process. So only the first of several that overlap sets it, and lifts it when it is
    done: were each to put back what it found, the last could put back the limit of another. Those still at work then
    compute the same, only slower.
    """
    if not _LIMITED.acquire(blocking=False):
        yield
        return
    try:
        with _blas().limit(limits=1):
            yield
    finally:
        _LIMITED.release()
