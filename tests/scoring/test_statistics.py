"""Intervals, paired tests and information agree with published values, with brute force and with their own laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.errors import UsageError
from cotsmith.scoring.statistics import Share, entropy, mcnemar, mutual_information, noise_information, wilson

TABLES = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 30), min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@pytest.mark.parametrize(
    ("successes", "n", "interval"),
    [
        # R 4: prop.test(x, n, correct = FALSE)$conf.int
        (8, 10, (0.4901625, 0.9433178)),
        (0, 20, (0.0, 0.1611252)),
        (20, 20, (0.8388748, 1.0)),
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_gives_published_intervals(successes: int, n: int, interval: tuple[float, float]) -> None:
    assert wilson(successes, n) == pytest.approx(interval, abs=6e-5)


def test_no_trial_tells_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert Share(0, 0).value is None


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_wilson_holds_the_share_and_mirrors(a: int, b: int) -> None:
    hits, n = min(a, b), max(a, b)
    low, high = wilson(hits, n)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= hits / n <= high
        assert wilson(n - hits, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3)])
def test_wilson_refuses_what_cannot_be(successes: int, n: int) -> None:
    with pytest.raises(UsageError):
        wilson(successes, n)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (1, 10, 24 / 2048), (0, 5, 2 / 32), (3, 1, 10 / 16), (59, 121, 4.434e-6)],
)
def test_mcnemar_is_twice_the_smaller_tail(only_first: int, only_second: int, p: float) -> None:
    assert mcnemar(only_first, only_second) == pytest.approx(p, rel=1e-3)
    assert mcnemar(only_second, only_first) == mcnemar(only_first, only_second)


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_mcnemar_agrees_with_whole_number_arithmetic(only_first: int, only_second: int) -> None:
    n = only_first + only_second
    tail = sum(math.comb(n, i) for i in range(min(only_first, only_second) + 1))
    exact = min(1.0, 2 * tail / 2**n)
    assert mcnemar(only_first, only_second) == pytest.approx(exact, rel=1e-10, abs=1e-300)


def test_mcnemar_stays_sound_for_a_million_images() -> None:
    assert 0.99 < mcnemar(500_000, 500_001) <= 1
    # The normal approximation with continuity correction, good to a few percent so close to the middle.
    z = (1001 - 1) / math.sqrt(1_000_001)
    assert mcnemar(500_501, 499_500) == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-3)
    assert mcnemar(1_000_000, 0) == 0.0


def test_mcnemar_refuses_negative_counts() -> None:
    with pytest.raises(UsageError):
        mcnemar(-1, 2)


def test_information_of_clear_cases() -> None:
    assert mutual_information(np.eye(8) * 3) == pytest.approx(3)
    assert mutual_information([[6, 2], [3, 1]]) == pytest.approx(0, abs=1e-12)
    assert mutual_information([[0, 0], [0, 0]]) == 0
    assert mutual_information([[10, 0], [10, 0]]) == 0


@given(TABLES)
def test_information_is_what_the_entropies_share(table: list[list[int]]) -> None:
    counts = np.array(table)
    shared = entropy(counts.sum(axis=1)) + entropy(counts.sum(axis=0)) - entropy(counts.ravel())
    found = mutual_information(counts)
    assert found == pytest.approx(shared, abs=1e-9)
    assert found == pytest.approx(mutual_information(counts.T), abs=1e-12)
    assert 0 <= found <= min(entropy(counts.sum(axis=1)), entropy(counts.sum(axis=0))) + 1e-9


def test_information_of_huge_counts_does_not_overflow() -> None:
    assert mutual_information(np.eye(2, dtype=np.int64) * 2**40) == pytest.approx(1)


def test_noise_is_what_unrelated_answers_show() -> None:
    generator = np.random.default_rng(7)
    rows = generator.integers(0, 6, (200, 300))
    columns = generator.integers(0, 5, (200, 300))
    tables = [np.histogram2d(r, c, bins=(range(7), range(6)))[0] for r, c in zip(rows, columns, strict=True)]
    seen = np.mean([mutual_information(table) for table in tables])
    assert seen == pytest.approx(np.mean([noise_information(table) for table in tables]), rel=0.1)


def test_noise_never_exceeds_what_there_is_to_know() -> None:
    assert noise_information(np.eye(3)) <= math.log2(3)
    assert noise_information([[4, 0], [5, 0]]) == 0
    assert noise_information(np.zeros((2, 2))) == 0


@pytest.mark.parametrize("table", [[1, 2], [[1, -1]]])
def test_information_refuses_what_is_no_table_of_counts(table: list[object]) -> None:
    with pytest.raises(UsageError):
        mutual_information(table)  # type: ignore[arg-type]
