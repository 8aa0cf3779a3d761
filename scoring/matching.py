"""Whether a system, labels, images and texts belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import DataError, EncoderError
from ..systems.model import System
from ..systems.text import did_you_mean, plain
from .encoder import Vectors
from .probabilities import Indexes
from .texts import TextVectors


def label_indexes(system: System, labels: Sequence[str]) -> Indexes:
    """The class of each image as an index into ``system.classes``, ``(N,)``; refuses a label that is no class."""
    if not len(labels):
        raise DataError("there are no images to evaluate")
    position = {name: index for index, name in enumerate(system.classes)}
    try:
        return np.fromiter(map(position.__getitem__, labels), np.intp, len(labels))
    except KeyError:
        unknown = next(label for label in labels if label not in position)
        raise DataError(
            f'the label "{plain(unknown)}" is not a class of the system{did_you_mean(unknown, position)}'
        ) from None


def check_dimensions(images: Vectors, texts: TextVectors) -> None:
    """Refuse images and texts that cannot come from the two towers of one model."""
    width = _width(texts)
    if images.shape[1] != width:
        raise EncoderError(
            f"image embeddings of {images.shape[1]} dimensions, text embeddings of {width}",
            hint="Both must come from the two towers of one model.",
        )


def check_embeddings(images: Vectors, texts: TextVectors, data: str, encoder: str) -> None:
    """Refuse ``data``, embeddings computed elsewhere, that cannot come from the image tower of ``encoder``.

    Equal dimensions do not prove that they do: many models have 512.
    """
    width = _width(texts)
    if images.shape[1] != width:
        raise DataError(
            f"embeddings of {images.shape[1]} dimensions, but the text tower of {plain(encoder)} gives {width}",
            where=plain(data),
            hint="Name the encoder that the embeddings were computed with.",
        )


def _width(texts: TextVectors) -> int:
    return int(next(iter(texts.values())).size)
