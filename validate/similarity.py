"""Options that an encoder cannot hold apart: closer than what says the same, by the encoder's own measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile
from typing import TYPE_CHECKING

import numpy as np

from ..scoring.encoder import Vectors
from ..systems.model import SLOT, fill, prompt_problem
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


_REFERENCE = list(dict.fromkeys(word for pair in (*SYNONYMS, *OPPOSITES) for word in pair))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two options, the cosine of their texts, and the cosine above which this encoder holds texts for the same."""

    first: str
    second: str
    cosine: float
    limit: float


def too_alike(encoder: Encoder, prompts: Sequence[str], options: Sequence[str]) -> list[Likeness]:
    """The pairs of ``options`` whose texts under ``prompts`` the encoder places as near as two words for one thing.

    Raw cosines mean nothing by themselves: one encoder gives unrelated texts 0.2, another 0.8, and all that two texts
    share raises them. So the limit is measured in the same place, under the same prompts and beside the words that
    both options share: no two words that differ in meaning, opposites included, lie above it; where all synonyms do,
    it is halfway between. An encoder that does not know its synonyms thus finds hardly anything.
    """
    from ..scoring.embed import embed_prompts

    if len(options) < 2:
        return []
    vectors = embed_prompts(encoder, prompts, [*_REFERENCE, *options])
    least = _limit(vectors[: len(_REFERENCE)])
    own = vectors[len(_REFERENCE) :]
    cosines = own @ own.T
    found = []
    for i, j in combinations(range(len(options)), 2):
        limit = least
        if cosines[i, j] > least and (beside := _shared(options[i], options[j])):
            limit = max(least, _limit(embed_prompts(encoder, [fill(p, beside) for p in prompts], _REFERENCE)))
        if cosines[i, j] > limit:
            found.append(Likeness(options[i], options[j], float(cosines[i, j]), limit))
    return found


def _limit(vectors: Vectors) -> float:
    """The limit that the vectors of the reference words give."""
    cosines = vectors @ vectors.T
    alike = [cosines[_REFERENCE.index(a), _REFERENCE.index(b)] for a, b in SYNONYMS]
    thing = {other: word for word, other in SYNONYMS}
    things = np.array([_REFERENCE.index(thing.get(word, word)) for word in _REFERENCE])
    different = cosines[things[:, None] != things[None, :]]
    nearest = float(different.max())
    return max(nearest, (nearest + float(min(alike))) / 2)


def _shared(first: str, second: str) -> str:
    """What two options share at their beginning and end, as a template; "" if nothing."""
    one, other = first.split(), second.split()
    before = list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    rest, rest_of_other = one[len(before) :], other[len(before) :]
    after = list(takewhile(lambda pair: pair[0] == pair[1], zip(rest[::-1], rest_of_other[::-1], strict=False)))
    beside = [*(word for word, _ in before), SLOT, *(word for word, _ in after[::-1])]
    template = " ".join(beside)
    return template if len(beside) > 1 and not prompt_problem(template) else ""
