"""Images in steps on all cores, the best row of each column, and one thread for each matrix product."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from cotsmith.scoring.best import best_rows
from cotsmith.scoring.blas_threads import one_blas_thread
from cotsmith.scoring.blocks import each_block


@given(st.integers(1, 300), st.integers(0, 50), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_the_best_rows_are_those_of_argmax_the_first_of_equals(size: int, count: int, values: int, seed: int) -> None:
    rows = np.random.default_rng(seed).integers(-values, values, (size, count)).astype(np.float32)
    rows[rows == 0] = -np.inf
    first, best = best_rows(rows)
    assert (first == rows.argmax(axis=0)).all()
    assert (best == rows.max(axis=0)).all()


def test_more_columns_than_are_looked_at_together_are_written_where_they_belong() -> None:
    rows = np.random.default_rng(0).integers(0, 9, (700, 5000)).astype(np.float32)
    first, best = np.full(6000, -1, np.int32), np.zeros(6000, np.float32)
    best_rows(rows, first[500:5500], best[500:5500])
    assert (first[500:5500] == rows.argmax(axis=0)).all()
    assert (first[:500] == -1).all()
    assert (first[5500:] == -1).all()


@pytest.mark.parametrize("n", [0, 1, 1000, 5000, 40_000])
@pytest.mark.parametrize("size", [None, 777])
def test_every_image_is_in_one_step(n: int, size: int | None) -> None:
    seen = np.zeros(n, np.intp)

    def work(columns: slice) -> None:
        seen[columns] += 1

    each_block(n, work, size)
    assert (seen == 1).all()


def test_an_error_in_one_step_is_raised() -> None:
    def work(columns: slice) -> None:
        if columns.start:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        each_block(10_000, work, 3000)
    assert _blas_threads() == _BEFORE


def test_blas_has_its_threads_again_whoever_of_several_ends_first() -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with one_blas_thread():
            entered.set()
            assert leave.wait(30)

    other = threading.Thread(target=hold)
    with one_blas_thread():
        assert _blas_threads() == {1}
        other.start()
        assert entered.wait(30)
    assert _blas_threads() == _BEFORE
    leave.set()
    other.join()
    assert _blas_threads() == _BEFORE


def _blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


_BEFORE = _blas_threads()
