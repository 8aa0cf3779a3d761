"""Lets whoever runs long work in a thread slow it down or end it: between two steps, work asks how to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASKED: ContextVar[Callable[[], None] | None] = ContextVar("_ASKED", default=None)


def step() -> None:
    """Called between two steps of long work, some milliseconds each: may wait, and may raise to end the work."""
    asked = _ASKED.get()
    if asked is not None:
        asked()


@contextmanager
def paced(ask: Callable[[], None]) -> Iterator[None]:
    """Within this, long work of this thread calls ``ask`` between its steps; what ``ask`` raises ends it."""
    token = _ASKED.set(ask)
    try:
        yield
    finally:
        _ASKED.reset(token)
