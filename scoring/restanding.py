"""What edits do to the standing: only where a changed class could come to the front, or fall back, is it ranked again.

When one class is scored by another rule, two rows of probabilities tell at every image how much its score can have
risen. Where that is less than half the winner's lead, the winner stays and the lead shrinks by as much. At the other
images, and at those that the class wins, its score is worked out in full. Where it was the winner and may be no longer,
all classes are scored again.

When an attribute is asked otherwise, all classes that use it change. Of each kind of change, say from one option's row
to another's, the largest bounds how much any class can have risen; the winner's own score is worked out in full.

Scores err by at most (G + 2) 2⁻²⁴ M for G terms (see ``switches``); the bounds are eased by several times that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .blocks import blocks, each_block
from .probabilities import Answers, Indexes
from .scheme import Options, Scheme, each_scored_at, scores_of
from .scores import FLOOR, Combine, Plan, Row, score_of, term
from .standing import Standing, ahead, podium, stand

_FEW = 8
# Up to C / _FEW changed classes, one after the other is cheaper than all classes again; so for N / _FEW images.


_IN_CACHE = 1 << 17


@dataclass(frozen=True, slots=True)
class _Move:
    """The options that some class named for an attribute, those that it names now, and 1 / W."""

    before: Options
    now: Options
    inverse: float


def restand(
    old: Standing, before: Sequence[Answers], scheme: Scheme, answers: Sequence[Answers], combine: Combine
) -> Standing:
    """The standing by ``scheme`` and ``answers``, from the ``old`` one, which rests on the answers ``before``."""
    was = old.scheme.plans
    if len(was) != len(scheme.plans) or _weights(before) != _weights(answers):
        return stand(scheme, answers, combine)
    switched = [index for index, (a, b) in enumerate(zip(was, scheme.plans, strict=True)) if a is not b and a != b]
    if all(a.probabilities is b.probabilities for a, b in zip(before, answers, strict=True)):
        if len(switched) * _FEW > len(was):
            return stand(scheme, answers, combine)
        return _switched(old, switched, scheme, answers, combine)
    if any(_asked(a) != _asked(b) for a, b in zip(was, scheme.plans, strict=True)):
        return stand(scheme, answers, combine)
    return _asked_anew(old, before, scheme, answers, combine)


def _weights(answers: Sequence[Answers]) -> list[float]:
    return [answer.attribute.weight for answer in answers]


def _asked(plan: Plan) -> list[int]:
    return [at for at, _ in plan.terms]


def _slack(answers: Sequence[Answers], combine: Combine) -> np.float32:
    spread = 1.0 if combine == "sum" else -math.log(FLOOR)
    return np.float32((2 * len(answers) + 8) * 2.0**-23 * spread)


def _switched(
    old: Standing, indexes: Sequence[int], scheme: Scheme, answers: Sequence[Answers], combine: Combine
) -> Standing:
    """Some classes have other rules."""
    new = replace(old, scheme=scheme)
    for index in indexes:
        new = _contested(new, index, answers, combine)
    return new


def _contested(old: Standing, index: int, answers: Sequence[Answers], combine: Combine) -> Standing:
    """Class ``index`` meets the winners with its new score."""
    new = Standing(old.scheme, old.first, old.best.copy(), np.empty_like(old.lead))
    own, front = _Found([], []), _Found([], [])
    for columns in blocks(old.first.size, _IN_CACHE):
        score = score_of(old.scheme.plans[index], answers, combine, columns)
        own.add(old.first[columns] == index, score, columns)
        with np.errstate(invalid="ignore"):  # a class that says nothing beside classes that say nothing
            gap = np.subtract(old.best[columns], score)
        front.add(gap <= 0, score, columns)
        np.fmin(old.lead[columns], gap, out=new.lead[columns])
    images, scores = own.together()
    # The others score at most what they did.
    new.best[images] = scores
    new.lead[images] = ahead(scores, old.best[images] - old.lead[images]) - _slack(answers, combine)
    behind = images[~(new.lead[images] > 0)]
    images, scores = front.together()
    takes = (scores > new.best[images]) | ((scores == new.best[images]) & (index < old.first[images]))
    if takes.any() or behind.size:
        new = replace(new, first=old.first.copy())
        images, scores = images[takes], scores[takes]
        new.first[images], new.best[images] = index, scores
        new.lead[images] = ahead(scores, old.best[images])
        _rank_again(new, behind, answers, combine)
    return new


@dataclass(frozen=True, slots=True)
class _Found:
    """Images, gathered block by block, each with a score."""

    images: list[Indexes]
    scores: list[Row]

    def add(self, which: NDArray[np.bool_], scores: Row, columns: slice) -> None:
        some = np.flatnonzero(which)
        self.images.append(some + columns.start)
        self.scores.append(scores[some])

    def together(self) -> tuple[Indexes, Row]:
        return np.concatenate(self.images), np.concatenate(self.scores)


def _rank_again(new: Standing, images: Indexes, answers: Sequence[Answers], combine: Combine) -> None:
    first, best = np.empty(images.size, np.int32), np.empty(images.size, np.float32)

    def rank(columns: slice, scores: NDArray[np.float32]) -> None:
        new.lead[images[columns]] = podium(scores, first[columns], best[columns])

    each_scored_at(new.scheme, answers, combine, images, rank)
    new.first[images], new.best[images] = first, best


def _asked_anew(
    old: Standing, before: Sequence[Answers], scheme: Scheme, answers: Sequence[Answers], combine: Combine
) -> Standing:
    """Some attributes have other answers; what each class has in all is of the same weight as it was."""
    anew = [a.probabilities is not b.probabilities for a, b in zip(before, answers, strict=True)]
    moves = _moves(old.scheme.plans, scheme.plans, anew)
    new = Standing(scheme, old.first.copy(), np.empty_like(old.best), np.empty_like(old.lead))
    slack = _slack(answers, combine)

    def bound(columns: slice) -> None:
        new.best[columns] = scores_of(scheme, answers, combine, old.first[columns], columns)
        reach = old.best[columns] - old.lead[columns] + slack
        for was, now, some in zip(before, answers, moves, strict=True):
            if some:
                reach += _largest(was, now, some, combine, columns)
        new.lead[columns] = ahead(new.best[columns], reach)

    each_block(old.first.size, bound)
    again = np.flatnonzero(~(new.lead > 0))
    if again.size * _FEW > new.lead.size:
        return stand(scheme, answers, combine)
    _rank_again(new, again, answers, combine)
    return new


def _moves(was: Sequence[Plan], now: Sequence[Plan], anew: Sequence[bool]) -> list[list[_Move]]:
    """For each attribute the ways in which classes change what they get from it, each way once."""
    found: list[dict[_Move, None]] = [{} for _ in anew]
    for a, b in zip(was, now, strict=True):
        for (at, before), (_, options) in zip(a.terms, b.terms, strict=True):
            if anew[at] or before != options:
                found[at][_Move(before, options, 1 / b.total_weight)] = None
    return [list(some) for some in found]


def _largest(was: Answers, now: Answers, moves: Sequence[_Move], combine: Combine, columns: slice) -> Row:
    """The most that any of ``moves`` adds to a score, at least 0, for each of some images."""
    before, rows = was.probabilities[:, columns], now.probabilities[:, columns]
    largest = np.zeros(rows.shape[1], np.float32)
    for move in moves:
        rise = term(rows, move.now, now.attribute.weight, combine) - term(
            before, move.before, was.attribute.weight, combine
        )
        rise *= np.float32(move.inverse)
        np.maximum(largest, rise, out=largest)
    return largest
