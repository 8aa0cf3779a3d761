"""O106: an option for whatever the others do not cover."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_option
from ..visible import is_catch_all

_PROMPT = "A bird with a {} bill."


class CatchAllOption(Check):
    """An encoder cannot know what "other" is other than."""

    code = "O106"
    name = "catch-all-option"
    summary = 'An option such as "other", "unknown" or "none of the above".'
    fault = 'An option stands for whatever the other options do not: "other", "none", "unknown", "various".'
    harm = (
        "Each option is compared with the image by itself. The encoder does not see the other options, so a picture "
        'of something else is not more like the word "other"; the option gets an arbitrary share.'
    )
    instead = (
        "Describe what these classes look like, or write `null` in their rules: then the attribute says nothing of "
        "them. For a part that is missing, describe what is there instead."
    )
    valid = (
        Example(
            {
                "attributes": {"bill": {"prompt": _PROMPT, "options": ["long hooked", "short conical"]}},
                "rules": {"eagle": {"bill": "long hooked"}, "finch": {"bill": "short conical"}, "duck": {"bill": None}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"bill": {"prompt": _PROMPT, "options": ["long hooked", "other"]}},
                "rules": {"eagle": {"bill": "long hooked"}, "finch": {"bill": "other"}},
            },
            places=("attributes › bill › other",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every catch-all."""
        for attribute in context.valid.attributes:
            for option in attribute.options:
                if is_catch_all(option):
                    yield self.finding(
                        f'"{plain(option)}" stands for whatever the other options do not, which no picture looks like',
                        at_option(attribute, option),
                        hint="Describe what these classes look like, or write null in their rules.",
                    )
