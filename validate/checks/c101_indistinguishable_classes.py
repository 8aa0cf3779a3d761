"""C101: classes with the same rules."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

_ATTRIBUTES = {
    "size": {"prompt": "It is {}.", "options": ["big", "small"]},
    "fur": {"prompt": "Its fur is {}.", "options": ["brown", "gray"]},
}
_MOUSE = {"size": "small", "fur": "gray"}


class IndistinguishableClasses(Check):
    """One finding for each group, at its first class."""

    code = "C101"
    name = "indistinguishable-classes"
    summary = "Two or more classes have the same rules in every attribute."
    fault = (
        "Classes agree in all their rules, `null` included, so that every image gives them the same score. Attributes "
        "of weight 0 do not count. Classes without any rule are another check's."
    )
    harm = "Of such a group only the class that stands first is ever predicted; the images of the others are all wrong."
    instead = (
        "Find what a person would look at to tell them apart, and ask for it. If nothing can be seen, make them one "
        "class. `cotsmith questions` says what would have to change."
    )
    valid = (
        Example(
            {"attributes": _ATTRIBUTES, "rules": {"mouse": _MOUSE, "vole": {"size": "small", "fur": "brown"}}},
        ),
    )
    invalid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"mouse": _MOUSE, "bear": {"size": "big", "fur": "brown"}, "rat": _MOUSE, "shrew": _MOUSE},
            },
            places=("rules › mouse",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every group of classes with equal rows."""
        for group in context.table.equal_rows():
            if not context.table.spoken[group[0]].any():
                continue
            names = [context.table.classes[i] for i in group]
            others = names[1:]
            yield self.finding(
                f'"{plain(names[0])}" has the same rules as {quoted(others)}; '
                f"only the first of the {len(names)} is ever predicted",
                at_class(names[0]),
                hint="Ask for something in which they differ, or make them one class.",
                also=tuple(at_class(name) for name in others),
            )
