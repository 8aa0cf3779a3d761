"""O103: an option that no rule names."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.edits import RemoveOption
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Fix, at_option

_PROMPT = "An animal with {} fur."


class UnusedOption(Check):
    """An attribute that tells no class from another, so that its options hardly matter, is another check's."""

    code = "O103"
    name = "unused-option"
    summary = "No rule names the option."
    fault = "An option stands in its attribute, but no class's rule names it."
    harm = (
        "It takes a share of the probability on every image, costs a text vector, and can never be the right answer. "
        "Often it is the trace of a rule that was forgotten."
    )
    instead = (
        "Name it in the rules of the classes that show it, or remove it. If it is there on purpose, to draw off images "
        "that fit no other option, allow the finding and say so."
    )
    mending = (
        "The fix removes the option. It is safe in that no rule changes; predictions can change, "
        "because the option's share of the probability goes to the others."
    )
    valid = (
        Example(
            {
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["black", "gray"]}},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": ["black", "gray"]}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["black", "spotted", "gray"]}},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": "gray"}},
            },
            places=("attributes › fur › spotted",),
            fixed={
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["black", "gray"]}},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": "gray"}},
            },
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """The options that stand beside used ones without being used."""
        alone = len(context.valid.classes) < 2
        for attribute in context.valid.attributes:
            used = context.used[attribute.name]
            told = used and (alone or context.powers[attribute.name] > 1e-9)
            for option in attribute.options:
                if told and option not in used:
                    fix = Fix(
                        f'Remove "{plain(option)}"',
                        (RemoveOption(attribute.name, option),),
                        effect="Its share of the probability goes to the other options.",
                    )
                    yield self.finding(
                        f'no class shows "{plain(option)}"',
                        at_option(attribute, option),
                        hint="Name it in a rule, or remove it.",
                        fix=fix,
                    )
