"""A101: an attribute that tells no class from another."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.edits import RemoveAttribute
from ...systems.model import Attribute, System
from ...systems.problem import quoted
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Fix, at_attribute

_SIZE = {"prompt": "It is {}.", "options": ["big", "small"]}
_LEGS = {"prompt": "It has {}.", "options": ["four legs", "two legs"]}


class UninformativeAttribute(Check):
    """Its separating power is 0 bits."""

    code = "A101"
    name = "uninformative-attribute"
    summary = "No class can be told from another by the attribute."
    fault = (
        "The attribute's separating power is zero: every class that has a rule has the same one, or there is only one "
        "option, or no class has a rule at all."
    )
    harm = "Whatever the image shows, the attribute favours nobody. It costs text vectors and a reader's attention."
    instead = "Give the classes rules that differ, ask for something in which they differ, or remove the attribute."
    mending = (
        "Where every class has the same rule, the fix removes the attribute. It is safe if all classes have rules in "
        "as many attributes (by weight), because then each image keeps its answer. Where some class has no rule here "
        "there is no fix, because rules may have been forgotten."
    )
    valid = (
        Example(
            {
                "attributes": {"size": _SIZE},
                "rules": {"elephant": {"size": "big"}, "mouse": {"size": "small"}, "dog": {"size": ["big", "small"]}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"size": _SIZE, "legs": _LEGS},
                "rules": {
                    "elephant": {"size": "big", "legs": "four legs"},
                    "mouse": {"size": "small", "legs": "four legs"},
                },
            },
            places=("attributes › legs",),
            fixed={
                "attributes": {"size": _SIZE},
                "rules": {"elephant": {"size": "big"}, "mouse": {"size": "small"}},
            },
        ),
        Example(
            {
                "attributes": {"size": _SIZE, "legs": _LEGS},
                "rules": {"elephant": {"size": "big", "legs": None}, "mouse": {"size": "small", "legs": None}},
            },
            places=("attributes › legs",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every attribute of no power, in a system with at least two classes."""
        system = context.valid
        if len(system.classes) < 2:
            return
        for attribute in system.attributes:
            if attribute.options and context.powers[attribute.name] < 1e-9:
                yield self.finding(
                    _message(system, attribute),
                    at_attribute(attribute.name),
                    hint="Let the classes differ in it, or remove it.",
                    fix=_removal(system, attribute),
                )


def _message(system: System, attribute: Attribute) -> str:
    rules = {row[attribute.name] for row in system.rules.values()}
    if len(attribute.options) == 1:
        return f"the only option is {quoted(attribute.options)}, so every image gives the same answer"
    spoken = rules - {()}
    if not spoken:
        return "no class has a rule for it"
    if len(spoken) > 1:
        return "it tells no class from another: the rules that differ overlap in every option"
    shown = " or ".join(quoted([option]) for option in next(iter(spoken)))
    who = "every class" if () not in rules else "every class that has a rule"
    return f"it tells no class from another: {who} shows {shown}"


def _removal(system: System, attribute: Attribute) -> Fix | None:
    rules = {row[attribute.name] for row in system.rules.values()}
    if len(rules) != 1 or rules == {()} or len(system.attributes) == 1:
        return None
    # A score is an average over the attributes with a rule: a common summand moves all classes alike only if it is
    # divided by the same total weight.
    totals = {sum(a.weight for a in system.attributes if row[a.name]) for row in system.rules.values()}
    neutral = len(totals) == 1
    effect = "" if neutral else "Classes with few rules no longer average it in, so their scores shift."
    return Fix("Remove the attribute", (RemoveAttribute(attribute.name),), effect=effect, safe=neutral)
