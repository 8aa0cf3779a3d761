"""From the name of a checkpoint to a working encoder: found, trusted, loaded whole, moved, and tried once."""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import EncoderError, UsageError
from .checkpoint import load_model, load_processor, memory_exhausted, out_of_memory
from .checkpoint_source import CheckpointSource, find_checkpoint
from .devices import batch_size_for, choose_device, choose_dtype
from .preprocessing import Preprocessing
from .quiet_transformers import quiet_transformers
from .remote_code import RemoteCodeEncoder, code_options, has_encode_methods, split_revision
from .text_tower import TextInput
from .transformers_encoder import TransformersEncoder

if TYPE_CHECKING:
    import torch

CheckpointEncoder: TypeAlias = TransformersEncoder | RemoteCodeEncoder

DEFAULT_LOGIT_SCALE = 100.0
"""CLIP's, for a model that has none: options then part as sharply as in most encoders of this kind."""


def load_checkpoint_encoder(
    spec: str,
    *,
    revision: str | None = None,
    trust_remote_code: bool = False,
    device: str | None = None,
    dtype: str | None = None,
    name: str | None = None,
) -> CheckpointEncoder:
    """The encoder in the folder or hub model ``spec``; see ``load_encoder`` for the arguments and the errors.

    ``name`` is what people call it, where that is not ``spec``.
    """
    place = choose_device(device)
    numbers = choose_dtype(dtype, place)
    weights, _ = split_revision(revision)
    source = find_checkpoint(spec, weights)
    if weights and not source.on_hub:
        hint = (
            "Leave the revision out; only code that lies in a repository of its own needs one, as :COMMIT_OF_THE_CODE."
        )
        raise UsageError("a folder has no revisions", where=source.where, hint=hint)
    with quiet_transformers():
        code = code_options(source, trust_remote_code, revision)
        model = load_model(source, code)
        scale, warnings = logit_scale(model, source.where)
        # Moved after the scale is read: bfloat16 would round it by a percent.
        model = _moved(model, place, numbers, source)
        about = {
            "name": name or source.where,
            "logit_scale": scale,
            "batch_size": batch_size_for(place),
            "warnings": warnings,
        }
        encoder = _assembled(source, code, model, about)
        _try_out(encoder)
    return encoder


def _assembled(source: CheckpointSource, code: dict[str, Any], model: Any, about: dict[str, Any]) -> CheckpointEncoder:
    pinned_code = [f"code={code['code_revision']}"] if "code_revision" in code else []
    key = [source.identity, *pinned_code, str(model.dtype).removeprefix("torch.")]
    if code["trust_remote_code"] and has_encode_methods(model):
        return RemoteCodeEncoder(model, key=";".join(key), **about)
    image_processor, tokenizer, text_options = load_processor(source, code)
    text = TextInput(tokenizer, model.config, text_options)
    key.append(_preprocessing(image_processor))
    return TransformersEncoder(model, Preprocessing(image_processor), text, key=";".join(key), **about)


def logit_scale(model: Any, where: str) -> tuple[float, tuple[str, ...]]:
    """What multiplies the model's cosines, and warnings: from ``logit_scale`` (a logarithm) or ``temperature``.

    Raises:
        EncoderError: the checkpoint's value is no scale.
    """
    import torch

    scale = None
    logarithm, temperature = (getattr(model, name, None) for name in ("logit_scale", "temperature"))
    if isinstance(logarithm, torch.Tensor) and logarithm.numel() == 1:
        # AIMv2 bounds its scale when it computes, the others only in training.
        highest = getattr(model.config, "max_logit_scale", math.inf)
        scale = min(float(logarithm.detach().double().exp()), highest)
    elif isinstance(temperature, torch.Tensor) and temperature.numel() == 1:
        scale = float(1 / temperature.detach().double())
    if scale is None:
        return DEFAULT_LOGIT_SCALE, (f"the model has no logit scale; {DEFAULT_LOGIT_SCALE:g} is assumed",)
    if not (math.isfinite(scale) and scale > 0):
        raise EncoderError(f"its logit scale is {scale}", where=where, hint="The weights may be damaged.")
    return scale, ()


def _moved(model: Any, place: torch.device, numbers: torch.dtype, source: CheckpointSource) -> Any:
    try:
        return model.to(device=place, dtype=numbers)
    except (RuntimeError, MemoryError) as error:
        if out_of_memory(error):
            raise memory_exhausted(source.where) from error
        raise


def _preprocessing(image_processor: Any) -> str:
    """What the image processor does, as 16 hex digits; its class too, since backends resize a little differently."""
    options = json.dumps(image_processor.to_dict(), sort_keys=True, default=str)
    return hashlib.blake2b(f"{type(image_processor).__name__}{options}".encode(), digest_size=8).hexdigest()


def _try_out(encoder: CheckpointEncoder) -> None:
    """Encode two colours and their names, so that a model that cannot serve fails here and not after an hour."""
    import PIL.Image

    images = encoder.encode_images([PIL.Image.new("RGB", (64, 64), color) for color in ("red", "blue")])
    texts = encoder.encode_texts(["red", "blue"])
    if images.shape[1] != texts.shape[1]:
        raise EncoderError(
            f"images become {images.shape[1]} numbers and texts {texts.shape[1]}: the two towers share no space",
            where=encoder.name,
            hint="The model needs a projection of both towers to one dimension.",
        )
    for vectors, what in ((images, "images"), (texts, "texts")):
        if (vectors[0] == vectors[1]).all():
            # Without the files of its vocabulary, transformers makes a tokenizer that knows no word.
            raise EncoderError(
                f"all {what} are the same to it: red and blue become equal vectors",
                where=encoder.name,
                hint="The files of the tokenizer (tokenizer.json, vocab.json, ...) may be missing, or weights be zero.",
            )
