"""E105: an option that takes the images of all others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...systems.text import plain
from ..chance import at_least, believed
from ..check import Check, Example
from ..context import Context
from ..example_images import images
from ..finding import Finding, at_option

RATE = 0.01
"""The false-discovery rate; strict, since the finding puts a whole attribute in doubt."""

_SYSTEM = {
    "attributes": {"fur": {"prompt": "Its fur is {}.", "options": ["gray", "brown", "hairy"]}},
    "rules": {"wolf": {"fur": "gray"}, "bear": {"fur": "brown"}, "mammoth": {"fur": "hairy"}},
}
_HAIRY = {"fur": "hairy"}


class SwallowingOption(Check):
    """Most images that should show something else are given it."""

    code = "E105"
    name = "swallowing-option"
    needs = "evaluation"
    summary = "Most images that should show another option of the attribute are given this one."
    fault = (
        "Of the images whose class does not show the option, more than half are given it all the same (exact binomial "
        f"test against one half; false-discovery rate {RATE:.0%})."
    )
    harm = "Whatever the image, the attribute answers the same, so it says next to nothing."
    instead = (
        "Word the option more narrowly. Often it is true of everything in the domain, or its words are those "
        "of the prompt or of the domain itself."
    )
    mending = "There is no automatic fix: the option wants other words."
    valid = (
        Example(_SYSTEM, evidence=images({"wolf": [(20, {}), (8, _HAIRY)], "bear": [(20, {})], "mammoth": [(20, {})]})),
        Example(_SYSTEM, evidence=images({"wolf": [(3, _HAIRY)], "bear": [(2, _HAIRY)], "mammoth": [(5, {})]})),
    )
    invalid = (
        Example(
            _SYSTEM,
            places=("attributes › fur › hairy",),
            evidence=images({"wolf": [(2, {}), (18, _HAIRY)], "bear": [(20, _HAIRY)], "mammoth": [(20, {})]}),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every option that takes most of the others' images."""
        evidence = context.evidence
        tested = []
        for attribute, table in zip(evidence.system.attributes, evidence.answer_tables, strict=True):
            rules = [row[attribute.name] for row in evidence.system.rules.values()]
            for column, option in enumerate(attribute.options):
                others = [i for i, rule in enumerate(rules) if rule and option not in rule]
                taken, n = int(np.sum(table[others, column])), int(table[others].sum())
                if n:
                    tested.append((attribute, option, taken, n))
        sure = believed([at_least(taken, n, 0.5) for _, _, taken, n in tested], RATE)
        for (attribute, option, taken, n), real in zip(tested, sure, strict=True):
            if real:
                yield self.finding(
                    f'{taken} of {n} images that should show another option are given "{plain(option)}"',
                    at_option(attribute, option),
                    hint="Word it more narrowly: it seems to be true of everything here.",
                )
