"""Who would be right without one attribute, for every attribute, without scoring every class as often.

Without attribute g, of weight w_g, a class's score s = U / W (see ``switches``) becomes (U - T_g) / (W - w_g). For the
class that wins now this is computed for every g, and the least of these, L, is a score that whoever wins without some
attribute must reach. No class can rise by more than w_g M / (W - w_g) for the largest of its w_g. So at every image
only the classes are scored again that could rise to L; of many classes that is a handful. They are scored as a fresh
evaluation of what remains would score them, term by term in the order of the attributes, to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import pace
from .blocks import BLOCK, blocks
from .incremental import Parts
from .probabilities import Indexes
from .scores import FLOOR, NEVER, Plan, score, term

_AT_ONCE = 1 << 24
# So many scores are held, in 64 MB: the fewer steps, the fewer short calls.


def winners_without(parts: Parts) -> NDArray[np.int32]:
    """The class that would win each image if one attribute were not asked, ``(attributes, N)``.

    The system has at least two attributes. Memory: 8 bytes for each attribute and image, and some more for
    ``_AT_ONCE`` scores.
    """
    plans = parts.standing.scheme.plans
    found = np.empty((len(parts.answers), parts.labels.size), np.int32)
    for columns in blocks(parts.labels.size, max(1, min(BLOCK, _AT_ONCE // len(plans)))):
        found[:, columns] = _winners(parts, plans, columns)
    return found


def _winners(parts: Parts, plans: Sequence[Plan], columns: slice) -> NDArray[np.int32]:
    images = np.arange(columns.start, columns.stop)
    whole = np.empty((len(plans), images.size), np.float32)
    score(plans, parts.answers, parts.combine, columns, whole)
    now = parts.standing.first[images]
    best = np.full((len(parts.answers), images.size), NEVER, np.float32)
    for index in np.unique(now):
        own = np.flatnonzero(now == index)
        best[:, own] = _without(parts, plans[index], images[own])
    least = best.min(axis=0)
    # From nothing, so that the first of equals is found whoever wins now.
    best.fill(NEVER)
    first = np.zeros(best.shape, np.int32)
    for index, one in enumerate(plans):
        pace.step()
        own = np.flatnonzero(whole[index] >= least - np.float32(_rise(parts, one)))
        if own.size:
            scores = _without(parts, one, images[own])
            held = best[:, own]
            better = scores > held
            best[:, own] = np.where(better, scores, held)
            first[:, own] = np.where(better, np.int32(index), first[:, own])
    return first


def _rise(parts: Parts, one: Plan) -> float:
    """The most that a class can gain by leaving out one attribute, and what rounding may add or hide."""
    spread = 1.0 if parts.combine == "sum" else -math.log(FLOOR)
    weights = [parts.answers[at].attribute.weight for at, _ in one.terms]
    left = _left(weights)
    rises = [weight / rest for weight, rest in zip(weights, left, strict=True) if rest]
    slack = (2 * len(weights) + 8) * 2.0**-23 * max([1.0, *(one.total_weight / rest for rest in left if rest)])
    return spread * (max(rises, default=0.0) + slack)


def _left(weights: Sequence[float]) -> list[float]:
    """What the weights add up to without each of them, in the order in which a fresh evaluation adds them."""
    return [sum([*weights[:at], *weights[at + 1 :]]) for at in range(len(weights))]


def _without(parts: Parts, one: Plan, images: Indexes) -> NDArray[np.float32]:
    """The scores of one class at ``images`` without each attribute, ``(attributes, images)``."""
    answers = parts.answers
    scores = np.zeros((len(answers), images.size), np.float32)
    weights = [answers[at].attribute.weight for at, _ in one.terms]
    inverse = np.full(len(answers), 1 / one.total_weight if one.terms else 0.0)
    for (at, options), left in zip(one.terms, _left(weights), strict=True):
        answer = answers[at]
        part = term(answer.probabilities, options, answer.attribute.weight, parts.combine, images)
        scores[:at] += part
        scores[at + 1 :] += part
        inverse[at] = 1 / left if left else 0.0
    scores *= inverse.astype(np.float32)[:, None]
    scores[inverse == 0] = NEVER
    return scores
