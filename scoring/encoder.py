"""The one thing scoring asks of an embedding model: images in, texts in, vectors out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Vectors: TypeAlias = NDArray[np.float32]


class Encoder(Protocol):
    """An image tower, a text tower and a logit scale.

    ``logit_scale`` is already exponentiated (CLIP's is about 100). ``key`` is the identity for caches: two encoders
    with equal keys give equal vectors for equal input. Vectors need not be normalised.

    What an encoder may have besides: ``name`` for people; ``batch_size``; ``truncated(texts)``, those whose end it does
    not see; ``image_side``, the pixels to which it resizes the shorter side of an image (large JPEGs are then decoded
    at a fraction of their size, never under twice that); and, if ``prepares_images`` is true, ``prepare_image(image)``,
    which threads call ahead, and ``encode_prepared(list of what that gave)``, which together do what
    ``encode_images`` does.
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


class PreparingEncoder(Encoder, Protocol):
    """An encoder whose work on single images can be done ahead by threads."""

    def prepare_image(self, image: Image) -> Any:
        """What ``encode_prepared`` takes for one image."""
        ...

    def encode_prepared(self, prepared: list[Any]) -> Vectors:
        """``(N, D) float32``, as ``encode_images`` gives for the N images."""
        ...


def preparing(encoder: Encoder) -> PreparingEncoder | None:
    """``encoder`` if its images can be prepared ahead."""
    return cast("PreparingEncoder", encoder) if getattr(encoder, "prepares_images", False) is True else None


def image_side(encoder: Encoder) -> int | None:
    """To how many pixels ``encoder`` resizes the shorter side of every image, where it says so."""
    side = getattr(encoder, "image_side", None)
    return side if isinstance(side, int) and side > 0 else None


def normalise(vectors: Vectors) -> Vectors:
    """Each row divided by its Euclidean length; a zero row stays zero. ``(N, D) float32`` in and out."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
