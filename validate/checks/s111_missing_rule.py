"""S111: a class has no rule for an attribute, not even null."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ...systems.problem import quoted
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

_ATTRIBUTES = {
    "size": {"prompt": "It is {}.", "options": ["big", "small"]},
    "skin": {"prompt": "Its skin is {}.", "options": ["smooth", "hairy"]},
}


class MissingRule(Check):
    """One finding for each class, however many rules it lacks."""

    code = "S111"
    name = "missing-rule"
    needs = "document"
    summary = "A class has no rule for an attribute, not even null."
    fault = "A class's rules leave an attribute out. It is read as `null`: the class says nothing there."
    harm = "A rule that was forgotten and a rule that is meant to say nothing look the same."
    instead = "Write the option, or `null` if nothing is to be said."
    mending = (
        "There is no automatic fix, since writing `null` would hide what was forgotten. "
        "Any edit that cotsmith saves writes the `null`."
    )
    valid = (Example({"attributes": _ATTRIBUTES, "rules": {"mouse": {"size": "small", "skin": None}}}),)
    invalid = (Example({"attributes": _ATTRIBUTES, "rules": {"mouse": {"size": "small"}}}, places=("rules › mouse",)),)

    def check(self, context: Context) -> Iterator[Finding]:
        """The file's omissions, class by class. A class without any rule is another check's."""
        if context.document is None:
            return
        system = context.system
        for class_name, problems in groupby(context.document.omissions, key=lambda problem: str(problem.path[1])):
            missing = [str(problem.path[2]) for problem in problems]
            if system is not None and not any(system.rules[class_name].values()):
                continue
            yield self.finding(
                f"there is no rule for {quoted(missing)}",
                at_class(class_name),
                hint="It reads as null, which says nothing; write null if that is meant.",
            )
