"""When a key comes too soon for what has come up by itself."""

from __future__ import annotations

from cotsmith.review.unbidden import Unbidden


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_keys_that_follow_each_other_were_meant_for_what_was_there_before() -> None:
    clock = Clock()
    unbidden = Unbidden(clock)
    assert not unbidden.swallows()
    unbidden.came()
    for pause, swallowed in [(0.1, True), (0.3, True), (0.39, True), (0.41, False), (0.01, False), (0.01, False)]:
        clock.now += pause
        assert unbidden.swallows() is swallowed
    unbidden.came()
    clock.now += 0.5
    assert not unbidden.swallows()
