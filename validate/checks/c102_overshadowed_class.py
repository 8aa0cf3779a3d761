"""C102: a class that can never score above another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class

_ATTRIBUTES = {
    "coat": {"prompt": "A dog with a {} coat.", "options": ["black", "golden", "brown"]},
    "ears": {"prompt": "A dog with {} ears.", "options": ["hanging", "pointed"]},
}
_LABRADOR = {"coat": ["black", "golden", "brown"], "ears": "hanging"}


class OvershadowedClass(Check):
    """Every option that it names, the other names as well."""

    code = "C102"
    name = "overshadowed-class"
    summary = "Another class names all the options of this one and more, so this one never wins."
    fault = (
        "In every attribute the other class's rule names all the options of this class's rule, and somewhere more. "
        "A class's score adds up the probabilities of the options that it names, so the other's is never lower."
    )
    harm = "The class cannot win on any image. A wide rule is not a cautious one: it collects more probability."
    instead = (
        "Give the class something that the other does not have; or narrow the other's rule; or split the other into "
        "the forms that it comes in."
    )
    valid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"Labrador": _LABRADOR, "Basenji": {"coat": "brown", "ears": "pointed"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"Labrador": _LABRADOR, "Golden": {"coat": "golden", "ears": "hanging"}},
            },
            places=("rules › Golden",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every class that some other overshadows."""
        wider, narrower = context.overlaps
        over: dict[int, list[str]] = defaultdict(list)
        covering = context.table.covering(wider, narrower)
        for i, j in zip(wider[covering].tolist(), narrower[covering].tolist(), strict=True):
            over[j].append(context.table.classes[i])
        for j, names in sorted(over.items()):
            own = context.table.classes[j]
            yield self.finding(
                f'"{plain(own)}" never scores above {quoted(names, 3)}, which '
                f"{'names' if len(names) == 1 else 'name'} all of its options and more",
                at_class(own),
                hint="Give it something that the other does not have, or narrow the other's rules.",
                also=tuple(at_class(name) for name in names),
            )
