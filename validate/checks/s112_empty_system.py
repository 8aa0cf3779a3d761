"""S112: a system without classes, attributes or options."""

from __future__ import annotations

from collections.abc import Iterator

from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Place, at_attribute

_SIZE = {"prompt": "It is {}.", "options": ["big", "small"]}


class EmptySystem(Check):
    """Something that scoring needs is not there at all."""

    code = "S112"
    name = "empty-system"
    severity = "error"
    summary = "There are no classes, no attributes, or an attribute has no options."
    fault = "The system has no class to recognise, no attribute to ask for, or an attribute that offers no option."
    harm = "Nothing can be scored: there is nothing to ask, or nobody to answer for."
    instead = "Add what is missing. `cotsmith new CLASS… --attributes NAME,…` writes a skeleton to fill in."
    valid = (Example({"attributes": {"size": _SIZE}, "rules": {"mouse": {"size": "small"}}}),)
    invalid = (
        Example({"attributes": {"size": _SIZE}, "rules": {}}, places=("rules",)),
        Example({"attributes": {}, "rules": {"mouse": {}}}, places=("attributes",)),
        Example(
            {"attributes": {"size": {**_SIZE, "options": []}}, "rules": {"mouse": {"size": None}}},
            places=("attributes › size",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """What is missing, most general first."""
        system = context.valid
        if not system.attributes:
            yield self.finding("the system has no attributes", Place(("attributes",), "attributes"))
        if not system.rules:
            yield self.finding("the system has no classes", Place(("rules",), "rules"))
        for attribute in system.attributes:
            if not attribute.options:
                hint = "Add the possible answers, or remove the attribute."
                yield self.finding("the attribute has no options", at_attribute(attribute.name), hint=hint)
