"""What the images say of each rule: do they agree, which option do they prefer, what would switching to it change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from .incremental import Parts
from .measures import Counts
from .statistics import Share, mcnemar
from .suggestions import FALSE_DISCOVERIES, adjusted
from .switches import Field, field_of, outcomes


@dataclass(frozen=True, slots=True)
class Switch:
    """What becomes of all images were one rule the option that its class's images prefer, nothing else changed.

    ``gained`` become right, ``lost`` wrong, of ``n``. ``q`` is McNemar's exact p-value of that, adjusted for all
    switches measured with it (``suggestions.adjusted``): a switch that does not gain counts as tried, with p = 1.
    """

    gained: int
    lost: int
    n: int
    q: float = 1.0

    @property
    def change(self) -> float:
        """The accuracy after minus the accuracy before."""
        return (self.gained - self.lost) / self.n

    @property
    def helps(self) -> bool:
        """Whether more images become right than wrong, be it by luck."""
        return self.gained > self.lost

    @property
    def certain(self) -> bool:
        """Whether so much is gained that among all switches tried it is hardly luck."""
        return self.helps and self.q <= FALSE_DISCOVERIES


@dataclass(frozen=True, slots=True)
class CellMeasure:
    """One class's rule for one attribute, measured on that class's images.

    ``agreement``: the images whose likeliest option the rule names; None where there is no rule. ``preferred``: the
    option likeliest for most of them, the first among equals, and ``preferred_share`` its share; None without images.
    ``switch``: what it would change were the rule that one option; None without images.
    """

    class_name: str
    attribute: str
    agreement: Share | None
    preferred: str | None
    preferred_share: Share
    switch: Switch | None

    @property
    def delta_if_switched(self) -> float | None:
        """The change in the whole accuracy were the rule the preferred option."""
        return None if self.switch is None else self.switch.change


def cell_measures(
    parts: Parts, tables: Sequence[Counts], progress: Callable[[int, int], None] | None = None
) -> tuple[CellMeasure, ...]:
    """Measure every cell, row by row; with a single class, nothing that its rules say can change who wins.

    ``tables`` are the attributes' ``measures.answer_table``. ``progress`` is told ``(done, total)`` classes.
    """
    system = parts.system
    field = field_of(parts)
    found: list[Switch | None] = []
    tried: list[int] = []
    for index in range(len(system.classes)):
        rows = [table[index] for table in tables]
        preferring = _preferring(parts, index, rows)
        tried += [len(found) + at for at, choice in enumerate(preferring) if choice]
        found += _switches(field, index, rows, preferring)
        if progress is not None:
            progress(index + 1, len(system.classes))
    switches = iter(_tested(found, tried))
    measures: list[CellMeasure] = []
    for index, class_name in enumerate(system.classes):
        for attribute, table in zip(system.attributes, tables, strict=True):
            row = table[index]
            rule, n = system.rules[class_name][attribute.name], int(row.sum())
            agree = sum(int(row[attribute.options.index(option)]) for option in rule)
            measures.append(
                CellMeasure(
                    class_name=class_name,
                    attribute=attribute.name,
                    agreement=Share(agree, n) if rule else None,
                    preferred=attribute.options[int(row.argmax())] if n else None,
                    preferred_share=Share(int(row.max()), n),
                    switch=next(switches),
                )
            )
    return tuple(measures)


def _preferring(parts: Parts, index: int, rows: Sequence[Counts]) -> list[list[int]]:
    """For every attribute, the option that class ``index``'s images prefer; none where that is the rule already."""
    system = parts.system
    rules = system.rules[system.classes[index]]
    if len(system.rules) == 1 or not rows or not rows[0].sum():
        return [[] for _ in rows]
    best = [int(row.argmax()) for row in rows]
    return [
        [option] if rules[attribute.name] != (attribute.options[option],) else []
        for attribute, option in zip(system.attributes, best, strict=True)
    ]


def _switches(field: Field, index: int, rows: Sequence[Counts], choices: Sequence[list[int]]) -> list[Switch | None]:
    """For every attribute, what it would change were class ``index``'s rule that of ``choices``."""
    if not rows or not rows[0].sum():
        return [None] * len(rows)
    n = field.right.size
    found: list[Switch | None] = [Switch(0, 0, n)] * len(rows)
    switched = [at for at, some in enumerate(choices) if some]
    if switched:
        for at, gained, lost in zip(switched, *outcomes(field, index, choices), strict=True):
            found[at] = Switch(int(gained), int(lost), n)
    return found


def _tested(switches: Sequence[Switch | None], tried: Sequence[int]) -> list[Switch | None]:
    """The same with their ``q``, of which those at ``tried`` were switches at all."""
    test = cache(mcnemar)
    found = list(switches)
    values = [test(one.gained, one.lost) if (one := switches[at]) is not None and one.helps else 1.0 for at in tried]
    for at, q in zip(tried, adjusted(values), strict=True):
        one = switches[at]
        if one is not None:
            found[at] = Switch(one.gained, one.lost, one.n, q)
    return found
