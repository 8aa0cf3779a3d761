"""What an accuracy is held against: the class names alone, and the same rules given to the wrong classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .best import best_rows
from .blocks import BLOCK
from .encoder import Vectors
from .probabilities import Indexes

DERANGEMENTS = 20


@dataclass(frozen=True, slots=True)
class Permuted:
    """The accuracy with the rules permuted between the classes: mean and extremes over ``count`` derangements."""

    accuracy: float
    lowest: float
    highest: float
    count: int


def derangements(size: int, count: int, seed: int) -> Indexes:
    """``count`` permutations of ``size`` ≥ 2 things that leave none in place, ``(count, size)``, uniform and seeded.

    By rejection: about one permutation in e is a derangement, whatever the size.
    """
    generator = np.random.default_rng(seed)
    identity = np.arange(size)
    found: list[Indexes] = []
    while len(found) < count:
        candidate = generator.permutation(size)
        if not (candidate == identity).any():
            found.append(candidate)
    return np.stack(found)


def permuted_accuracy(confusion: NDArray[np.intp], seed: int, count: int = DERANGEMENTS) -> Permuted | None:
    """The accuracy were every class given another class's whole row of rules; None with fewer than two classes.

    ``confusion`` is ``(C, C)`` counts, true class by predicted class. Giving class c the rules of class π(c) moves
    scores between classes without changing them, so an image is then right where the rules of π(its class) won: no
    score need be computed again. Rules that carry nothing give the same accuracy as before. The better the system,
    the further below chance this falls, for a derangement gives every class rules that are wrong.
    """
    size, n = len(confusion), int(confusion.sum())
    if size < 2 or n == 0:
        return None
    hits = confusion[np.arange(size), derangements(size, count, seed)].sum(axis=1)
    return Permuted(float(hits.mean() / n), float(hits.min() / n), float(hits.max() / n), count)


def nearest_class(images: Vectors, classes: Vectors, block: int = BLOCK) -> Indexes:
    """The baseline: the index of the class whose name is most similar to each image, ``(N,)``, the first of equals.

    ``images`` is ``(N, D)`` and ``classes`` ``(C, D)`` (``texts.class_vectors``), both float32 of length 1.
    """
    nearest = np.empty(len(images), np.intp)
    for start in range(0, len(images), block):
        nearest[start : start + block] = best_rows(classes @ images[start : start + block].T)[0]
    return nearest
