"""How long a warm embedding cache takes: from the paths of images to their vectors, without opening one."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL.Image import Image

from cotsmith.scoring.cache import EmbeddingCache
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.embed import embed_images
from cotsmith.scoring.encoder import Vectors

from .ratio import Row, ratio

_DIMENSIONS = 512
_CLASSES = 100


class RandomEncoder:
    """Random vectors: what is timed is everything but the model."""

    key = "random"
    logit_scale = 1.0

    def __init__(self) -> None:
        self._generator = np.random.default_rng(0)

    def encode_images(self, images: list[Image]) -> Vectors:
        """``(N, 512) float32``."""
        return self._generator.standard_normal((len(images), _DIMENSIONS), np.float32)

    def encode_texts(self, texts: list[str]) -> Vectors:
        """Never asked."""
        raise NotImplementedError


def rows(*, small: bool) -> Iterator[Row]:
    """A warm load against one second."""
    count = 1_000 if small else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        items = _images(folder / "images", count)
        cache, encoder = EmbeddingCache(folder / "cache"), RandomEncoder()
        embed_images(items, encoder, batch_size=500, cache=cache)

        def warm() -> float:
            # Touches every page of the map, and so waits for the disk where the memory does not have it.
            return float(embed_images(items, encoder, cache=cache).vectors.sum())

        yield ratio(
            f"warm cache: {count:,} x {_DIMENSIONS} vs one second",
            warm,
            lambda: time.sleep(1),
            goal="<= 1",
            runs=3 if small else 7,
        )


def _images(folder: Path, count: int) -> list[Item]:
    """``count`` files of different content in one folder a class, a little older than now: one pixel each."""
    items, old = [], time.time() - 60
    head = b"P6\n1 1\n255\n"
    for number in range(count):
        label = f"class {number % _CLASSES}"
        path = folder / label / f"{number:06}.ppm"
        if number < _CLASSES:
            path.parent.mkdir(parents=True)
        path.write_bytes(head + number.to_bytes(3, "big"))
        os.utime(path, (old, old))
        items.append(Item(path, label))
    return items
