"""Any checkpoint with two towers that transformers knows, as an encoder: CLIP, SigLIP, SigLIP 2, ALIGN and others."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EncoderError
from ..systems.text import plain
from .checkpoint import memory_exhausted, out_of_memory
from .core_shares import in_shares
from .encoder import Vectors
from .preprocessing import Inputs, Preprocessing, stacked
from .text_tower import TextInput
from .vectors import checked

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image


class TransformersEncoder:
    """An encoder over one transformers model.

    ``name`` is for people; ``text_limit`` says how many tokens of a text it sees (``None``: all), ``warnings`` what a
    person should know about the checkpoint. Vectors are not normalised.
    """

    def __init__(
        self,
        model: Any,
        preprocessing: Preprocessing,
        text: TextInput,
        *,
        name: str,
        key: str,
        logit_scale: float,
        batch_size: int,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.key = key
        self.logit_scale = logit_scale
        self.batch_size = batch_size
        self.warnings = warnings
        self.device = model.device
        self.dtype = model.dtype
        self.text_limit = text.limit
        self._model = model
        self._preprocessing = preprocessing
        self._text = text
        # Of code that came with a checkpoint nobody knows whether threads may run it at once.
        self._shareable = type(model).__module__.startswith("transformers.models.")

    def encode_images(self, images: list[Image]) -> Vectors:
        """``(N, D) float32`` for N images, preprocessed as the checkpoint says.

        Raises:
            EncoderError: out of memory, or NaN in the answer.
        """
        return self._forward(self._model.get_image_features, self._preprocessing.of(images), len(images), "images")

    @property
    def image_side(self) -> int | None:
        """To how many pixels images' shorter sides are resized; ``None`` where that differs from image to image."""
        return self._preprocessing.side

    @property
    def prepares_images(self) -> bool:
        """Whether ``prepare_image`` and ``encode_prepared`` give what ``encode_images`` gives."""
        return self._preprocessing.single

    def prepare_image(self, image: Image) -> Inputs:
        """The image tower's inputs for one image, on the CPU. Threads may call it while another encodes."""
        return self._preprocessing.of([image])

    def encode_prepared(self, prepared: list[Inputs]) -> Vectors:
        """``(N, D) float32`` for what ``prepare_image`` made of N images.

        Raises:
            EncoderError: out of memory, or NaN in the answer.
        """
        if self.device.type != "cpu" or not self._shareable:
            return self._of_prepared(prepared)
        return np.concatenate(in_shares(prepared, self._of_prepared))

    def _of_prepared(self, prepared: Sequence[Inputs]) -> Vectors:
        return self._forward(self._model.get_image_features, stacked(prepared), len(prepared), "images")

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(M, D) float32`` for M texts; of a longer one than ``text_limit`` the end is cut off (see ``truncated``).

        Raises:
            EncoderError: out of memory, or NaN in the answer.
        """
        return self._forward(self._model.get_text_features, self._text.tokens(texts), len(texts), "texts")

    def truncated(self, texts: Sequence[str]) -> list[str]:
        """Those of ``texts`` whose end the text tower does not see."""
        return self._text.truncated(texts)

    def _forward(self, tower: Any, inputs: Mapping[str, Any], count: int, what: str) -> Vectors:
        import torch

        taken = inspect.signature(tower).parameters
        try:
            with torch.inference_mode():
                answer = tower(**{name: self._moved(value) for name, value in inputs.items() if name in taken})
                vectors = getattr(answer, "pooler_output", answer)
                array = vectors.float().cpu().numpy() if isinstance(vectors, torch.Tensor) else vectors
        except (RuntimeError, MemoryError) as error:
            if out_of_memory(error):
                raise memory_exhausted(self.name) from error
            raise EncoderError(f"the model failed on {what}: {plain(str(error))}", where=self.name) from error
        return checked(array, count, what, self.name)

    def _moved(self, value: torch.Tensor) -> torch.Tensor:
        if value.is_floating_point():
            return value.to(self.device, self.dtype)
        return value.to(self.device)
