"""The embedding cache: what was encoded once is not encoded again, whoever asks and whatever was killed meanwhile."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..systems.text import plain
from .cache_index import connect
from .cache_store import Store
from .encoder import Encoder, Vectors, image_side
from .images import Crop

DECODING_VERSION = 1
"""Part of the identity of image vectors: to be raised when the same file is decoded to other pixels."""

CACHE_ERRORS = (OSError, sqlite3.Error)
"""What a cache on a full, read-only, locked or missing disk raises: never a reason to stop."""


def cache_folder() -> Path:
    """Where the cache is: ``COTSMITH_CACHE_DIR``, or the user's cache folder."""
    import platformdirs

    chosen = os.environ.get("COTSMITH_CACHE_DIR")
    return Path(chosen).expanduser() if chosen else Path(platformdirs.user_cache_dir("cotsmith", appauthor=False))


@dataclass(frozen=True, slots=True)
class EmbeddingCache:
    """A cache in ``folder``. ``tell`` hears in a sentence what a person should know: it is damaged, or of no use."""

    folder: Path = field(default_factory=cache_folder)
    tell: Callable[[str], None] = lambda message: None

    def unusable(self, error: Exception) -> None:
        """Tell that it goes on without the cache."""
        reason = getattr(error, "strerror", None) or str(error)
        self.tell(f"the cache in {plain(str(self.folder))} is not used: {plain(reason)}")


def is_cacheable(encoder: Encoder) -> bool:
    """Whether the encoder says who it is; vectors of one that does not are never kept."""
    key = getattr(encoder, "key", None)
    return isinstance(key, str) and bool(key)


def image_identity(encoder: Encoder, crop: Crop | None) -> str:
    """What all image vectors of ``encoder`` under ``crop`` have in common; large JPEGs are read small for its size."""
    side = image_side(encoder)
    read_small = {} if side is None else {"draft": side}
    cropped = None if crop is None else str(crop)
    return _identity(encoder=encoder.key, of="images", crop=cropped, decoding=DECODING_VERSION, **read_small)


def text_identity(encoder: Encoder) -> str:
    """What all text vectors of ``encoder`` have in common."""
    return _identity(encoder=encoder.key, of="texts")


def _identity(**parts: str | int | None) -> str:
    return json.dumps(parts, sort_keys=True)


def cached_texts(
    cache: EmbeddingCache, encoder: Encoder, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """The vectors of distinct ``texts``, ``(M, D) float32``; those not in the cache come from ``encode``, and stay."""
    contents = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
    known: dict[bytes, Vectors] = {}
    with suppress(*CACHE_ERRORS), closing(connect(cache.folder)) as index:
        store = Store(cache.folder, index, text_identity(encoder))
        places = store.find(contents)
        for content in store.damaged(places):
            del places[content]
        if places:
            known = dict(zip(places, store.read(list(places.values())), strict=True))
    missing = [number for number, content in enumerate(contents) if content not in known]
    if missing:
        fresh = encode([texts[number] for number in missing])
        known.update((contents[number], row) for number, row in zip(missing, fresh, strict=True))
        try:
            with closing(connect(cache.folder)) as index:
                Store(cache.folder, index, text_identity(encoder)).add([contents[number] for number in missing], fresh)
        except CACHE_ERRORS as error:
            cache.unusable(error)
    return np.stack([known[content] for content in contents])
