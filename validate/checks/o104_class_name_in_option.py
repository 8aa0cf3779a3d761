"""O104: an option gives a class away by its name."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.model import Attribute
from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_option

_PROMPT = "A picture of {}."


class ClassNameInOption(Check):
    """Whole words only, plural and "-ed" forms included."""

    code = "O104"
    name = "class-name-in-option"
    summary = "An option contains the name of a class."
    fault = (
        "The words of a class name stand in an option, as they are or inflected. Everyday words that happen to be "
        'class names ("normal", "empty"), colours asked for as colours ("orange" beside the fruit), and comparisons '
        'with another class ("wolf-like") are left alone.'
    )
    harm = (
        "The option asks for the class itself. If the encoder knew the name, no attributes were needed; if it does "
        "not, the option measures nothing. Either way the accuracy no longer says whether the description is right."
    )
    instead = "Describe what is seen: shape, colour, parts, material."
    valid = (
        Example(
            {
                "attributes": {"body": {"prompt": _PROMPT, "options": ["a striped horse-like body", "a bulky body"]}},
                "rules": {"zebra": {"body": "a striped horse-like body"}, "horse": {"body": "a bulky body"}},
            }
        ),
        Example(
            {
                "attributes": {"color": {"prompt": "Its skin is {}.", "options": ["orange", "yellow"]}},
                "rules": {"Orange": {"color": "orange"}, "Lemon": {"color": "yellow"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"body": {"prompt": _PROMPT, "options": ["a mane like other zebras", "a bulky body"]}},
                "rules": {"Zebra": {"body": "a mane like other zebras"}, "Rhino": {"body": "a bulky body"}},
            },
            places=("attributes › body › a mane like other zebras",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every option with a class name in it; an attribute that consists of them is another check's."""
        for attribute in context.valid.attributes:
            if not context.self_naming[attribute.name]:
                yield from self._options(context, attribute)

    def _options(self, context: Context, attribute: Attribute) -> Iterator[Finding]:
        for option in attribute.options:
            classes = context.leaks[attribute.name][option]
            if classes:
                yield self.finding(
                    f'"{plain(option)}" contains the name of {_classes(classes)}',
                    at_option(attribute, option),
                    hint="Describe what is seen instead of naming it.",
                )


def _classes(names: list[str]) -> str:
    return f"the {'class' if len(names) == 1 else 'classes'} {quoted(names, 3)}"
