"""E107: the rules do no better than the same rules given to the wrong classes."""

from __future__ import annotations

from collections.abc import Iterator

from ...scoring.statistics import wilson
from ...systems.text import percentage
from ..check import Check, Example
from ..context import Context
from ..example_images import images
from ..finding import WHOLE, Finding

MARGIN = 0.1
"""How far above the control an accuracy must possibly lie, as a share of the way to 100 %."""

_SYSTEM = {
    "attributes": {"fur": {"prompt": "Its fur is {}.", "options": ["gray", "brown", "black"]}},
    "rules": {"wolf": {"fur": "gray"}, "bear": {"fur": "brown"}, "mole": {"fur": "black"}},
}
_SEEN = [(100, {"fur": "gray"}), (100, {"fur": "brown"}), (100, {"fur": "black"})]


class RulesWithoutEffect(Check):
    """The control that keeps one honest: encoders can be right for reasons that have nothing to do with the rules."""

    code = "E107"
    name = "rules-without-effect"
    needs = "evaluation"
    summary = "With its rules dealt to other classes the system would be as often right."
    fault = (
        "The accuracy is that of the control, in which each class has another class's rules (the mean of 20 seeded "
        f"derangements); even the upper end of its 95 % interval lies within {MARGIN:.0%} of the way from the control "
        "to 100 %. With few images the interval is wide, and nothing is reported."
    )
    harm = "The rules carry nothing. Whatever the accuracy is, it does not come from the description of the classes."
    instead = (
        "Look at the attributes first: which are at chance, which option swallows the others. "
        "A wrong order of classes in the data has the same effect: compare the labels."
    )
    mending = "There is no automatic fix."
    valid = (
        Example(_SYSTEM, evidence=images({"wolf": [(50, {})], "bear": [(50, {})], "mole": [(50, {})]})),
        Example(_SYSTEM, evidence=images({"wolf": [(1, {})], "bear": [(1, {"fur": "gray"})]})),
    )
    invalid = (Example(_SYSTEM, places=("",), evidence=images({"wolf": _SEEN, "bear": _SEEN, "mole": _SEEN})),)

    def check(self, context: Context) -> Iterator[Finding]:
        """One finding for the system, if its accuracy is the control's for sure."""
        evidence = context.evidence
        control = evidence.permuted
        if control is None or control.accuracy >= 1:
            return
        upper = wilson(evidence.share.hits, evidence.n)[1]
        if upper <= control.accuracy + MARGIN * (1 - control.accuracy):
            right, dealt = percentage(evidence.accuracy, 1), percentage(control.accuracy, 1)
            yield self.finding(
                f"{right}% of {evidence.n} images are right; with the rules dealt to other classes {dealt}% would be",
                WHOLE,
                hint="See which attributes are at chance, and whether the labels of the images are right.",
            )
