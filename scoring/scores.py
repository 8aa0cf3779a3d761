"""From the answers to a score for every class: the rules as sums over a few rows of probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..systems.model import Attribute, Rule
from ..systems.text import plain
from .best import Indexes, best_rows
from .blocks import BLOCK, blocks, each_block
from .probabilities import Answers

Combine: TypeAlias = Literal["sum", "product"]
COMBINES: tuple[Combine, ...] = ("sum", "product")

FLOOR = 1e-12
"""The least that ``product`` takes for the probability of a rule, so that one surprising answer is not a veto."""

NEVER = np.float32(-np.inf)
"""The score of a class whose rules say nothing: below every other, so it wins only when all classes are like it."""

_Matrix: TypeAlias = NDArray[np.float32]

Rows: TypeAlias = Sequence[NDArray[np.float32]] | NDArray[np.float32]
"""The scores of each class, ``(N,)``, or of all classes, ``(C, N)``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to score one class: for each attribute that counts, its index and the indexes of the options named.

    An attribute counts when the class has a rule for it and its weight is above 0. Classes with equal plans get
    bit-identical scores, because the same numbers are added in the same order.
    """

    terms: tuple[tuple[int, tuple[int, ...]], ...]
    total_weight: float


def plan(attributes: Sequence[Attribute], rules: Sequence[Rule]) -> Plan:
    """The plan of a class from its rules, one for each attribute in order."""
    terms = []
    for index, (attribute, rule) in enumerate(zip(attributes, rules, strict=True)):
        if rule and attribute.weight > 0:
            terms.append((index, tuple(attribute.options.index(option) for option in rule)))
    return Plan(tuple(terms), sum(attributes[index].weight for index, _ in terms))


def class_scores(
    plans: Sequence[Plan], answers: Sequence[Answers], combine: Combine, block: int | None = None
) -> NDArray[np.float32]:
    """The score of every class for every image, ``(C, N) float32``.

    With s_g the summed probability of the options that the class's rule names for attribute g (exactly 1 when it
    names them all), w_g the weights, and g running over the attributes that count for the class:

    - ``sum``: Σ w_g · s_g / Σ w_g, between 0 and 1;
    - ``product``: Σ w_g · ln(max(s_g, FLOOR)) / Σ w_g, the logarithm of the weighted geometric mean, at most 0.

    A class for which no attribute counts scores ``NEVER``.
    """
    scores, score = scoring(plans, answers, combine)
    n = scores.shape[1]
    # A few classes are done sooner than threads are started.
    each_block(n, score, block if len(plans) > 4 else max(block or 0, n, 1))
    return scores


def scoring(
    plans: Sequence[Plan], answers: Sequence[Answers], combine: Combine
) -> tuple[NDArray[np.float32], Callable[[slice], None]]:
    """What ``class_scores`` gives, still empty, and what fills it for some of the images."""
    if combine not in COMBINES:
        raise UsageError(
            f'"{combine}" is not a way to combine attributes', hint=f"Choose one of {', '.join(COMBINES)}."
        )
    scores = np.empty((len(plans), answers[0].chosen.size if answers else 0), np.float32)
    first: dict[Plan, int] = {}
    like = [first.setdefault(one, index) for index, one in enumerate(plans)]
    weights = [answer.attribute.weight for answer in answers]

    def score(columns: slice) -> None:
        scorer = _Scorer(weights, [answer.probabilities[:, columns] for answer in answers], combine)
        for index, one in enumerate(plans):
            if like[index] == index:
                scorer.score(one, scores[index, columns])
            else:
                scores[index, columns] = scores[like[index], columns]

    return scores, score


def check_combine(combine: str) -> None:
    """Refuse a way of combining that does not exist, before anything is computed."""
    if combine not in COMBINES:
        raise UsageError(
            f'"{plain(combine)}" is not a way to combine attributes', hint=f"Choose one of {', '.join(COMBINES)}."
        )


class _Scorer:
    """Scores plans on one block of images; keeps each option's weighed row, which many classes share."""

    def __init__(self, weights: Sequence[float], rows: Sequence[_Matrix], combine: Combine) -> None:
        self.weights = weights
        self.rows = rows
        self.combine = combine
        self.weighed: dict[tuple[int, int], _Matrix] = {}

    def score(self, plan: Plan, out: _Matrix) -> None:
        if not plan.terms:
            out.fill(NEVER)
            return
        terms = [self._term(index, options) for index, options in plan.terms]
        if len(terms) == 1:
            np.copyto(out, terms[0])
        else:
            np.add(terms[0], terms[1], out=out)
            for term in terms[2:]:
                out += term
        out *= np.float32(1 / plan.total_weight)

    def _term(self, index: int, options: tuple[int, ...]) -> _Matrix:
        rows, weight = self.rows[index], self.weights[index]
        if len(options) > 1:
            return term(rows, options, weight, self.combine)
        key = (index, options[0])
        if key not in self.weighed:
            self.weighed[key] = term(rows, options, weight, self.combine)
        return self.weighed[key]


def term(
    rows: _Matrix,
    options: Sequence[int],
    weight: float,
    combine: Combine,
    images: Indexes | None = None,
    *,
    of: int | None = None,
) -> _Matrix:
    """What a rule that names ``options`` adds to a score before it is divided, for each column of ``rows``, or some.

    ``rows`` are the probabilities of the attribute's options, ``(options, N)``; where there are fewer than options,
    ``of`` says how many options there are.
    """
    some: list[_Matrix] = [rows[option] if images is None else rows[option].take(images) for option in options]
    part = some[0]
    if len(options) == (of or len(rows)):
        part = np.ones(part.size, np.float32)
    elif len(options) > 1:
        part = some[0] + some[1]
        for row in some[2:]:
            part += row
    if combine == "product":
        part = np.maximum(part, np.float32(FLOOR))
        np.log(part, out=part)
    if weight != 1:
        part = part * np.float32(weight)
    return part


def winners(scores: NDArray[np.float32], block: int = BLOCK) -> Indexes:
    """The index of the best class for every image, ``(N,)``; of equal scores the first class in the system's order."""
    best = np.zeros(scores.shape[1], np.intp)
    for columns in blocks(scores.shape[1], block):
        best_rows(scores[:, columns], best[columns])
    return best


def ranks(rows: Rows, labels: Indexes, block: int = BLOCK) -> Indexes:
    """How many classes come before the true one, ``(N,)``: 0 where it wins, equal scores in the system's order."""
    before = np.empty(labels.size, np.intp)
    for columns in blocks(labels.size, block):
        part, true = block_of(rows, columns), labels[columns]
        own = part[true, np.arange(true.size)]
        earlier = np.arange(len(part))[:, None] < true
        before[columns] = ((part > own) | ((part == own) & earlier)).sum(axis=0)
    return before


def shown_scores(scores: NDArray[np.float32], combine: Combine) -> NDArray[np.float32]:
    """Scores as a person reads them, between 0 and 1: ``product`` as the geometric mean, ``NEVER`` as 0."""
    if combine == "product":
        return np.exp(scores)
    return np.where(scores == NEVER, np.float32(0), scores)


def block_of(rows: Rows, columns: slice) -> _Matrix:
    """Some images of all rows as one matrix, ``(C, columns)``: a view where ``rows`` is a matrix already."""
    if isinstance(rows, np.ndarray):
        return rows[:, columns]
    return np.stack([row[columns] for row in rows])
