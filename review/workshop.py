"""What threads work with: the images and the encoder, which is loaded when first needed and used by one at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..scoring.evaluation import Data, Evaluation
from ..scoring.scores import Combine
from ..systems.model import System

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder, Vectors
    from ..terminal import Progress


class Workshop:
    """The labelled images of a review, and the encoder that looks at them; either may be missing."""

    def __init__(
        self,
        load_encoder: Callable[[], Encoder] | None = None,
        data: Data | None = None,
        *,
        split: str = "all",
        combine: Combine = "sum",
        batch_size: int | None = None,
    ) -> None:
        self.data = data
        self.split = split
        self.combine = combine
        self.batch_size = batch_size
        self._load = load_encoder
        self._encoder: Encoder | None = None
        self._lock = threading.RLock()

    @property
    def has_encoder(self) -> bool:
        """Whether there is an encoder to load."""
        return self._load is not None

    @property
    def loaded(self) -> Encoder | None:
        """The encoder where it is loaded already."""
        return self._encoder

    def encoder(self) -> Encoder | None:
        """The encoder, loaded on the first call; raises ``EncoderError`` when it cannot be."""
        with self._lock:
            if self._encoder is None and self._load is not None:
                self._encoder = self._load()
            return self._encoder

    def evaluate(self, system: System, progress: Progress | None = None) -> Evaluation | None:
        """``system`` measured on the images; None without images or encoder. Raises as ``evaluate`` does."""
        from ..scoring.evaluation import check_evaluable, evaluate

        if self.data is None:
            return None
        check_evaluable(system, self.data, self.split)
        with self._lock:
            encoder = self.encoder()
            if encoder is None:
                return None
            return evaluate(
                system,
                self.data,
                encoder,
                split=self.split,
                combine=self.combine,
                batch_size=self.batch_size,
                progress=progress,
            )

    def encode(self, texts: list[str]) -> Vectors:
        """The vectors of ``texts``, ``(M, D) float32``, from the cache where they are known."""
        from ..errors import EncoderError
        from ..scoring.embed import embed_texts

        with self._lock:
            encoder = self.encoder()
            if encoder is None:
                raise EncoderError("there is no encoder", hint="Open the review with --encoder.")
            return embed_texts(encoder, texts, batch_size=self.batch_size)
