"""C107: a class of which most attributes say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import WHOLE, Finding, at_class

_ATTRIBUTES = {
    "size": {"prompt": "It is {}.", "options": ["big", "small"]},
    "fur": {"prompt": "Its fur is {}.", "options": ["brown", "gray"]},
    "tail": {"prompt": "It has a {} tail.", "options": ["bushy", "thin"]},
}
_MOUSE = {"size": "small", "fur": "gray", "tail": "thin"}


class MostlySilentClass(Check):
    """Where it is the same with many classes, one finding tells of all."""

    code = "C107"
    name = "mostly-silent-class"
    summary = "A class has rules in fewer than half of the attributes."
    fault = "More than half of the class's rules, over three attributes or more, are `null` or missing."
    harm = (
        "A score is an average over the attributes that have a rule. One with few rules swings widely, so the class "
        "wins too often on the images of others, or never."
    )
    instead = "Write the rules that can be seen in its images. What cannot be seen there may stay `null`."
    valid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"mouse": _MOUSE, "bear": {"size": "big", "fur": "brown", "tail": None}},
            }
        ),
    )
    invalid = (
        Example(
            {"attributes": _ATTRIBUTES, "rules": {"mouse": _MOUSE, "bear": {"size": "big", "fur": None, "tail": None}}},
            places=("rules › bear",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every such class; the system as a whole if they are more than three and more than a third of all classes."""
        table = context.table
        silent = [i for i in sorted(context.mostly_silent) if table.spoken[i].any()]
        if len(silent) > 3 and 3 * len(silent) > len(table.classes):
            yield self.finding(
                f"{len(silent)} of {len(table.classes)} classes have rules in fewer than half of the "
                f"{len(table.names)} attributes",
                WHOLE,
                hint="Ask for what can be seen in most classes, and write their rules.",
                also=tuple(at_class(table.classes[i]) for i in silent),
            )
            return
        for i in silent:
            spoken = int(table.spoken[i].sum())
            yield self.finding(
                f'"{plain(table.classes[i])}" has rules in {spoken} of {len(table.names)} attributes',
                at_class(table.classes[i]),
                hint="Write the rules that can be seen in its images.",
            )
