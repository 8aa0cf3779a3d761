"""A103: an attribute that sorts nearly all classes alike, and is not needed for the few that it sets apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_attribute

WEAK = 0.35
"""The share of its possible separating power below which an attribute is weak ..."""

LITTLE = 0.6
"""... if it also separates fewer bits than this."""

_ATTRIBUTES = {
    "color": {"prompt": "A {} sign.", "options": ["red", "green", "blue", "black"]},
    "shape": {"prompt": "A sign with {} on it.", "options": ["a ring", "a star", "a bar", "a cross"]},
    "ground": {"prompt": "A sign standing on {}.", "options": ["grass", "sand", "stone", "planks"]},
    "border": {"prompt": "A sign that has {}.", "options": ["a thin border", "a wide border"]},
}


def _signs(wide: int) -> Mapping[str, object]:
    """Sixteen signs that differ by two attributes at least; the first ``wide`` have a wide border."""
    colors, shapes, grounds, borders = (attribute["options"] for attribute in _ATTRIBUTES.values())
    rules = {
        f"no. {4 * i + j}": {
            "color": colors[i],
            "shape": shapes[j],
            "ground": grounds[(i + j) % 4],
            "border": borders[4 * i + j < wide],
        }
        for i in range(4)
        for j in range(4)
    }
    return {"attributes": _ATTRIBUTES, "rules": rules}


class WeakAttribute(Check):
    """An attribute that alone tells some pair of classes apart is needed, however weak."""

    code = "A103"
    name = "weak-attribute"
    severity = "note"
    summary = "The attribute has little separating power, and no two classes need it."
    fault = (
        f"The attribute's separating power is below {LITTLE} bits and below {WEAK:.0%} of what its options could have, "
        "because nearly all classes have the same rule; and any two classes that it sets apart differ in another "
        "attribute as well."
    )
    harm = "It costs as much as a question that halves the field, and hardly narrows anything down."
    instead = (
        "Let its options draw finer distinctions, or ask for something else. Where it is there for a few classes that "
        "are often confused, allow the finding and say so."
    )
    mending = "There is no automatic fix: removing the attribute takes evidence from the classes that it describes."
    valid = (Example(_signs(wide=6)),)
    invalid = (Example(_signs(wide=1), places=("attributes › border",)),)

    def check(self, context: Context) -> Iterator[Finding]:
        """Every weak attribute that could be left out without making two classes equal."""
        table = context.table
        needed = {table.names[k] for k, _ in context.nearly_equal}
        for attribute in context.valid.attributes:
            power = context.powers[attribute.name]
            possible = math.log2(max(2, min(len(attribute.options), len(table.classes))))
            if attribute.weight > 0 and 1e-9 <= power < min(WEAK * possible, LITTLE) and attribute.name not in needed:
                yield self.finding(
                    f"it separates little: {power:.2f} bits, where its {len(attribute.options)} options could "
                    f"have {possible:.2f}",
                    at_attribute(attribute.name),
                    hint="Let its options draw finer distinctions, or ask for something else.",
                )
