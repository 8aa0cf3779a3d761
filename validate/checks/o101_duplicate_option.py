"""O101: two options of an attribute say the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.edits import MergeOptions
from ...systems.model import Attribute
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Fix, at_option
from ..words import Words, asks_for_order, same_thing, same_words

_PROMPT = "An animal with {} fur."


class DuplicateOption(Check):
    """Equal after case, articles, plural, punctuation, spelling and idle word order are taken away."""

    code = "O101"
    name = "duplicate-option"
    summary = "Two options of one attribute say the same in other letters."
    fault = (
        "Two options of one attribute differ only in case, articles, singular and plural, punctuation, British or "
        'American spelling, or word order: "gray" and "Grey", "a red wing" and "red wings", "black and white" and '
        '"white and black". Where word order says something it counts: "white with black stripes", or "red, white" in '
        "an attribute that asks for an order or a side."
    )
    harm = (
        "The softmax shares one answer's probability between the two, so each loses half of its evidence, "
        "and classes that should agree are scored as if they differed."
    )
    instead = 'Keep one wording. If a number is meant, write it out: "one horn", "many horns".'
    mending = (
        "The fix merges the later option into the first, and its rules with it. That is what the author meant, "
        "so it is safe, but predictions can change, for the better: the two no longer compete. Where only plural and "
        "singular differ the fix is not safe, because the number may be the point."
    )
    valid = (
        Example(
            {
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["white and black", "black", "gray"]}},
                "rules": {"badger": {"fur": "white and black"}, "mole": {"fur": "black"}, "wolf": {"fur": "gray"}},
            }
        ),
        Example(
            {
                "attributes": {
                    "pattern": {
                        "prompt": "Its pattern is {}.",
                        "options": ["white with black stripes", "black with white stripes"],
                    }
                },
                "rules": {
                    "zebra": {"pattern": "white with black stripes"},
                    "skunk": {"pattern": "black with white stripes"},
                },
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["black", "gray", "Grey"]}},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": "gray"}, "mouse": {"fur": "Grey"}},
            },
            places=("attributes › fur › Grey",),
            fixed={
                "attributes": {"fur": {"prompt": _PROMPT, "options": ["black", "gray"]}},
                "rules": {"mole": {"fur": "black"}, "wolf": {"fur": "gray"}, "mouse": {"fur": "gray"}},
            },
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every option that says what an earlier one of its attribute says."""
        for attribute in context.valid.attributes:
            ordered = asks_for_order((attribute.name, *attribute.prompts))
            first: dict[Words, str] = {}
            for option in attribute.options:
                kept = first.setdefault(same_thing(option, ordered=ordered), option)
                if kept != option:
                    yield self._duplicate(attribute, kept, option, ordered=ordered)

    def _duplicate(self, attribute: Attribute, kept: str, option: str, *, ordered: bool) -> Finding:
        only_number = same_words(kept, ordered=ordered) != same_words(option, ordered=ordered)
        fix = Fix(
            f'Merge "{plain(option)}" into "{plain(kept)}"',
            (MergeOptions(attribute.name, option, kept),),
            effect="The two no longer share one answer's probability.",
            safe=not only_number,
        )
        return self.finding(
            f'"{plain(option)}" says the same as "{plain(kept)}"',
            at_option(attribute, option),
            hint="If the number matters, write it out; otherwise keep one." if only_number else "Keep one of them.",
            fix=fix,
            also=(at_option(attribute, kept),),
        )
