"""A102: two attributes that sort the classes in the same way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_attribute

AS_GOOD_AS_ONE = 0.95
"""The normalised mutual information from which two attributes count as one question."""

COINCIDENCE = 0.01
"""How probable at most it may be that shuffled rules sort the classes in just this way."""

_COVER = {"prompt": "Its body is covered with {}.", "options": ["fur", "feathers", "scales"]}
_LIMBS = {"prompt": "It moves with {}.", "options": ["four legs", "two wings", "two fins"]}
_ATTRIBUTES = {"cover": _COVER, "limbs": _LIMBS}
_SAME_TWICE = {
    "wolf": {"cover": "fur", "limbs": "four legs"},
    "bat": {"cover": "fur", "limbs": "four legs"},
    "seal": {"cover": "fur", "limbs": "four legs"},
    "owl": {"cover": "feathers", "limbs": "two wings"},
    "crow": {"cover": "feathers", "limbs": "two wings"},
    "swan": {"cover": "feathers", "limbs": "two wings"},
    "carp": {"cover": "scales", "limbs": "two fins"},
    "lizard": {"cover": "scales", "limbs": "two fins"},
    "trout": {"cover": "scales", "limbs": "two fins"},
}
_NEW_EACH = {
    **_SAME_TWICE,
    "bat": {"cover": "fur", "limbs": "two wings"},
    "seal": {"cover": "fur", "limbs": "two fins"},
    "lizard": {"cover": "scales", "limbs": "four legs"},
}


class RedundantAttribute(Check):
    """Both ways: a finer and a coarser question about one thing are two questions."""

    code = "A102"
    name = "redundant-attribute"
    summary = "Two attributes sort the classes in the same way."
    fault = (
        "Who knows a class's rule for one attribute knows its rule for the other, and the other way round: their "
        f"mutual information is at least {AS_GOOD_AS_ONE:.0%} of either's entropy. Attributes that sort the classes "
        "into groups of one or two are left alone, and so are systems so small that the agreement may be chance."
    )
    harm = (
        "The second question narrows nothing down. It doubles the weight of the first, at the price of its own text "
        "vectors."
    )
    instead = (
        "Ask for something that differs within the groups, or remove one of the two. If the second is there because "
        "the encoder reads it more reliably, keep the better one."
    )
    mending = "There is no automatic fix: which of the two the encoder answers better, only images can say."
    valid = (Example({"attributes": _ATTRIBUTES, "rules": _NEW_EACH}),)
    invalid = (Example({"attributes": _ATTRIBUTES, "rules": _SAME_TWICE}, places=("attributes › limbs",)),)

    def check(self, context: Context) -> Iterator[Finding]:
        """Every attribute that repeats an earlier one; it is held against the first that it repeats."""
        table = context.table
        columns = [table.codes[:, k] for k in range(len(table.names))]
        entropies = [_entropy(column) for column in columns]
        telling = [k for k, column in enumerate(columns) if _telling(column, context.powers[table.names[k]])]
        for position, k in enumerate(telling):
            for earlier in telling[:position]:
                larger = max(entropies[k], entropies[earlier])
                if min(entropies[k], entropies[earlier]) < AS_GOOD_AS_ONE * larger:
                    continue
                shared = (entropies[k] + entropies[earlier] - _joint(columns[k], columns[earlier])) / larger
                if shared >= AS_GOOD_AS_ONE:
                    yield self._repeats(table.names[k], table.names[earlier], shared)
                    break

    def _repeats(self, name: str, earlier: str, shared: float) -> Finding:
        how = "exactly as" if shared > 1 - 1e-9 else f"almost as (normalised mutual information {shared:.2f})"
        return self.finding(
            f'it sorts the classes {how} "{plain(earlier)}" does',
            at_attribute(name),
            hint="Ask for something that differs within the groups, or keep only one of the two.",
            also=(at_attribute(earlier),),
        )


def _telling(column: NDArray[np.int32], power: float) -> bool:
    """Whether the column makes groups, and groups that another column would hardly make by chance."""
    sizes = [int(size) for size in np.bincount(column) if size]
    if power < 1e-9 or not 1 < len(sizes) <= column.size / 2:
        return False
    return _log_coincidence(sizes) < math.log(COINCIDENCE)


def _log_coincidence(sizes: Sequence[int]) -> float:
    """The log probability that a random assignment with groups of these sizes makes exactly these groups."""
    log = math.lgamma
    alike = Counter(sizes).values()
    return sum(log(n + 1) for n in sizes) + sum(log(n + 1) for n in alike) - log(sum(sizes) + 1)


def _entropy(column: NDArray[np.int32]) -> float:
    counts = np.bincount(column)
    shares = counts[counts > 0] / column.size
    return float(-(shares @ np.log2(shares)))


def _joint(first: NDArray[np.int32], second: NDArray[np.int32]) -> float:
    pairs = first.astype(np.int64) * (int(second.max()) + 1) + second
    return _entropy(np.unique(pairs, return_inverse=True)[1].astype(np.int32))
