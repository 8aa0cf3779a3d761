"""A toy encoder for the examples of checks: a text is the sum of its words, and chosen words are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..scoring.encoder import Vectors
from .vocabulary import SYNONYMS
from .words import content, singular

if TYPE_CHECKING:
    from PIL.Image import Image

_SIZE = 64


class BagOfWords:
    """Texts only. Each word has a random direction of its own; the words of a pair in ``alike`` nearly share one."""

    logit_scale = 100.0

    def __init__(self, alike: Sequence[tuple[str, str]] = ()) -> None:
        self._thing = {other: word for word, other in (*SYNONYMS, *alike)}

    @property
    def key(self) -> str:
        """Its identity."""
        return f"bag-of-words/{sorted(self._thing.items())}"

    def encode_images(self, images: list[Image]) -> Vectors:
        """No image has words."""
        return np.zeros((len(images), _SIZE), dtype=np.float32)

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(M, 64) float32``, not normalised."""
        return np.stack([sum((self._word(word) for word in content(text)), _direction("")) for text in texts])

    def _word(self, word: str) -> Vectors:
        base = singular(word)
        return _direction(self._thing.get(base, base)) + np.float32(0.1) * _direction(f"shade of {base}")


def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(_SIZE).astype(np.float32)
