"""C105: two classes with the same name in other letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...systems.problem import quoted
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_class
from ..words import same_name

_ATTRIBUTES = {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}


class DuplicateClassName(Check):
    """Found in published class lists more than once: the second of two "cranes" was never predicted."""

    code = "C105"
    name = "duplicate-class-name"
    summary = "Two classes have the same name but for case, plural, numbering or joining."
    fault = (
        'Two class names are equal once case, articles, plural, numbers in front ("012.") and the way words are '
        'joined are taken away: "Golden Retriever", "golden_retriever", "golden retrievers".'
    )
    harm = (
        "If they are one class, its images are split between two labels and half of the answers count as wrong. If "
        'they are two ("crane", the bird and the machine), neither a person nor the baseline can hold them apart.'
    )
    instead = 'Make them one class, or name what differs: "crane (bird)", "crane (machine)".'
    mending = "There is no automatic fix: the labels of the images would have to change as well."
    valid = (
        Example(
            {
                "attributes": _ATTRIBUTES,
                "rules": {"crane (bird)": {"size": "small"}, "crane (machine)": {"size": "big"}},
            }
        ),
    )
    invalid = (
        Example(
            {"attributes": _ATTRIBUTES, "rules": {"House_Mouse": {"size": "small"}, "house mouse": {"size": "big"}}},
            places=("rules › house mouse",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every group of equal names, at its last class."""
        groups: dict[str, list[str]] = defaultdict(list)
        for class_name in context.valid.classes:
            groups[same_name(class_name)].append(class_name)
        for names in groups.values():
            if len(names) > 1:
                *others, last = names
                yield self.finding(
                    f'"{plain(last)}" is the same name as {quoted(others)}',
                    at_class(last),
                    hint="Make them one class, or name what differs.",
                    also=tuple(at_class(name) for name in others),
                )
