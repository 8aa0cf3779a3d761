"""C104: classes that a single attribute tells apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_attribute, at_class

AGREE = 3
"""In how many attributes classes must say the same before it is worth telling that only one more differs."""

MANY = 5
"""From how many groups on they are told of in one finding for the attribute."""

_ATTRIBUTES = {
    "size": {"prompt": "It is {}.", "options": ["big", "small"]},
    "fur": {"prompt": "Its fur is {}.", "options": ["brown", "gray"]},
    "tail": {"prompt": "It has {} tail.", "options": ["a bushy", "a thin"]},
    "ears": {"prompt": "It has {} ears.", "options": ["round", "pointed"]},
}
_MOUSE = {"size": "small", "fur": "gray", "tail": "a thin", "ears": "round"}


class OneAttributeApart(Check):
    """One finding for each group of classes that differ in the same attribute."""

    code = "C104"
    name = "one-attribute-apart"
    severity = "note"
    summary = "Classes differ in one attribute only, and agree in all others."
    fault = (
        f"Two or more classes have the same rules but for one attribute, and say the same in at least {AGREE} others."
    )
    harm = (
        "One unreliable answer is enough to confuse them: the other attributes cannot help. "
        "An attribute on which nobody else depends is also the one whose weight goes unnoticed."
    )
    instead = (
        "Ask for one more thing in which they differ. If they are variants that differ in nothing else, "
        "allow the finding and say so, and see in `score` that the one attribute is reliable."
    )
    valid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"mouse": _MOUSE, "dormouse": {**_MOUSE, "tail": "a bushy", "fur": "brown"}},
            }
        ),
    )
    invalid = (
        Example(
            {"attributes": _ATTRIBUTES, "rules": {"mouse": _MOUSE, "vole": {**_MOUSE, "fur": "brown"}}},
            places=("rules › mouse",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """The groups, or for an attribute that alone holds many of them, one finding for it."""
        table = context.table
        by_column: dict[int, list[list[str]]] = defaultdict(list)
        for k, group in context.nearly_equal:
            if _worth_telling(context, k, group):
                by_column[k].append([table.classes[i] for i in group])
        for k, groups in by_column.items():
            if len(groups) > MANY:
                yield self._many(table.names[k], groups)
            else:
                for names in groups:
                    yield self._one(table.names[k], names)

    def _one(self, attribute: str, names: Sequence[str]) -> Finding:
        return self.finding(
            f'{quoted(names)} differ in "{plain(attribute)}" only',
            at_class(names[0]),
            hint="Ask for one more thing in which they differ.",
            also=tuple(at_class(name) for name in names[1:]),
        )

    def _many(self, attribute: str, groups: Sequence[Sequence[str]]) -> Finding:
        classes = [name for group in groups for name in group]
        return self.finding(
            f"{len(groups)} groups of classes, {len(classes)} in all, differ in this attribute only; "
            f"the first is {quoted(groups[0])}",
            at_attribute(attribute),
            hint="Ask for one more thing in which they differ.",
            also=tuple(at_class(name) for name in classes),
        )


def _worth_telling(context: Context, k: int, group: Sequence[int]) -> bool:
    """Whether the group agrees in enough attributes, and two of its rules for column ``k`` exclude each other."""
    table = context.table
    spoken = table.spoken[group[0]].copy()
    spoken[k] = False
    codes = sorted({int(table.codes[i, k]) for i in group})
    excluded = ~table.compatible[k][codes][:, codes]
    return int(spoken.sum()) >= AGREE and bool(excluded.any())
