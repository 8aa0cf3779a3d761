"""E101: an attribute that the encoder answers no better than by guessing."""

from __future__ import annotations

from collections.abc import Iterator

from ...scoring.statistics import wilson
from ...systems.text import percentage
from ..check import Check, Example
from ..context import Context
from ..example_images import images
from ..finding import Finding, at_attribute

MARGIN = 0.1
"""How far above chance an accuracy must possibly lie, as a share of the way to 100 %, to be more than chance."""

_SYSTEM = {
    "attributes": {
        "size": {"prompt": "It is {}.", "options": ["big", "small"]},
        "mood": {"prompt": "It is in a {} mood.", "options": ["good", "bad"]},
    },
    "rules": {"bear": {"size": "big", "mood": "bad"}, "mouse": {"size": "small", "mood": "good"}},
}
_GOOD, _BAD = {"mood": "good"}, {"mood": "bad"}


class AttributeAtChance(Check):
    """Only where there are images enough to rule out that it is better."""

    code = "E101"
    name = "attribute-at-chance"
    needs = "evaluation"
    summary = "The encoder answers the attribute no better than a guess among its options would."
    fault = (
        "The share of images whose likeliest option is in their class's rule is that of a uniform guess, and so surely "
        f"that even the upper end of its 95 % interval lies within {MARGIN:.0%} of the way from chance to 100 %. With "
        "few images the interval is wide, and nothing is reported."
    )
    harm = "The attribute adds noise to every score. The encoder does not see what is asked, or the prompt hides it."
    instead = (
        "Ask in other words, with the domain's noun in the prompt; make the options more visibly different; "
        "or remove the attribute."
    )
    mending = "There is no automatic fix: other words may do, before the attribute is given up."
    valid = (
        Example(_SYSTEM, evidence=images({"bear": [(150, {}), (50, _GOOD)], "mouse": [(150, {}), (50, _BAD)]})),
        Example(_SYSTEM, evidence=images({"bear": [(2, {}), (2, _GOOD)], "mouse": [(1, _BAD)]})),
    )
    invalid = (
        Example(
            _SYSTEM,
            places=("attributes › mood",),
            evidence=images({"bear": [(150, {}), (150, _GOOD)], "mouse": [(150, {}), (150, _BAD)]}),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every attribute whose accuracy is chance for sure."""
        for measure in context.evidence.attributes:
            share = measure.share
            if measure.chance is None or measure.chance >= 1:
                continue
            upper = wilson(share.hits, share.n)[1]
            if upper <= measure.chance + MARGIN * (1 - measure.chance):
                right, guess = percentage(share.hits / share.n, 1), percentage(measure.chance, 1)
                yield self.finding(
                    f"{share.hits} of {share.n} images get the right answer, {right}%; a guess would get {guess}%",
                    at_attribute(measure.name),
                    hint="Ask in other words, make the options differ more, or remove the attribute.",
                )
