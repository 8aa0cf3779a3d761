"""Which classes to improve together: those whose images go wrong, each with the classes that they are taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

Group = tuple[str, ...]

LARGEST = 5
"""How many classes a group has at most."""


def confused_groups(evaluation: Evaluation, most: int) -> tuple[Group, ...]:
    """At most ``most`` groups, that with the most wrong images first; none where every image is right.

    A group is a class and those that its images are taken for, or whose images are taken for it, the commonest first. A
    class stands in one group only, so that groups are about different images.
    """
    names = evaluation.system.classes
    wrong = evaluation.confusion.copy()
    np.fill_diagonal(wrong, 0)
    either = wrong + wrong.T
    left = np.ones(len(names), np.bool_)
    groups: list[Group] = []
    while len(groups) < most:
        errors = np.where(left, wrong.sum(axis=1), 0)
        first = int(errors.argmax())
        if not errors[first]:
            break
        near = [
            int(i) for i in np.argsort(-either[first], kind="stable") if left[i] and either[first, i] and i != first
        ]
        members = [first, *near[: LARGEST - 1]]
        left[members] = False
        groups.append(tuple(names[index] for index in sorted(members)))
    return tuple(groups)
