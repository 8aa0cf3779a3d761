"""O108: one option is a special case of another."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.model import Attribute
from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..containment import special_cases
from ..context import Context
from ..finding import Finding, at_option

_PROMPT = "A bird with {}."


class ContainedOption(Check):
    """Only noun phrases for one thing: "blue" and "light blue" are two steps of a scale."""

    code = "O108"
    name = "contained-option"
    severity = "note"
    summary = "One option is a special case of another, so both are true of the same image."
    fault = (
        'One option names a thing, another the same thing with something added: "a crest" and "a red crest". '
        'Colours and their shades, degrees ("long" and "very long"), numbers ("a horn" and "two horns") and lists '
        '("red" and "red and white") are left alone: people read them as different answers.'
    )
    harm = (
        "An image of the special one fits the general one just as well, so the softmax splits between the two, and "
        "the class with the general option is never clearly seen."
    )
    instead = 'Say what the general one looks like where it is not the special one: "a brown crest" and "a red crest".'
    valid = (
        Example(
            {
                "attributes": {"color": {"prompt": "A {} bird.", "options": ["blue", "light blue"]}},
                "rules": {"jay": {"color": "blue"}, "tit": {"color": "light blue"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"head": {"prompt": _PROMPT, "options": ["a crest", "a red crest", "a bald head"]}},
                "rules": {
                    "jay": {"head": "a crest"},
                    "woodpecker": {"head": "a red crest"},
                    "vulture": {"head": "a bald head"},
                },
            },
            places=("attributes › head › a crest",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every general option with its special cases."""
        for attribute in context.valid.attributes:
            for option, special in special_cases(attribute).items():
                apart = [other for other in special if not _always_beside(context, attribute, other, option)]
                if apart:
                    yield self.finding(
                        f'"{plain(option)}" is also true of every image that shows {quoted(apart, 3)}',
                        at_option(attribute, option),
                        hint="Say what it looks like where it is not that.",
                        also=tuple(at_option(attribute, other) for other in apart),
                    )


def _always_beside(context: Context, attribute: Attribute, special: str, general: str) -> bool:
    """Whether every rule that names the special option names the general one too: then their overlap is meant."""
    rules = [row[attribute.name] for row in context.valid.rules.values() if special in row[attribute.name]]
    return bool(rules) and all(general in rule for rule in rules)
