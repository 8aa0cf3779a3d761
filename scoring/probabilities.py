"""What every image answers to every attribute: softmax over the options, in one pass over the embeddings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidSystemError
from ..systems.model import Attribute, System
from ..systems.problem import quoted
from ..systems.text import plain
from .best import Indexes as Indexes
from .best import Places, best_rows
from .blocks import BLOCK as BLOCK
from .blocks import each_block
from .encoder import Vectors
from .texts import TextVectors, option_vectors

SHARPEST = 1e30
"""The largest scale: beyond it float32 overflows, to infinity minus infinity, while every softmax is 0 or 1 already."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What N images answer to one attribute.

    ``probabilities`` is ``(options, N) float32``, each column summing to 1: an option's row is contiguous, so a rule
    is scored by adding a few rows. ``chosen`` is ``(N,)``, the index of the likeliest option, the first among equals.
    ``log_sum`` is ``(N,)``, ln Σ exp(logits), from which a new option's probability follows (see ``reasking``), and
    ``reused`` how many times that was done.
    """

    attribute: Attribute
    probabilities: NDArray[np.float32]
    chosen: Places
    log_sum: NDArray[np.float32]
    reused: int = 0


def unanswered(attribute: Attribute, n: int, reused: int = 0) -> Answers:
    """Room for what ``n`` images answer."""
    probabilities = np.empty((len(attribute.options), n), np.float32)
    return Answers(attribute, probabilities, np.empty(n, np.int32), np.empty(n, np.float32), reused)


def answers(
    attributes: Sequence[Attribute], images: Vectors, texts: TextVectors, scale: float, block: int | None = None
) -> tuple[Answers, ...]:
    """Ask ``attributes`` of ``images``, ``(N, D) float32`` of length 1: p_g = softmax(scale · images · T_gᵀ).

    T_g holds the attribute's option vectors (``texts.option_vectors``) and ``scale`` is the encoder's logit scale
    divided by the system's temperature, at most ``SHARPEST``. The softmax is taken in float32 after subtracting each
    image's largest logit. Memory beyond the result: ``block`` columns of logits for each core, at most ``BLOCK``.
    """
    found, ask = asking(attributes, images, texts, scale)
    if attributes:
        each_block(len(images), ask, block)
    return found


def asking(
    attributes: Sequence[Attribute], images: Vectors, texts: TextVectors, scale: float
) -> tuple[tuple[Answers, ...], Callable[[slice], None]]:
    """What ``answers`` gives, still empty, and what fills it for some of the images."""
    if not attributes:
        return (), lambda columns: None
    stacked = np.concatenate([option_vectors(attribute, texts) for attribute in attributes])
    stacked *= np.float32(min(scale, SHARPEST))
    ends = np.cumsum([len(attribute.options) for attribute in attributes])
    found = tuple(unanswered(attribute, len(images)) for attribute in attributes)

    def ask(columns: slice) -> None:
        logits = stacked @ images[columns].T
        for answer, part in zip(found, np.split(logits, ends[:-1]), strict=True):
            largest = best_rows(part, answer.chosen[columns])[1]
            part -= largest
            np.exp(part, out=part)
            total = part.sum(axis=0)
            np.divide(part, total, out=answer.probabilities[:, columns])
            np.add(largest, np.log(total, out=total), out=answer.log_sum[columns])

    return found, ask


def check_answerable(system: System) -> None:
    """Refuse a system that no image can be asked about: no class, no attribute, or an attribute without options."""
    which = f'the system "{plain(system.name)}"'
    if not system.classes:
        raise InvalidSystemError(f"{which} has no classes", hint="Add classes, then rules for them.")
    if not system.attributes:
        raise InvalidSystemError(f"{which} has no attributes", hint="Add one with its options.")
    bare = [attribute.name for attribute in system.attributes if not attribute.options]
    if bare:
        raise InvalidSystemError(
            f"{which} cannot be asked yet: no options in {quoted(bare)}",
            hint="Add the possible answers, or remove the attribute. `cotsmith check FILE` lists all that is missing.",
        )
