"""How far a measured number can be trusted: intervals, paired tests, information."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import UsageError

Interval: TypeAlias = tuple[float, float]

_Z95 = 1.959963984540054
_EXACT_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` out of ``n`` images."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        """The share itself, or None when there was no image to take it of."""
        return self.hits / self.n if self.n else None

    @property
    def ci95(self) -> Interval:
        """The 95 % Wilson interval."""
        return wilson(self.hits, self.n)


def wilson(successes: int, n: int, z: float = _Z95) -> Interval:
    """The score interval for a share of ``successes`` in ``n`` trials; ``(0, 1)`` when there were none.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). ``z`` is
    the normal quantile, 1.96 for 95 %. Unlike the textbook interval it is sensible at 0 %, at 100 % and for small n.
    """
    if not 0 <= successes <= n:
        raise UsageError(f"{successes} successes in {n} trials")
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    spread = z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    # Rounding must not leave the ends a hair inside 0 and 1, where they are exact by algebra.
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def mcnemar(only_first: int, only_second: int) -> float:
    """The two-sided exact p-value that two classifiers of the same images are equally good; 1 when they never differ.

    ``only_first`` images were right by the first alone, ``only_second`` by the second alone; under the hypothesis each
    of them is a fair coin. Source: McNemar, Psychometrika 12 (1947), with the exact binomial tail in place of χ², as
    Fay, "Two-sided exact tests and matching confidence intervals for discrete data" (R Journal 2, 2010) gives it:
    twice the smaller tail, at most 1.
    """
    if only_first < 0 or only_second < 0:
        raise UsageError(f"{only_first} and {only_second} images that differ")
    n, k = only_first + only_second, min(only_first, only_second)
    return min(1.0, 2 * _fair_tail(k, n))


def _fair_tail(k: int, n: int) -> float:
    """P(X ≤ k) for X ~ Binomial(n, ½) and k ≤ n / 2."""
    if n <= _EXACT_UP_TO:
        return sum(math.comb(n, i) for i in range(k + 1)) / (1 << n)
    # Downwards from i = k each term is the one above times i / (n - i + 1) < 1, so the sum needs no cancellation.
    total, term = 0.0, 1.0
    for i in range(k, -1, -1):
        total += term
        term *= i / (n - i + 1)
        if term < total * 1e-17:
            break
    log_largest = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2)
    return math.exp(log_largest + math.log(total))


def mutual_information(table: ArrayLike) -> float:
    """What knowing a table's column tells of its row, in bits: Σ p(r,c) log2( p(r,c) / p(r) p(c) ).

    ``table`` holds counts, ``(R, C)``. Source: Cover and Thomas, "Elements of Information Theory", section 2.3, with
    shares of the counts as probabilities. That estimate is too high on average, the more so the fewer images there
    are: see ``noise_information``.
    """
    counts = _counts(table)
    n = counts.sum()
    if n == 0:
        return 0.0
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    seen = counts > 0
    ratio = counts[seen] * n / (rows * columns)[seen]
    return max(0.0, float(counts[seen] @ np.log2(ratio) / n))


def noise_information(table: ArrayLike) -> float:
    """The bits that ``mutual_information`` would show on average if rows and columns had nothing to do with another.

    (R − 1)(C − 1) / (2 n ln 2) over the rows and columns that occur, but never more than the entropy of either.
    Source: Miller, "Note on the bias of information estimates" (1955); the first-order term.
    """
    counts = _counts(table)
    n = counts.sum()
    if n == 0:
        return 0.0
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    expected = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1) / (2 * n * math.log(2))
    return float(min(expected, entropy(rows), entropy(columns)))


def entropy(counts: ArrayLike) -> float:
    """The entropy of a distribution given by counts, in bits (Cover and Thomas, section 2.1); 0 without any."""
    values = np.asarray(counts, dtype=np.float64)
    values = values[values > 0]
    if values.size == 0:
        return 0.0
    shares = values / values.sum()
    return max(0.0, float(-(shares @ np.log2(shares))))


def _counts(table: ArrayLike) -> NDArray[np.float64]:
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or (counts < 0).any():
        raise UsageError("a table of counts has two dimensions and nothing below zero")
    return counts
