"""Numbers as people write them: a percentage never says all or nothing of what is not."""

from __future__ import annotations

import pytest

from cotsmith.systems.history_log import described
from cotsmith.systems.text import counted, percentage


@pytest.mark.parametrize(
    ("share", "whole", "tenths", "column"),
    [
        (0.0, "0", "0.0", "0"),
        (1e-12, "0.0001", "0.0001", "1"),
        (0.0001, "0.01", "0.01", "1"),
        (0.004, "0.4", "0.4", "1"),
        (0.466, "47", "46.6", "47"),
        (0.994, "99", "99.4", "99"),
        (0.996, "99.6", "99.6", "99"),
        (0.9997, "99.97", "99.97", "99"),
        (1 - 1e-12, "99.9999", "99.9999", "99"),
        (1.0, "100", "100.0", "100"),
    ],
)
def test_a_percentage_says_all_or_nothing_only_where_that_is_so(
    share: float, whole: str, tenths: str, column: str
) -> None:
    assert (percentage(share), percentage(share, 1), percentage(share, fixed=True)) == (whole, tenths, column)


def test_one_is_one() -> None:
    assert [counted(n, "image") for n in (0, 1, 2)] == ["0 images", "1 image", "2 images"]
    assert counted(2, "class", "classes") == "2 classes"
    assert described({"n": 1, "data": "cards"}) == "1 image of cards"
