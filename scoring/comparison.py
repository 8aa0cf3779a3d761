"""Several systems, or one on several encoders, on the same images: which is better, and could it be luck?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, UsageError
from ..systems.model import System
from .encoder import Encoder
from .evaluation import Data, Evaluation, check_evaluable, evaluate
from .reuse import with_system
from .scores import Combine
from .statistics import mcnemar

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """One classifier held against another, image by image.

    ``gained`` images are right now and were wrong before, ``lost`` the reverse; ``p`` is McNemar's exact two-sided
    p-value that both are equally good.
    """

    gained: int
    lost: int
    n: int
    p: float

    @property
    def difference(self) -> float:
        """The change in accuracy."""
        return (self.gained - self.lost) / self.n


@dataclass(frozen=True, eq=False)
class Contestant:
    """A system on an encoder; ``system`` is the name under which it was given. ``versus`` is None for the first."""

    system: str
    encoder: str
    evaluation: Evaluation
    versus: Pair | None


def paired(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Pair:
    """Hold ``after`` against ``before``: whether each of N images was right, ``(N,)`` both."""
    if before.shape != after.shape:
        raise UsageError(f"{before.size} and {after.size} images cannot be paired")
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    return Pair(gained, lost, before.size, mcnemar(gained, lost))


def compare(
    systems: Mapping[str, System],
    dataset: Data,
    encoders: Sequence[Callable[[], Encoder]],
    *,
    split: str = "all",
    combine: Combine = "sum",
    seed: int = 0,
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> tuple[Contestant, ...]:
    """Measure every system on every encoder, the first of each first, and hold all against the very first.

    Each encoder is loaded when its turn comes and encodes the images once. The systems may differ in all but this:
    every label of the data is a class of each.

    Raises:
        InvalidSystemError, DataError, EncoderError: as ``evaluate``; what can be told is told before a model loads.
    """
    for system in systems.values():
        check_evaluable(system, dataset, split)
    found: list[Contestant] = []
    first: Evaluation | None = None
    for load in encoders:
        encoder = load()
        last: Evaluation | None = None
        for name, system in systems.items():
            if last is None:
                last = evaluate(
                    system,
                    dataset,
                    encoder,
                    split=split,
                    combine=combine,
                    seed=seed,
                    batch_size=batch_size,
                    progress=progress,
                )
            else:
                last = with_system(last, system, encoder)
            versus = None if first is None else _versus(first, last)
            first = first or last
            found.append(Contestant(name, last.setting.encoder, last, versus))
    return tuple(found)


def _versus(first: Evaluation, other: Evaluation) -> Pair:
    if first.setting.items != other.setting.items:
        raise DataError(
            "the images changed while they were measured",
            where=first.setting.data,
            hint="Some could be read for one encoder and not for another. Run again.",
        )
    return paired(first.correct, other.correct)


def described(contestants: Sequence[Contestant]) -> Iterator[str]:
    """What the differences from the first mean, in sentences."""
    others = [one for one in contestants if one.versus is not None]
    if len(others) > 1:
        yield (
            f"{len(others)} comparisons with the first: by luck alone one in twenty has p < 0.05. "
            f"For the best of them ask for p < {0.05 / len(others):.2g}."
        )
