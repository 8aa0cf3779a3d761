"""How far an optimisation is: candidates, the best so far, calls, tokens, and how long it may take yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..systems.text import counted, percentage
from .climb import Candidate, Record
from .llm import Usage

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation
    from .memo import RememberingLLM


@dataclass(frozen=True, slots=True)
class Standing:
    """Told whenever a call or a candidate is done.

    ``best`` is the accuracy on dev of the best candidate so far, a share of 1. ``candidates`` and ``calls`` may be
    ``most`` each; without an LLM there are no calls. ``left`` are the seconds until ``most`` is reached at the pace so
    far, which is the longest that it may take; None while that is not known.
    """

    candidates: int
    most: int
    best: float
    calls: int | None = None
    usage: Usage = field(default_factory=Usage)
    left: float | None = None

    def __str__(self) -> str:
        """``12 of 60 calls, 3 candidates, dev 84.4%, 134,000 tokens, < 12 min left``."""
        if self.calls is None:
            parts = [f"{self.candidates} of at most {self.most} candidates"]
        else:
            parts = [f"{self.calls} of {self.most} calls", counted(self.candidates, "candidate")]
        parts.append(f"dev {percentage(self.best, 1)}%")
        tokens = self.usage.input + self.usage.output
        if tokens:
            parts.append(f"{tokens:,} tokens")
        if self.left is not None:
            parts.append(f"< {_longest(self.left)} left")
        return ", ".join(parts)


class Pace:
    """Counts what is done, and tells ``told`` how far it is; calls of an earlier run do not count for the pace."""

    def __init__(self, most: int, best: float, told: Callable[[Standing], None] | None) -> None:
        self._most = most
        self._best = best
        self._told = told
        self._candidates = 0
        self._memo: RememberingLLM | None = None
        self._earlier = 0
        self._began = time.monotonic()

    def follow(self, memo: RememberingLLM) -> None:
        """Count the calls of ``memo`` from now on."""
        self._memo, self._earlier, self._began = memo, memo.calls, time.monotonic()

    def called(self) -> None:
        """A call is done."""
        self._tell()

    def recording(self, record: Record | None) -> Record:
        """``record``, before which the candidate is counted and told."""

        def recorded(candidate: Candidate, dev: Evaluation) -> None:
            self._candidates = candidate.number
            if candidate.best:
                self._best = candidate.dev_accuracy
            self._tell()
            if record is not None:
                record(candidate, dev)

        return recorded

    def _tell(self) -> None:
        if self._told is None:
            return
        memo = self._memo
        done = self._candidates if memo is None else memo.calls - self._earlier
        so_far = self._candidates if memo is None else memo.calls
        left = (time.monotonic() - self._began) / done * max(0, self._most - so_far) if done else None
        calls, usage = (None, Usage()) if memo is None else (memo.calls, memo.usage)
        self._told(Standing(self._candidates, self._most, self._best, calls, usage, left))


def _longest(seconds: float) -> str:
    """Rounded up: what is told as the longest time must not be exceeded by rounding."""
    whole = int(seconds) + 1
    if whole < 100:
        return f"{whole} s"
    minutes = -(-whole // 60)
    return f"{minutes} min" if minutes < 100 else f"{-(-minutes // 60)} h"
