"""From the answers to a score for every class: the rules as sums over a few rows of probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..systems.model import Attribute, Rule, System
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

Row: TypeAlias = NDArray[np.float32]
"""The scores of one class, ``(N,)``."""

_Matrix: TypeAlias = NDArray[np.float32]

SCORES_AT_ONCE = 1 << 22
"""How many scores a core holds while it works through the images, at most."""

_ADDING = Lock()
# Adding rows up is a great many short calls. Threads that make them at once pass Python's lock to and fro, and are
# slower together than one after the other; so one adds while the others multiply or rank.


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
    return _plan(attributes, rules, [{} for _ in attributes])


def plans_of(system: System) -> tuple[Plan, ...]:
    """The plan of every class."""
    names = [attribute.name for attribute in system.attributes]
    known: list[dict[Rule, tuple[int, ...]]] = [{} for _ in names]
    return tuple(_plan(system.attributes, [row[name] for name in names], known) for row in system.rules.values())


def _plan(attributes: Sequence[Attribute], rules: Sequence[Rule], known: Sequence[dict[Rule, tuple[int, ...]]]) -> Plan:
    terms, total = [], 0.0
    for index, (attribute, rule) in enumerate(zip(attributes, rules, strict=True)):
        if rule and attribute.weight > 0:
            options = known[index].get(rule)
            if options is None:
                options = known[index][rule] = tuple(attribute.options.index(option) for option in rule)
            terms.append((index, options))
            total += attribute.weight
    return Plan(tuple(terms), total)


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
    check_combine(combine)
    n = answers[0].chosen.size if answers else 0
    scores = np.empty((len(plans), n), np.float32)
    # A few classes are done sooner than threads are started.
    size = block if len(plans) > 4 else max(block or 0, n, 1)
    each_block(n, lambda columns: score(plans, answers, combine, columns, scores[:, columns]), size)
    return scores


def each_scored(
    plans: Sequence[Plan],
    answers: Sequence[Answers],
    combine: Combine,
    visit: Callable[[slice, _Matrix], None],
    before: Callable[[slice], None] = lambda columns: None,
) -> None:
    """Score every class for some images at a time and hand them to ``visit``, as columns and ``(C, columns)`` scores.

    ``visit`` may change the scores, which are thrown away afterwards; it is called by several threads, and so is
    ``before``, with the columns, to fill the ``answers``. Memory: ``SCORES_AT_ONCE`` numbers for each core.
    """
    check_combine(combine)

    def work(columns: slice) -> None:
        before(columns)
        scores = np.empty((len(plans), columns.stop - columns.start), np.float32)
        score(plans, answers, combine, columns, scores)
        visit(columns, scores)

    each_block(answers[0].chosen.size, work, most=max(1, SCORES_AT_ONCE // len(plans)))


def score(
    plans: Sequence[Plan], answers: Sequence[Answers], combine: Combine, columns: slice | Indexes, out: _Matrix
) -> None:
    """Write the scores of all classes for the images ``columns`` to ``out``."""
    weights = [answer.attribute.weight for answer in answers]
    scorer = _Scorer(weights, [rows_at(answer, columns) for answer in answers], combine)
    with _ADDING:
        for one, row in zip(plans, out, strict=True):
            scorer.score(one, row)


def check_combine(combine: str) -> None:
    """Refuse a way of combining that does not exist, before anything is computed."""
    if combine not in COMBINES:
        raise UsageError(
            f'"{plain(combine)}" is not a way to combine attributes', hint=f"Choose one of {', '.join(COMBINES)}."
        )


def score_of(plan: Plan, answers: Sequence[Answers], combine: Combine, images: Indexes | slice | None = None) -> Row:
    """The score of one class at all images, or some: to the last bit what ``class_scores`` gives."""
    columns = slice(None) if images is None else images
    out = np.empty(answers[0].chosen[columns].size, np.float32)
    if not plan.terms:
        out.fill(NEVER)
        return out
    terms = [
        term(answers[at].probabilities, options, answers[at].attribute.weight, combine, images)
        for at, options in plan.terms
    ]
    _add(terms, plan.total_weight, out)
    return out


def _add(terms: Sequence[Row], total_weight: float, out: Row) -> None:
    if len(terms) == 1:
        np.copyto(out, terms[0])
    else:
        np.add(terms[0], terms[1], out=out)
        for some in terms[2:]:
            out += some
    out *= np.float32(1 / total_weight)


def rows_at(answers: Answers, images: Indexes | slice) -> _Matrix:
    """The probabilities of all options at some images, ``(options, images)``, each row in one piece."""
    if isinstance(images, slice):
        return answers.probabilities[:, images]
    return answers.probabilities.take(images, axis=1)  # indexing would lay it out column by column


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
        _add([self._term(index, options) for index, options in plan.terms], plan.total_weight, out)

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
    images: Indexes | slice | None = None,
    *,
    of: int | None = None,
) -> _Matrix:
    """What a rule that names ``options`` adds to a score before it is divided, for each column of ``rows``, or some.

    ``rows`` are the probabilities of the attribute's options, ``(options, N)``; where there are fewer than options,
    ``of`` says how many options there are.
    """
    some = [_at(rows[option], images) for option in options]
    part = together(some, whole=len(options) == (of or len(rows)))
    return weighed(part, weight, combine)


def _at(row: Row, images: Indexes | slice | None) -> Row:
    if images is None:
        return row
    return row[images] if isinstance(images, slice) else row.take(images)


def together(some: Sequence[Row], *, whole: bool) -> Row:
    """The summed probabilities of the options of a rule; exactly 1 where they are the ``whole`` of the attribute's."""
    if whole:
        return np.ones(some[0].size, np.float32)
    if len(some) == 1:
        return some[0]
    total = some[0] + some[1]
    for row in some[2:]:
        total += row
    return total


def weighed(part: _Matrix, weight: float, combine: Combine) -> _Matrix:
    """Summed probabilities as terms of a score; where there is nothing to do they are the same array."""
    if combine == "product":
        part = np.maximum(part, np.float32(FLOOR))
        np.log(part, out=part)
    return part if weight == 1 else part * np.float32(weight)


def winners(scores: NDArray[np.float32], block: int = BLOCK) -> Indexes:
    """The index of the best class for every image, ``(N,)``; of equal scores the first class in the system's order."""
    best = np.zeros(scores.shape[1], np.intp)
    for columns in blocks(scores.shape[1], block):
        best[columns] = best_rows(scores[:, columns])[0]
    return best


def shown_scores(scores: NDArray[np.float32], combine: Combine) -> NDArray[np.float32]:
    """Scores as a person reads them, between 0 and 1: ``product`` as the geometric mean, ``NEVER`` as 0."""
    if combine == "product":
        return np.exp(scores)
    return np.where(scores == NEVER, np.float32(0), scores)
