"""Labelled images that are vectors already: embeddings computed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..systems.text import plain
from .encoder import Vectors, normalise


@dataclass(frozen=True, eq=False)
class LabelledEmbeddings:
    """Image embeddings with the class of each, for ``evaluate`` in place of a dataset.

    ``vectors`` is anything that NumPy takes for an ``(N, D)`` array of numbers; kept as float32 with rows of length 1.
    They must come from the image tower whose text tower the evaluation uses.

    Raises:
        DataError: not a matrix, an infinite or missing number, or not one label per row.
    """

    vectors: Vectors
    labels: tuple[str, ...]
    name: str

    def __init__(self, vectors: ArrayLike, labels: Sequence[str], name: str = "embeddings") -> None:
        matrix = np.asarray(vectors, dtype=np.float32)
        if matrix.ndim != 2:
            raise DataError(f"embeddings of shape {matrix.shape}", where=name, hint="They need the shape (N, D).")
        if len(matrix) != len(labels):
            raise DataError(f"{len(matrix)} embeddings but {len(labels)} labels", where=name)
        if not np.isfinite(matrix).all():
            raise DataError("the embeddings hold infinite or missing numbers", where=name)
        object.__setattr__(self, "vectors", normalise(matrix))
        object.__setattr__(self, "labels", tuple(str(label) for label in labels))
        object.__setattr__(self, "name", name)

    def split(self, name: str) -> LabelledEmbeddings:
        """All of them for ``"all"``; embeddings carry no other split."""
        if name != "all":
            raise DataError(f'no split "{plain(name)}": embeddings name none', where=plain(self.name))
        return self
