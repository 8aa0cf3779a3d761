"""How sure a system is of the true classes: the cross-entropy, which still tells systems of one accuracy apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .evaluation import Evaluation
from .scores import each_scored

_LEAST = 1e-12


def cross_entropy(evaluation: Evaluation) -> float:
    """The mean of -ln q(true class) over the images, in nats; ln C for a system that says nothing.

    Scores become a distribution over the classes as they are meant: averages of probabilities (``sum``) are divided by
    their total; averages of logarithms (``product``) are the exponents of a softmax, multiplied by the sum of weights,
    which is what the attributes say together if they are independent.
    """
    labels, plans = evaluation.labels, evaluation.standing.scheme.plans
    weight = sum(attribute.weight for attribute in evaluation.system.attributes)
    found = np.empty(evaluation.n)

    def ask(block: slice, given: NDArray[np.float32]) -> None:
        scores = given.astype(np.float64)
        if evaluation.combine == "product":
            top = scores.max(axis=0)
            scores = np.exp(weight * (scores - np.where(np.isfinite(top), top, 0.0)))
        else:
            scores = np.maximum(scores, 0.0)  # a class without rules scores minus infinity: it cannot be the answer
        own = np.take_along_axis(scores, labels[block][None, :], axis=0)[0]
        sums = scores.sum(axis=0)
        share = np.divide(own, sums, out=np.full_like(own, 1 / len(plans)), where=sums > 0)
        found[block] = np.log(np.maximum(share, _LEAST))

    each_scored(plans, evaluation.answers, evaluation.combine, ask)
    return -float(found.mean())
