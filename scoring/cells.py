"""What the images say of each rule: do they agree, which option do they prefer, what would switching to it change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .incremental import Parts
from .measures import Counts
from .statistics import Share
from .switches import Field, field_of, outcomes


@dataclass(frozen=True, slots=True)
class CellMeasure:
    """One class's rule for one attribute, measured on that class's images.

    ``agreement``: the images whose likeliest option the rule names; None where there is no rule. ``preferred``: the
    option likeliest for most of them, the first among equals, and ``preferred_share`` its share; None without images.
    ``delta_if_switched``: the change in the whole accuracy were the rule that one option, nothing else changed.
    """

    class_name: str
    attribute: str
    agreement: Share | None
    preferred: str | None
    preferred_share: Share
    delta_if_switched: float | None


def cell_measures(
    parts: Parts, tables: Sequence[Counts], progress: Callable[[int, int], None] | None = None
) -> tuple[CellMeasure, ...]:
    """Measure every cell, row by row; with a single class, nothing that its rules say can change who wins.

    ``tables`` are the attributes' ``measures.answer_table``. ``progress`` is told ``(done, total)`` classes.
    """
    measures: list[CellMeasure] = []
    system = parts.system
    field = field_of(parts)
    for index, class_name in enumerate(system.classes):
        rows = [table[index] for table in tables]
        deltas = _deltas(field, index, rows)
        for attribute, row, delta in zip(system.attributes, rows, deltas, strict=True):
            rule, n = system.rules[class_name][attribute.name], int(row.sum())
            agree = sum(int(row[attribute.options.index(option)]) for option in rule)
            measures.append(
                CellMeasure(
                    class_name=class_name,
                    attribute=attribute.name,
                    agreement=Share(agree, n) if rule else None,
                    preferred=attribute.options[int(row.argmax())] if n else None,
                    preferred_share=Share(int(row.max()), n),
                    delta_if_switched=delta,
                )
            )
        if progress is not None:
            progress(index + 1, len(system.classes))
    return tuple(measures)


def _deltas(field: Field, index: int, rows: Sequence[Counts]) -> list[float | None]:
    """For every attribute, the change of accuracy were class ``index``'s rule the option its images prefer."""
    if not rows or not rows[0].sum():
        return [None] * len(rows)
    system = field.parts.system
    rules = system.rules[system.classes[index]]
    choices: list[list[int]] = []
    for attribute, row in zip(system.attributes, rows, strict=True):
        preferred = int(row.argmax())
        choices.append([preferred] if rules[attribute.name] != (attribute.options[preferred],) else [])
    deltas: list[float | None] = [0.0] * len(rows)
    switched = [at for at, some in enumerate(choices) if some]
    if len(system.rules) == 1 or not switched:
        return deltas
    gained, lost = outcomes(field, index, choices)
    for at, change in zip(switched, gained - lost, strict=True):
        deltas[at] = int(change) / field.right.size
    return deltas
