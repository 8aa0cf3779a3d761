"""E104: an option that no image is given."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..chance import believed
from ..check import Check, Example
from ..context import Context
from ..example_images import Shown, images
from ..finding import Finding, at_option

_SYSTEM = {
    "attributes": {"fur": {"prompt": "Its fur is {}.", "options": ["gray", "brown", "sable"]}},
    "rules": {"wolf": {"fur": "gray"}, "bear": {"fur": "brown"}, "mole": {"fur": "sable"}},
}
_OTHERS: Shown = {"wolf": [(12, {})], "bear": [(12, {})]}
_BROWN = {"fur": "brown"}


class NeverPredictedOption(Check):
    """Although images of classes that show it are there in number."""

    code = "E104"
    name = "never-predicted-option"
    needs = "evaluation"
    summary = "An option is the likeliest answer for no image, although classes that show it have images."
    fault = (
        "Not one image is given the option, and the images of the classes that show it are so many that even guessing "
        "would have met it (false-discovery rate over all options 5 %)."
    )
    harm = "The rules that name it never come true, so its classes lose evidence on every image."
    instead = "Word it as the encoder knows it, or make it differ more from the option that takes its place."
    mending = "There is no automatic fix: the option mostly wants other words."
    valid = (
        Example(_SYSTEM, evidence=images({**_OTHERS, "mole": [(2, {}), (18, _BROWN)]})),
        Example(_SYSTEM, evidence=images({**_OTHERS, "mole": [(3, _BROWN)]})),
    )
    invalid = (
        Example(_SYSTEM, places=("attributes › fur › sable",), evidence=images({**_OTHERS, "mole": [(20, _BROWN)]})),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every such option, with the option that its images get instead."""
        evidence = context.evidence
        found, p_values, tests = [], [], 0
        for attribute, table in zip(evidence.system.attributes, evidence.answer_tables, strict=True):
            rules = [row[attribute.name] for row in evidence.system.rules.values()]
            for column, option in enumerate(attribute.options):
                showing = [i for i, rule in enumerate(rules) if option in rule]
                n = int(table[showing].sum())
                tests += n > 0
                if n and not table[:, column].any():
                    instead = attribute.options[int(table[showing].sum(axis=0).argmax())]
                    found.append((attribute, option, instead, n))
                    p_values.append((1 - 1 / len(attribute.options)) ** n)
        sure = believed([*p_values, *[1.0] * (tests - len(p_values))])
        for (attribute, option, instead, n), real in zip(found, sure, strict=False):
            if real:
                yield self.finding(
                    f'no image is given "{plain(option)}", although {n} images are of classes that show it; '
                    f"most get {quoted([instead])}",
                    at_option(attribute, option),
                    hint="Word it as the encoder knows it, or make it differ more from the other.",
                )
