"""C103: classes of which one image could well fit both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

HALF = 0.5
"""The share of what a class may look like that must fit another class as well."""

_ATTRIBUTES = {
    "skin": {"prompt": "A fruit with a {} skin.", "options": ["red", "green", "yellow"]},
    "shape": {"prompt": "A fruit that is {}.", "options": ["round", "long"]},
}
_APPLE = {"skin": ["red", "green"], "shape": "round"}


class OverlappingClasses(Check):
    """One finding for each class, at the one whose rules leave more open."""

    code = "C103"
    name = "overlapping-classes"
    summary = "Half or more of what a class may look like fits another class as well."
    fault = (
        "In every attribute the rules of two classes have options in common, or one of them says nothing, and so much "
        "that, with all options of a rule equally likely, at least half of the images of one fit the other too. Pairs "
        "of which one class names all options of the other are another check's, and so are classes that mostly say "
        "nothing."
    )
    harm = "An image that shows what the two have in common gets the same evidence for both; noise then decides."
    instead = "Write the missing rule, narrow a rule that names several options, or ask for something that differs."
    valid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"apple": _APPLE, "banana": {"skin": ["yellow", "green"], "shape": "long"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"apple": _APPLE, "lemon": {"skin": ["yellow", "green"], "shape": "round"}},
            },
            places=("rules › apple",),
        ),
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {
                    "cherry": {"skin": "red", "shape": "round"},
                    "tomato": {"skin": "red", "shape": None},
                    "lime": {"skin": "green", "shape": "round"},
                },
            },
            places=("rules › tomato",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every class with those that it cannot be held apart from; each pair is told of once."""
        table = context.table
        first, second = context.overlaps
        nested = table.covering(first, second) | table.covering(second, first)
        shared = np.maximum(table.share_fitting(first, second), table.share_fitting(second, first))
        alike = ~nested & (shared >= HALF)
        openness = context.openness
        pairs: dict[int, set[int]] = defaultdict(set)
        for i, j in zip(first[alike].tolist(), second[alike].tolist(), strict=True):
            if i in context.mostly_silent or j in context.mostly_silent:
                continue
            wider, other = (i, j) if (-openness[i], i) <= (-openness[j], j) else (j, i)
            pairs[wider].add(other)
        for i, others in sorted(pairs.items()):
            own, names = table.classes[i], [table.classes[j] for j in sorted(others)]
            yield self.finding(
                f'"{plain(own)}" can look just like {quoted(names, 3)}: '
                "half or more of what one may show fits the other",
                at_class(own),
                hint="Write the missing rule, narrow a wide one, or ask for something that differs.",
                also=tuple(at_class(name) for name in names),
            )
