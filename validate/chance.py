"""Whether counts can be luck: exact binomial tails, and how many findings to believe when many are tested."""

from __future__ import annotations

import math
from collections.abc import Sequence

RATE = 0.05
"""The share of false findings to expect, at most, among those that are believed."""


def at_least(hits: int, n: int, rate: float) -> float:
    """P(X ≥ hits) for X ~ Binomial(n, rate), exact: the chance of as many hits or more if each comes with ``rate``."""
    if hits <= 0:
        return 1.0
    if hits > n or rate <= 0:
        return 0.0
    if rate >= 1:
        return 1.0
    if hits <= n * rate:
        # Summed from the far end inwards the terms would lose their small ones; the other tail is the shorter one.
        return max(0.0, 1.0 - _tail(n - hits + 1, n, 1 - rate))
    return _tail(hits, n, rate)


def believed(p_values: Sequence[float], rate: float = RATE) -> list[bool]:
    """Which of several findings to believe so that at most ``rate`` of those are false, on average.

    Source: Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B
    57 (1995): all up to the largest k with p₍ₖ₎ ≤ rate · k / m.
    """
    m = len(p_values)
    ordered = sorted(p_values)
    limit = max((p for k, p in enumerate(ordered, 1) if p <= rate * k / m), default=-1.0)
    return [p <= limit for p in p_values]


def _tail(hits: int, n: int, rate: float) -> float:
    """P(X ≥ hits) for hits above the mean: the terms shrink from the first, by a known ratio."""
    log_first = math.lgamma(n + 1) - math.lgamma(hits + 1) - math.lgamma(n - hits + 1)
    log_first += hits * math.log(rate) + (n - hits) * math.log1p(-rate)
    odds = rate / (1 - rate)
    total, term = 0.0, 1.0
    for k in range(hits, n + 1):
        total += term
        term *= odds * (n - k) / (k + 1)
        if term < total * 1e-17:
            break
    return min(1.0, math.exp(log_first + math.log(total)))
