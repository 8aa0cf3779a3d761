"""An encoder that remembers: whatever embeds with it looks into its cache first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cache import EmbeddingCache
from .encoder import Encoder, Vectors

if TYPE_CHECKING:
    from PIL.Image import Image


class CachingEncoder:
    """``encoder`` with a ``cache``, which ``embed_images`` and ``embed_texts`` use; all else is the encoder's own.

    ``encode_images`` and ``encode_texts`` themselves always encode: an open image has no file whose content could be
    its name.
    """

    def __init__(self, encoder: Encoder, cache: EmbeddingCache) -> None:
        self.cache = cache
        self._encoder = encoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_encoder"], name)

    @property
    def key(self) -> str:
        """The encoder's own."""
        return self._encoder.key

    @property
    def logit_scale(self) -> float:
        """The encoder's own."""
        return self._encoder.logit_scale

    def encode_images(self, images: list[Image]) -> Vectors:
        """``(N, D) float32`` for N RGB images."""
        return self._encoder.encode_images(images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(M, D) float32`` for M texts."""
        return self._encoder.encode_texts(texts)
