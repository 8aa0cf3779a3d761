"""C103: classes that no attribute sets apart for sure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

_ATTRIBUTES = {
    "skin": {"prompt": "A fruit with a {} skin.", "options": ["red", "green", "yellow"]},
    "shape": {"prompt": "A fruit that is {}.", "options": ["round", "long"]},
}
_APPLE = {"skin": ["red", "green"], "shape": "round"}


class OverlappingClasses(Check):
    """One finding for each class, at the one whose rules leave more open."""

    code = "C103"
    name = "overlapping-classes"
    summary = "No attribute sets two classes apart for sure: one image could fit both."
    fault = (
        "In every attribute the rules of two classes have an option in common, or one of them says nothing. Pairs of "
        "which one class names all options of the other are another check's, and so are classes that mostly say "
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
        openness = context.openness
        pairs: dict[int, set[int]] = defaultdict(set)
        for i, j in zip(first[~nested].tolist(), second[~nested].tolist(), strict=True):
            if i in context.mostly_silent or j in context.mostly_silent:
                continue
            wider, other = (i, j) if (-openness[i], i) <= (-openness[j], j) else (j, i)
            pairs[wider].add(other)
        for i, others in sorted(pairs.items()):
            own, names = table.classes[i], [table.classes[j] for j in sorted(others)]
            yield self.finding(
                f'one image could fit "{plain(own)}" and {quoted(names, 3)}: no attribute sets them apart for sure',
                at_class(own),
                hint="Write the missing rule, narrow a wide one, or ask for something that differs.",
                also=tuple(at_class(name) for name in names),
            )
