"""A process that embeds a folder of images with a cache: `python cache_worker.py FOLDER CACHE LOG [SECONDS]`.

Each image that is encoded leaves a line in LOG; a batch takes SECONDS. What comes out is printed as a digest.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import numpy as np
from PIL.Image import Image

from cotsmith.scoring.cache import EmbeddingCache
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.embed import embed_images
from cotsmith.scoring.encoder import Vectors

BATCH = 4


class Slow:
    """Seeds a vector by the pixels, takes its time, and writes down what it saw."""

    key = "slow"
    logit_scale = 1.0

    def __init__(self, log: Path, seconds: float) -> None:
        self.log = log
        self.seconds = seconds

    def encode_images(self, images: list[Image]) -> Vectors:
        digests = [hashlib.sha256(image.tobytes()).digest() for image in images]
        with open(self.log, "a") as file:
            file.write("".join(f"{digest.hex()}\n" for digest in digests))
        if self.seconds:
            time.sleep(self.seconds)
        seeds = [int.from_bytes(digest[:8], "big") for digest in digests]
        return np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds], np.float32)

    def encode_texts(self, texts: list[str]) -> Vectors:
        return np.ones((len(texts), 8), np.float32)


def embedded(folder: Path, cache: Path | None, log: Path, seconds: float = 0.0) -> bytes:
    """The vectors of the images in ``folder``, as bytes."""
    items = [Item(path, "label") for path in sorted(folder.iterdir())]
    chosen = None if cache is None else EmbeddingCache(cache, lambda message: print(message, file=sys.stderr))  # noqa: T201
    return embed_images(items, Slow(log, seconds), batch_size=BATCH, cache=chosen).vectors.tobytes()


if __name__ == "__main__":
    if os.environ.get("START_WHEN"):  # so that two processes start together
        while not Path(os.environ["START_WHEN"]).exists():
            time.sleep(0.001)
    found = embedded(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
    sys.stdout.write(hashlib.sha256(found).hexdigest())
