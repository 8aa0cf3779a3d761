"""A104: an attribute that asks for the class itself."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.problem import quoted
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_attribute

_COLOR = {"prompt": "Its fur is {}.", "options": ["black", "gray"]}


class ClassNamesAsOptions(Check):
    """One finding for the attribute in place of one for each of its options."""

    code = "A104"
    name = "class-names-as-options"
    summary = "Most classes show an option that is their own name."
    fault = "Most of the classes that have a rule here, and at least two, show an option that contains their own name."
    harm = (
        "The attribute is the baseline once more, the image against the class names, only with a prompt of its own. "
        "What the encoder does not know by name it does not know here either."
    )
    instead = "Ask for what the classes look like. If the names are to help, compare with the baseline in `score`."
    valid = (
        Example(
            {
                "attributes": {"fur": _COLOR},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": "gray"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"fur": _COLOR, "kind": {"prompt": "It is {}.", "options": ["a mole", "some gray wolf"]}},
                "rules": {
                    "mole": {"fur": "black", "kind": "a mole"},
                    "wolf": {"fur": "gray", "kind": "some gray wolf"},
                },
            },
            places=("attributes › kind",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every attribute whose options are mostly the names of the classes that show them."""
        for name, classes in context.self_naming.items():
            if classes:
                yield self.finding(
                    f"{len(classes)} classes show their own names here: {quoted(classes, 3)}",
                    at_attribute(name),
                    hint="Ask for what the classes look like.",
                )
