"""One order out of two that were changed independently."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .merge_trace import Id
from .ordering import moves


def merge_order(
    base: Sequence[Id], ours: Sequence[Id], theirs: Sequence[Id], kept: Collection[Id], *, prefer_theirs: bool
) -> tuple[list[Id], list[Id]]:
    """The ids of ``kept``, all of which one side has, in one order; and those that both moved, to different places.

    What one side added stands behind what it follows there; what it moved, behind the next before it that the other
    side did not move.
    """
    if prefer_theirs:
        ours, theirs = theirs, ours
    result = [identity for identity in ours if identity in kept]
    common = set(base) & set(ours) & set(theirs) & set(kept)
    moved_here, moved_there = (_moved(base, side, common) for side in (ours, theirs))
    if [i for i in ours if i in common] == [i for i in theirs if i in common]:
        moved_there = set()
    both = moved_here & moved_there
    contested = [i for i in base if i in both and _before(ours, i, common) != _before(theirs, i, common)]
    present = set(result)
    behind: Id | None = None
    steady: Id | None = None
    for identity in theirs:
        if identity not in kept:
            continue
        if identity in moved_there - both:
            result.remove(identity)
            result.insert(0 if steady is None else result.index(steady) + 1, identity)
        elif identity not in present:
            result.insert(0 if behind is None else result.index(behind) + 1, identity)
        behind = identity
        if identity not in moved_here:
            steady = identity
    return result, contested


def _moved(base: Sequence[Id], side: Sequence[Id], common: Collection[Id]) -> set[Id]:
    before, after = ([i for i in order if i in common] for order in (base, side))
    return {identity for identity, _ in moves(before, after)}


def _before(order: Sequence[Id], identity: Id, common: Collection[Id]) -> Id | None:
    before = [i for i in order[: order.index(identity)] if i in common]
    return before[-1] if before else None
