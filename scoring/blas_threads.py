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


class _OneThread:
    """How many ask for it now; the limit is set for the first and lifted after the last, whatever thread they are."""

    def __init__(self) -> None:
        # Looks through the libraries of the process, which takes a while; NumPy's is there since NumPy was imported.
        from threadpoolctl import ThreadpoolController

        self._blas = ThreadpoolController().select(user_api="blas")
        self._lock = Lock()
        self._askers = 0
        self._limit: Any = None

    def enter(self) -> None:
        with self._lock:
            if self._askers == 0:
                self._limit = self._blas.limit(limits=1)
            self._askers += 1

    def leave(self) -> None:
        with self._lock:
            self._askers -= 1
            if self._askers == 0:
                self._limit.restore_original_limits()


@cache
def _one_thread() -> _OneThread:
    return _OneThread()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Within it, a matrix product of any thread of this process runs on the core of its caller."""
    limit = _one_thread()
    limit.enter()
    try:
        yield
    finally:
        limit.leave()
