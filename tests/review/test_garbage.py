"""Full collections wait until nobody presses a key, and the settings of the process are put back."""

from __future__ import annotations

import gc
import weakref

from cotsmith.review.garbage import collected_at_rest, sweep


class Cycle:
    def __init__(self) -> None:
        self.own = self


def old_garbage() -> weakref.ref[Cycle]:
    """A cycle that nothing holds, which young collections have passed by."""
    cycle = Cycle()
    watched = weakref.ref(cycle)
    for _ in range(8):
        gc.collect(1)
    return watched


def test_old_garbage_waits_for_a_rest() -> None:
    before = gc.get_threshold()
    with collected_at_rest():
        watched = old_garbage()
        gc.collect(1)
        sweep(0.1)
        assert watched() is not None
        sweep(10.0)
        assert watched() is None
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_a_rest_with_little_to_collect_is_left_alone() -> None:
    with collected_at_rest():
        gc.collect()
        seen: list[str] = []
        gc.callbacks.append(lambda phase, info: seen.append(phase))
        try:
            sweep(10.0)
        finally:
            gc.callbacks.pop()
        assert not seen
