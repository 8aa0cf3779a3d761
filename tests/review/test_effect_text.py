"""Figures that a person reads at a glance say all or nothing only where that is so."""

from __future__ import annotations

from cotsmith.review.effect_text import accuracy, interval, percent
from cotsmith.scoring.statistics import Share


def test_one_wrong_image_of_many_is_not_rounded_away() -> None:
    shares = [Share(hits, 10_000) for hits in (0, 1, 9_999, 10_000)]
    assert [percent(share) for share in shares] == ["0 %", "1 %", "99 %", "100 %"]
    assert [accuracy(share) for share in shares] == ["0.0 %", "0.01 %", "99.99 %", "100.0 %"]
    assert [interval(share) for share in shares] == ["(0–0.04)", "(0.002–0.1)", "(99.9–99.998)", "(99.96–100)"]
    assert [interval(share, fixed=True) for share in shares] == ["(0–1)", "(1–1)", "(99–99)", "(99–100)"]
    assert interval(Share(0, 0)) == ""
