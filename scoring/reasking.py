"""An attribute asked again of which most options were asked before: only what is new is multiplied with the images.

With z = ln Σ exp(logits) kept for each image, an option's probability is p = exp(logit - z), whichever the others are.
So new options add exp(logit - z) to what the kept ones had, removed ones take theirs away, and everything is divided
by the new sum S; z grows by ln S. Where S is far from 1, as where the likeliest option went, little is left of the
precision, and the image is asked afresh. Each time adds a rounding, so after a few times all is asked afresh.
"""

from __future__ import annotations

import numpy as np

from ..systems.model import Attribute
from .best import Indexes, best_rows
from .blocks import each_block
from .encoder import Vectors
from .probabilities import Answers, unanswered
from .probabilities import answers as answers
from .texts import TextVectors, averaged

_OFTEN = 8
_LEAST, _MOST = 2.0**-12, 2.0**12
_LARGEST = 80.0  # exp of more is no float32


def asked_again(
    old: Answers, attribute: Attribute, images: Vectors, texts: TextVectors, scale: float
) -> Answers | None:
    """What the images answer to ``attribute``, which was ``old.attribute``; None where it must be asked from nothing.

    Both have the same prompts, and ``scale`` is the same as it was.
    """
    place = {option: index for index, option in enumerate(old.attribute.options)}
    kept = [index for index, option in enumerate(attribute.options) if option in place]
    fresh = [index for index, option in enumerate(attribute.options) if option not in place]
    if old.reused >= _OFTEN or len(fresh) > len(kept):
        return None
    rows = [place[attribute.options[index]] for index in kept]
    words = [attribute.options[index] for index in fresh]
    vectors = averaged(attribute.prompts, words, texts).T * np.float32(scale) if words else None
    new = unanswered(attribute, old.chosen.size, reused=old.reused + 1)
    doubted: list[Indexes] = []

    def ask(columns: slice) -> None:
        part = new.probabilities[:, columns]
        part[kept] = old.probabilities[rows, columns]
        if vectors is not None:
            logits = images[columns] @ vectors
            part[fresh] = np.exp(np.minimum(logits.T - old.log_sum[columns], _LARGEST))
        total = part.sum(axis=0)
        doubted.append(np.flatnonzero((total < _LEAST) | (total > _MOST)) + columns.start)
        np.maximum(total, _LEAST, out=total)
        part /= total
        best_rows(part, new.chosen[columns])
        np.add(old.log_sum[columns], np.log(total), out=new.log_sum[columns])

    each_block(new.chosen.size, ask)
    some = np.concatenate(doubted)
    if some.size:
        (afresh,) = answers([attribute], images[some], texts, scale)
        new.probabilities[:, some], new.chosen[some], new.log_sum[some] = (
            afresh.probabilities,
            afresh.chosen,
            afresh.log_sum,
        )
    return new
