"""Accuracy against the number of questions: the attributes in the order of what each brings to those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .evaluation import Evaluation
from .probabilities import Answers
from .scores import class_scores, plan, winners
from .statistics import Share


@dataclass(frozen=True, slots=True)
class Point:
    """The system cut down to its best attributes: ``attribute`` is the last one added, ``""`` for none at all.

    ``vectors`` are the text vectors that an image is then compared with; ``share`` is the accuracy.
    """

    attribute: str
    attributes: int
    vectors: int
    share: Share


@dataclass(frozen=True, slots=True)
class Curve:
    """Accuracy as attributes are added, beginning with none (a guess: always the first class).

    ``order_from`` and ``measured_on`` name the splits; where they are the same images, the order is flattered.
    ``baseline`` is the class names alone, which take ``baseline_vectors``.
    """

    points: tuple[Point, ...]
    baseline: Share
    baseline_vectors: int
    order_from: str
    measured_on: str
    same_images: bool


def accuracy_curve(
    evaluation: Evaluation,
    order_from: Evaluation | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Curve:
    """Add attributes one at a time, each time the one with which most images of ``order_from`` are right.

    Accuracies are those on ``evaluation``, and so is the order where ``order_from`` is left out. Among equally good
    attributes the first in the file is added. The time grows with the square of the number of attributes.

    Raises:
        DataError: the two are not of the same system.
    """
    choose = order_from or evaluation
    if choose.system != evaluation.system:
        raise DataError("the order of one system cannot be measured on another")
    total = len(evaluation.system.attributes)
    chosen: list[int] = []
    points = [Point("", 0, 0, Share(int((evaluation.labels == 0).sum()), evaluation.n))]
    while len(chosen) < total:
        rest = [index for index in range(total) if index not in chosen]
        best = max(rest, key=lambda index: (_hits(choose, [*chosen, index]), -index))
        chosen.append(best)
        points.append(
            Point(
                evaluation.system.attributes[best].name,
                len(chosen),
                sum(len(evaluation.system.attributes[index].options) for index in chosen),
                Share(_hits(evaluation, chosen), evaluation.n),
            )
        )
        if progress is not None:
            progress(len(chosen), total)
    return Curve(
        tuple(points),
        evaluation.baseline,
        len(evaluation.system.classes),
        choose.setting.split,
        evaluation.setting.split,
        order_from is None,
    )


def _hits(evaluation: Evaluation, indexes: Sequence[int]) -> int:
    """How many images are right by some of the attributes alone, taken in the order of the file."""
    some: list[Answers] = [evaluation.answers[index] for index in sorted(indexes)]
    attributes = [answer.attribute for answer in some]
    plans = [plan(attributes, [row[a.name] for a in attributes]) for row in evaluation.system.rules.values()]
    predicted = winners(class_scores(plans, some, evaluation.combine))
    return int(np.count_nonzero(predicted == evaluation.labels))
