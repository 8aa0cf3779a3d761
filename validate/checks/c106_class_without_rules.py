"""C106: a class of which no attribute says anything."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

_ATTRIBUTES = {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}


class ClassWithoutRules(Check):
    """Often the trace of a draft that broke off."""

    code = "C106"
    name = "class-without-rules"
    summary = "A class has no rule in any attribute."
    fault = "All rules of the class are `null` or missing, or stand in attributes of weight 0."
    harm = "The class has no score that an image could raise: it is never predicted, and its images are all wrong."
    instead = "Write its rules, or remove the class."
    valid = (Example({"attributes": _ATTRIBUTES, "rules": {"mouse": {"size": "small"}, "elephant": {"size": "big"}}}),)
    invalid = (
        Example(
            {"attributes": _ATTRIBUTES, "rules": {"mouse": {"size": "small"}, "elephant": {}}},
            places=("rules › elephant",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every class without rules, if there are attributes to have rules for."""
        if context.valid.attributes:
            for class_name, spoken in zip(context.table.classes, context.table.spoken, strict=True):
                if not spoken.any():
                    yield self.finding(
                        f'no attribute says anything of "{plain(class_name)}"',
                        at_class(class_name),
                        hint="Write its rules, or remove the class.",
                    )
