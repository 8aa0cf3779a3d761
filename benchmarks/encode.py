"""How much of a model's own speed is left when it encodes JPEG files: a CLIP with random weights, on the CPU."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from cotsmith.scoring.dataset import Item
from cotsmith.scoring.embed import embed_images
from cotsmith.scoring.preprocessing import Inputs, Preprocessing, stacked
from cotsmith.scoring.quiet_transformers import quiet_transformers
from cotsmith.scoring.transformers_encoder import TransformersEncoder

from .ratio import Row

_BATCH = 32
_PHOTO, _SMALL_PHOTO = (1600, 1200), (320, 240)


def rows(*, small: bool) -> Iterator[Row]:
    """The pipeline against the forward pass alone, and against a plain loop; ViT-B/32, or a tiny tower if ``small``."""
    with tempfile.TemporaryDirectory() as name, quiet_transformers():
        model, processor = _clip(small=small)
        size = _SMALL_PHOTO if small else _PHOTO
        items = _photos(Path(name), 40 if small else 96, size)
        about = f"{'tiny' if small else 'ViT-B/32'}, {len(items)} JPEGs of {size[0]} x {size[1]}"
        yield from _measured(model, processor, items, about, runs=1 if small else 3)


def _measured(model: Any, processor: Any, items: Sequence[Item], about: str, runs: int) -> Iterator[Row]:
    preprocessing = Preprocessing(processor)
    encoder = _encoder(model, preprocessing)
    inputs, decoding = _prepared(items, encoder)
    batches = [stacked(inputs[start : start + _BATCH]) for start in range(0, len(inputs), _BATCH)]
    # Decoding takes this time at least of all cores, whoever does it.
    decoding /= len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    works: tuple[Callable[[], object], ...] = (
        lambda: [_forward(model, batch) for batch in batches],
        lambda: embed_images(items, encoder),
        lambda: _plain_loop(items, model, processor),
    )
    for work in works:
        work()
    times = [[_seconds(work) for work in works] for _ in range(runs)]
    bare, pipeline, loop = zip(*times, strict=True)
    needed = [seconds + decoding for seconds in bare]
    yield _row(f"bare forward + CPU of decoding vs encode, {about}", needed, pipeline, ">= 0.9")
    yield _row(f"plain transformers loop vs encode, {about}", loop, pipeline, ">= 1.3")


def _row(name: str, first: Sequence[float], second: Sequence[float], goal: str) -> Row:
    ratio = statistics.median(a / b for a, b in zip(first, second, strict=True))
    return Row(name, ratio, goal, statistics.median(first), statistics.median(second), len(first))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _prepared(items: Sequence[Item], encoder: TransformersEncoder) -> tuple[list[Inputs], float]:
    """The inputs of every image, and the CPU seconds that one thread took for them."""
    from cotsmith.scoring.images import decode, quiet_pillow

    with quiet_pillow():
        start = time.thread_time()
        inputs = [encoder.prepare_image(decode(item.path, None, encoder.image_side)) for item in items]
        return inputs, time.thread_time() - start


def _forward(model: Any, batch: Inputs) -> object:
    import torch

    with torch.inference_mode():
        return model.get_image_features(**batch)


def _plain_loop(items: Sequence[Item], model: Any, processor: Any) -> object:
    """What the documentation of transformers shows."""
    import torch

    found = []
    for start in range(0, len(items), _BATCH):
        images = [PIL.Image.open(item.path).convert("RGB") for item in items[start : start + _BATCH]]
        with torch.no_grad():
            found.append(model.get_image_features(**processor(images, return_tensors="pt")))
    return found


def _encoder(model: Any, preprocessing: Preprocessing) -> TransformersEncoder:
    text: Any = _NoText()
    return TransformersEncoder(
        model, preprocessing, text, name="random", key="random", logit_scale=1.0, batch_size=_BATCH
    )


class _NoText:
    """In place of a tokenizer: no text is encoded here."""

    limit = None


def _clip(*, small: bool) -> tuple[Any, Any]:
    """A model and its image processor. The defaults of transformers are the sizes of openai/clip-vit-base-patch32."""
    import torch
    import transformers
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tower = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    options: dict[str, Any] = {"text_config": {**tower, "vocab_size": 64, "bos_token_id": 0, "eos_token_id": 1}}
    if small:
        options["vision_config"] = tower
    hf: Any = transformers
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = hf.CLIPModel(hf.CLIPConfig(**options)).eval()
    return model, CLIPImageProcessorPil()


def _photos(folder: Path, count: int, size: tuple[int, int]) -> list[Item]:
    """``count`` JPEGs of smooth noise, about as hard to decode as photographs."""
    numbers, items = np.random.default_rng(0), []
    for number in range(count):
        coarse = numbers.integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
        path = folder / f"{number:04}.jpg"
        PIL.Image.fromarray(coarse).resize(size, PIL.Image.Resampling.BICUBIC).save(path, quality=90)
        items.append(Item(path, "x"))
    return items
