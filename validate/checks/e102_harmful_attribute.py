"""E102: an attribute without which the system would be better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...scoring.statistics import mcnemar
from ...systems.edits import RemoveAttribute
from ..chance import believed
from ..check import Check, Example
from ..context import Context
from ..example_images import images
from ..finding import Finding, Fix, at_attribute

if TYPE_CHECKING:
    from ...scoring.evaluation import Evaluation

_SYSTEM = {
    "attributes": {
        "size": {"prompt": "It is {}.", "options": ["big", "small"]},
        "place": {"prompt": "It is in {}.", "options": ["a forest", "a house"], "weight": 2},
    },
    "rules": {"bear": {"size": "big", "place": "a forest"}, "mouse": {"size": "small", "place": "a house"}},
}
_WOODS, _HOUSE = {"place": "a forest"}, {"place": "a house"}


class HarmfulAttribute(Check):
    """The same images, with and without it."""

    code = "E102"
    name = "harmful-attribute"
    needs = "evaluation"
    summary = "The system is more often right without the attribute."
    fault = (
        "Left out, the attribute would make more images right than wrong: McNemar's exact test over the images that "
        "change, with the false-discovery rate over all attributes held at 5 %."
    )
    harm = "The attribute costs accuracy."
    instead = "Correct its rules where the images contradict them, ask in other words, lower its weight, or remove it."
    mending = (
        "The fix removes the attribute. It is not safe: with better words or rules it may help, "
        "and other images may need it."
    )
    valid = (
        Example(_SYSTEM, evidence=images({"bear": [(20, {}), (2, _HOUSE)], "mouse": [(20, {}), (2, _WOODS)]})),
        Example(_SYSTEM, evidence=images({"bear": [(3, _HOUSE)], "mouse": [(2, {})]})),
    )
    invalid = (
        Example(
            _SYSTEM,
            places=("attributes › place",),
            fixed={
                "attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}},
                "rules": {"bear": {"size": "big"}, "mouse": {"size": "small"}},
            },
            evidence=images({"bear": [(20, {}), (20, _HOUSE)], "mouse": [(20, {}), (20, _WOODS)]}),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every attribute that does harm, and surely so."""
        evidence = context.evidence
        if len(evidence.system.attributes) < 2:
            return
        losses = [m for m in evidence.attributes if m.contribution is not None and m.contribution < 0]
        changes = [_without(evidence, measure.name) for measure in losses]
        p_values = [mcnemar(gained, lost) for gained, lost in changes]
        tests = len(evidence.attributes)
        sure = believed([*p_values, *[1.0] * (tests - len(p_values))])
        for measure, (gained, lost), p_value, real in zip(losses, changes, p_values, sure, strict=False):
            if real:
                points = 100 * (gained - lost) / evidence.n
                fix = Fix(
                    "Remove the attribute",
                    (RemoveAttribute(measure.name),),
                    effect=f"Accuracy on these images would change by {points:+.1f} points.",
                    safe=False,
                )
                yield self.finding(
                    f"without it {gained} of {evidence.n} images would turn right and {lost} wrong (p = {p_value:.2g})",
                    at_attribute(measure.name),
                    hint="Correct its rules, ask in other words, lower its weight, or remove it.",
                    fix=fix,
                )


def _without(evidence: Evaluation, attribute: str) -> tuple[int, int]:
    """How many images would become right, and how many wrong, if the attribute were left out."""
    after = evidence.with_edits([RemoveAttribute(attribute)])
    gained, lost = after.correct & ~evidence.correct, evidence.correct & ~after.correct
    return int(np.count_nonzero(gained)), int(np.count_nonzero(lost))
