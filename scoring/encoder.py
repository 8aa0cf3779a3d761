"""The one thing scoring asks of an embedding model: images in, texts in, vectors out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Vectors: TypeAlias = NDArray[np.float32]


class Encoder(Protocol):
    """An image tower, a text tower and a logit scale.

    ``logit_scale`` is already exponentiated (CLIP's is about 100). ``key`` is the identity for caches: two encoders
    with equal keys give equal vectors for equal input. Vectors need not be normalised.
    """

    @property
    def key(self) -> str: ...

    @property
    def logit_scale(self) -> float: ...

    def encode_images(self, images: list[Image]) -> Vectors:
        """``(N, D) float32`` for N RGB images."""
        ...

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(M, D) float32`` for M texts."""
        ...


def normalise(vectors: Vectors) -> Vectors:
    """Each row divided by its Euclidean length; a zero row stays zero. ``(N, D) float32`` in and out."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
