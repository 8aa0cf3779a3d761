"""Collects garbage while nobody presses a key: of a large system, a full collection would hold every key up.

Python looks through all objects whenever enough new ones have come, which takes a tenth of a second for a thousand
classes. Nothing is lost by waiting: what no cycle holds is freed at once all the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SWEEP_S = 1.0
_IDLE_S = 2.0
_ENOUGH = 5
_NEVER = 1_000_000_000


@contextmanager
def collected_at_rest() -> Iterator[None]:
    """Within this, only young objects are collected as they come; ``sweep`` does the rest."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()  # what is loaded by now stays, and need not be looked through again
    gc.set_threshold(before[0], before[1], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def sweep(idle: float) -> None:
    """Collect, if nobody has pressed a key for ``idle`` seconds, long enough, and enough has come together."""
    if idle > _IDLE_S and gc.get_count()[2] >= _ENOUGH:
        gc.collect()
