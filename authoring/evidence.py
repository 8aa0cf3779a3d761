"""What the images say of a system, in few lines for an LLM: accuracies, confusions, rules that they contradict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..systems.json_form import rule_to_json
from ..systems.text import percentage
from .compact import json_line

if TYPE_CHECKING:
    from ..scoring.cells import CellMeasure
    from ..scoring.evaluation import Evaluation

MOST_CONFUSIONS = 15
MOST_CELLS = 30


def evidence_text(evaluation: Evaluation, classes: Sequence[str] | None = None) -> str:
    """Accuracy, each attribute's, the commonest confusions, and the rules with which most images disagree.

    With ``classes`` only the confusions and rules of these.
    """
    chosen = evaluation.system.classes if classes is None else tuple(classes)
    lines = [
        f"{evaluation.share.hits} of {evaluation.n} images are named right; chance would be "
        f"{evaluation.chance * evaluation.n:.0f}, the class names alone {evaluation.baseline.hits}."
    ]
    lines += _of_attributes(evaluation)
    lines += _confusions(evaluation, chosen)
    lines += _contradicted(evaluation, chosen)
    return "\n".join(lines)


def confused_with(evaluation: Evaluation, classes: Sequence[str], most: int) -> tuple[str, ...]:
    """The classes that images of ``classes`` are taken for, or whose images are taken for them, the commonest first."""
    names = evaluation.system.classes
    mine = np.array([name in classes for name in names])
    counts = evaluation.confusion[mine].sum(axis=0) + evaluation.confusion[:, mine].sum(axis=1)
    counts[mine] = 0
    order = np.argsort(-counts, kind="stable")[:most]
    return tuple(names[index] for index in order if counts[index])


def _of_attributes(evaluation: Evaluation) -> list[str]:
    lines = [
        "Of each attribute: how often the encoder's answer fits the rule, by chance, and what leaving it out costs."
    ]
    for measure in evaluation.attributes:
        if measure.share.value is None:
            lines.append(f"{json_line(measure.name)}: no class with images has a rule")
            continue
        chance = "" if measure.chance is None else f", chance {percentage(measure.chance)}%"
        cost = "" if measure.contribution is None else f", without it {_signed(-measure.contribution)} accuracy"
        worst = measure.worst
        taken = (
            f"; of images that should show {json_line(rule_to_json(worst.expected))} it takes {worst.count} for "
            f"{json_line(worst.predicted)}, most of them {json_line(worst.class_name)}"
            if worst
            else ""
        )
        lines.append(f"{json_line(measure.name)}: {percentage(measure.share.value)}%{chance}{cost}{taken}")
    return lines


def _confusions(evaluation: Evaluation, chosen: Sequence[str]) -> list[str]:
    names, wrong = evaluation.system.classes, evaluation.confusion.copy()
    np.fill_diagonal(wrong, 0)
    pairs = [(int(wrong[i, j]), i, j) for i, j in np.argwhere(wrong) if names[i] in chosen or names[j] in chosen]
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    lines = []
    for count, i, j in pairs[:MOST_CONFUSIONS]:
        total = int(evaluation.confusion[i].sum())
        lines.append(f"{count} of {total} images of {json_line(names[i])} are taken for {json_line(names[j])}")
    return ["Classes taken for one another:", *lines] if lines else []


def contradicted(evaluation: Evaluation, classes: Sequence[str] | None = None) -> list[CellMeasure]:
    """The cells where most images show one option that is not the rule's, what a switch would help most first."""
    chosen = set(evaluation.system.classes if classes is None else classes)
    cells = [
        cell
        for cell in evaluation.cells
        if cell.class_name in chosen
        and cell.preferred is not None
        and cell.agreement is not None
        and cell.agreement.hits < cell.preferred_share.hits
        and 2 * cell.preferred_share.hits > cell.preferred_share.n
    ]
    cells.sort(key=lambda cell: (-(cell.delta_if_switched or 0.0), -cell.preferred_share.hits))
    return cells[:MOST_CELLS]


def _contradicted(evaluation: Evaluation, chosen: Sequence[str]) -> list[str]:
    lines = [
        f"{json_line([cell.class_name, cell.attribute])}: rule "
        f"{json_line(rule_to_json(evaluation.system.rules[cell.class_name][cell.attribute]))}, but "
        f"{cell.preferred_share.hits} of {cell.preferred_share.n} images show {json_line(cell.preferred)}; "
        f"with that the accuracy would change by {_signed(cell.delta_if_switched)}"
        for cell in contradicted(evaluation, chosen)
    ]
    return ["Rules that most images of the class contradict:", *lines] if lines else []


def _signed(change: float | None) -> str:
    """A change of accuracy, such as ``+6.2%``; one that rounds to nothing has no sign."""
    rounded = round(change or 0.0, 3)
    return f"{rounded:+.1%}" if rounded else "0%"
