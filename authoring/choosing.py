"""Which proposals to take without asking: all that can be, or those that images show to be improvements."""

from __future__ import annotations

from ..errors import UsageError
from ..scoring.effects import Effect
from ..scoring.verdict import turned
from .proposals import Proposals

SIGNIFICANCE = 0.05
"""A gain that a coin would reach so often, or oftener, is taken for noise."""


def best_open(proposals: Proposals) -> int | None:
    """The open proposal to look at next: the one that gains most on top of those accepted, the first among equals."""
    chosen = proposals.open
    return max(chosen, key=lambda index: (_gain(proposals, index), -index)) if chosen else None


def take_all(proposals: Proposals, *, override_locks: bool = False) -> Proposals:
    """Accept whatever applies, what gains most first; with ``override_locks`` also what touches locked cells."""
    while (index := best_open(proposals)) is not None:
        proposals = proposals.accept(index)
    if override_locks:
        for index in range(len(proposals)):
            if proposals.items[index].status == "conflict":
                proposals = proposals.accept(index, override_lock=True)
    return proposals


def take_improving(
    proposals: Proposals, *, significance: float = SIGNIFICANCE, override_locks: bool = False
) -> Proposals:
    """Accept in greedy order what improves, and refuse the rest, each with the figures that tell why.

    Each time the proposal is taken that names most images right on top of those accepted, as long as it improves: it
    makes more images right than wrong, and a fair coin would do as well with a probability of at most
    ``significance`` (exact sign test, one-sided, on the images whose answer it changes). Equal gains: the first.

    Raises:
        UsageError: the proposals are not measured.
    """
    if proposals.evaluation is None:
        raise UsageError("what improves can only be told on images", hint="Measure the proposals first: --data.")
    while True:
        index = _best_improving(proposals, significance, override_locks)
        if index is None:
            break
        proposals = proposals.accept(index, override_lock=override_locks)
    for index in proposals.open:
        proposals = proposals.refuse(index, _reason(proposals.marginal(index)))
    return proposals


def _best_improving(proposals: Proposals, significance: float, override_locks: bool) -> int | None:
    statuses = ("open", "conflict") if override_locks else ("open",)
    candidates = [index for index, one in enumerate(proposals.items) if one.status in statuses]
    candidates.sort(key=lambda index: (-_gain(proposals, index), index))
    for index in candidates:
        effect = proposals.marginal(index)
        if effect is None or effect.change <= 0:
            return None
        if effect.mcnemar_p / 2 <= significance:
            return index
    return None


def _gain(proposals: Proposals, index: int) -> float:
    cumulative = proposals.items[index].cumulative
    return float("-inf") if cumulative is None else cumulative.change


def _reason(effect: Effect | None) -> str:
    if effect is None:
        return "its effect cannot be measured"
    figures = turned(effect)
    if effect.change < 0:
        return f"it lowers the accuracy: {figures}"
    if effect.change == 0:
        return "it changes no image's answer" if not effect.gained.size else f"it gains nothing: {figures}"
    return f"its gain may be chance: {figures}"
