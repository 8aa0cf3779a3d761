"""Options that an encoder cannot hold apart: closer than what says the same, by the encoder's own measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from .vocabulary import SYNONYMS

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder

OPPOSITES = (
    ("large", "small"),
    ("round", "square"),
    ("shiny", "dull"),
    ("slender", "plump"),
    ("ocean", "desert"),
    ("forest", "city"),
    ("red", "green"),
    ("blue", "yellow"),
    ("black", "white"),
    ("spotted", "striped"),
    ("long", "short"),
    ("smooth", "rough"),
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two options, the cosine of their texts, and the cosine above which this encoder holds texts for the same."""

    first: str
    second: str
    cosine: float
    limit: float


def too_alike(encoder: Encoder, prompts: Sequence[str], options: Sequence[str]) -> list[Likeness]:
    """The pairs of ``options`` whose texts under ``prompts`` the encoder places as near as two words for one thing.

    Raw cosines mean nothing by themselves: one encoder gives unrelated texts 0.2, another 0.8, and a long prompt
    raises all. So the limit is measured under the same prompts: above it lie most pairs of synonyms and no two
    words that differ in meaning, opposites included. Where synonyms lie no nearer than these, the limit is the
    nearest of the different pairs, and hardly anything exceeds it.
    """
    from ..scoring.embed import embed_prompts

    if len(options) < 2:
        return []
    reference = list(dict.fromkeys(word for pair in (*SYNONYMS, *OPPOSITES) for word in pair))
    vectors = embed_prompts(encoder, prompts, [*reference, *options])
    limit = _limit(vectors[: len(reference)], reference)
    own = vectors[len(reference) :]
    cosines = own @ own.T
    pairs = combinations(range(len(options)), 2)
    return [Likeness(options[i], options[j], float(cosines[i, j]), limit) for i, j in pairs if cosines[i, j] > limit]


def _limit(vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]], reference: Sequence[str]) -> float:
    at = {word: i for i, word in enumerate(reference)}
    same = {frozenset((at[a], at[b])) for a, b in SYNONYMS}
    alike = [float(vectors[i] @ vectors[j]) for i, j in map(tuple, same)]
    # Word by word the synonyms are one thing, so that only pairs of different things are left to compare.
    thing = {at[b]: at[a] for a, b in SYNONYMS}
    different = [
        float(vectors[i] @ vectors[j])
        for i, j in combinations(range(len(reference)), 2)
        if thing.get(i, i) != thing.get(j, j)
    ]
    return max(float(np.quantile(alike, 0.25)), max(different))
