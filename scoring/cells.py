"""What the images say of each rule: do they agree, which option do they prefer, what would switching to it change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..systems.model import System
from .measures import Counts
from .probabilities import Answers, Indexes
from .scores import Combine, Plan, class_scores, plan
from .standing import Standing, duel
from .statistics import Share


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
    system: System,
    answers: Sequence[Answers],
    tables: Sequence[Counts],
    labels: Indexes,
    standing: Standing,
    combine: Combine,
) -> tuple[CellMeasure, ...]:
    """Measure every cell, row by row; with a single class, nothing that its rules say can change who wins."""
    measures: list[CellMeasure] = []
    for index, class_name in enumerate(system.classes):
        rows = [table[index] for table in tables]
        deltas = _deltas(system, index, rows, answers, labels, standing, combine)
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
    return tuple(measures)


def _deltas(
    system: System,
    index: int,
    rows: Sequence[Counts],
    answers: Sequence[Answers],
    labels: Indexes,
    standing: Standing,
    combine: Combine,
) -> list[float | None]:
    """For every attribute, the change of accuracy were class ``index``'s rule the option its images prefer."""
    if not rows or not rows[0].sum():
        return [None] * len(rows)
    rules = list(system.rules[system.classes[index]].values())
    preferred = [(a.options[int(row.argmax())],) for a, row in zip(system.attributes, rows, strict=True)]
    switched = [at for at in range(len(rows)) if rules[at] != preferred[at]]
    deltas: list[float | None] = [0.0] * len(rows)
    if len(standing.rows) == 1 or not switched:
        return deltas
    plans: list[Plan] = [plan(system.attributes, [*rules[:at], preferred[at], *rules[at + 1 :]]) for at in switched]
    against = duel(standing, index)
    now = int(np.count_nonzero(standing.first == labels))
    for at, scores in zip(switched, class_scores(plans, answers, combine), strict=True):
        deltas[at] = (int(np.count_nonzero(against.winners(scores) == labels)) - now) / labels.size
    return deltas
