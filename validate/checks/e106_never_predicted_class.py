"""E106: a class that no image is taken for."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..chance import believed
from ..check import Check, Example
from ..context import Context
from ..example_images import Shown, images
from ..finding import Finding, at_class

_SYSTEM = {
    "attributes": {
        "size": {"prompt": "It is {}.", "options": ["big", "small"]},
        "fur": {"prompt": "Its fur is {}.", "options": ["gray", "brown"]},
    },
    "rules": {
        "bear": {"size": "big", "fur": "brown"},
        "mouse": {"size": "small", "fur": "gray"},
        "vole": {"size": "small", "fur": "brown"},
    },
}
_OTHERS: Shown = {"bear": [(12, {})], "mouse": [(12, {})]}
_GRAY = {"fur": "gray"}


class NeverPredictedClass(Check):
    """Unless the rules alone already explain it."""

    code = "E106"
    name = "never-predicted-class"
    needs = "evaluation"
    summary = "No image is taken for the class, although it has images."
    fault = (
        "Not one image is given the class, while its own images are so many that, were they recognised like those of "
        "the system on average, some would have been (false-discovery rate over all classes 5 %). Classes that cannot "
        "win by their rules alone are left to the checks of the classes."
    )
    harm = "All of its images are wrong, and they make other classes look worse than they are."
    instead = "See in `score --cells` which of its rules the images contradict; ask for what only this class shows."
    mending = "There is no automatic fix: its rules or its options want correcting."
    valid = (
        Example(_SYSTEM, evidence=images({**_OTHERS, "vole": [(3, {}), (9, _GRAY)]})),
        Example(_SYSTEM, evidence=images({**_OTHERS, "vole": [(1, _GRAY)]})),
    )
    invalid = (Example(_SYSTEM, places=("rules › vole",), evidence=images({**_OTHERS, "vole": [(12, _GRAY)]})),)

    def check(self, context: Context) -> Iterator[Finding]:
        """Every class that is never predicted, with the one that takes most of its images."""
        evidence = context.evidence
        hopeless = _hopeless(context)
        taken = evidence.confusion.sum(axis=0)
        seen = [(i, measure) for i, measure in enumerate(evidence.classes) if measure.share.n and i not in hopeless]
        p_values = [1.0 if taken[i] else (1 - evidence.accuracy) ** measure.share.n for i, measure in seen]
        for (_, measure), real in zip(seen, believed(p_values), strict=True):
            if real:
                confused = f"; most of its images are taken for {quoted([measure.confused_with or ''])}"
                yield self.finding(
                    f'"{plain(measure.name)}" is never predicted, in {evidence.n} images, {measure.share.n} of them '
                    f"its own{confused if measure.confused_with else ''}",
                    at_class(measure.name),
                    hint="`cotsmith score --cells` shows which of its rules the images contradict.",
                )


def _hopeless(context: Context) -> set[int]:
    """The classes that cannot win whatever the image: without rules, later ones of equal rows, overshadowed ones."""
    table = context.table
    later = {i for group in table.equal_rows() for i in group[1:]}
    silent = {i for i, spoken in enumerate(table.spoken) if not spoken.any()}
    wider, narrower = context.overlaps
    return later | silent | set(narrower[table.covering(wider, narrower)].tolist())
