"""One row of the benchmark: two things timed in turn, and the ratio of their times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` is the median of the first's seconds over the second's, pair by pair; ``goal`` is what to reach.

    A row of sizes has another ``unit`` than seconds.
    """

    name: str
    ratio: float
    goal: str
    first_s: float
    second_s: float
    runs: int
    unit: str = "s"

    def as_json(self) -> dict[str, object]:
        """The row as a JSON object."""
        return asdict(self)

    def __str__(self) -> str:
        both = f"{self.first_s:.4g} {self.unit} / {self.second_s:.4g} {self.unit}"
        return f"{self.name:<58} {self.ratio:>9.4g}   goal {self.goal:<8} ({both})"


def ratio(
    name: str,
    first: Callable[[], object],
    second: Callable[[], object],
    *,
    goal: str,
    runs: int = 7,
    rest_s: float = 0.0,
) -> Row:
    """Time ``first`` and ``second`` in turn, ``runs`` times after one run of each that does not count.

    Before each nothing is done for ``rest_s``: after a matrix product NumPy's threads look out for more of them for a
    tenth of a second, and would take that time from what is measured next.
    """
    first()
    second()
    pairs = [(_seconds(first, rest_s), _seconds(second, rest_s)) for _ in range(runs)]
    return Row(
        name,
        statistics.median(a / b for a, b in pairs),
        goal,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        runs,
    )


def _seconds(work: Callable[[], object], rest_s: float) -> float:
    time.sleep(rest_s)
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
