"""Train the teaching world's tiny CLIP: ``python -m cotsmith.scoring.demo.train [FOLDER]``.

A real transformers CLIP of about a million parameters learns from artwork with freely sampled looks. For each aspect
there is one cross-entropy: which of sentences for that aspect's options fits the image. Names of creatures, and the
combinations that make a creature, are never used. Every random choice is seeded; figures still differ in the last
digits between machines, because sums are taken in different orders. The bundled checkpoint was made with ``--half`` and
otherwise the defaults, in about half an hour on two cores that had other work as well.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .vocabulary import ASPECTS, Aspect
from .wording import MAX_TOKENS, build_tokenizer, sample_texts
from .world import CARD_QUALITY, any_looks, render_artwork

if TYPE_CHECKING:
    import torch
    from transformers import CLIPModel, CLIPTokenizer

SIDE = 64
BATCH = 128
TEXT_SETS = 2
ENCODER_FOLDER = Path(__file__).parent / "encoder"

LOGIT_SCALE = 6.0
"""What the saved model multiplies cosines with. The trained 33 makes probabilities so near to 0 and 1 that some images
are decided by the last bit of a sum, on one processor otherwise than on another. Which option is likeliest stays.
"""

_PROJECTION = 64
_VISION = {
    "hidden_size": 128,
    "intermediate_size": 512,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "patch_size": 8,
    "image_size": SIDE,
    "projection_dim": _PROJECTION,
}
_TEXT = {
    "hidden_size": 96,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": MAX_TOKENS,
    "projection_dim": _PROJECTION,
}


def render_example(index: int, seed: int = 0) -> tuple[NDArray[np.uint8], list[int]]:
    """``(64, 64, 3) uint8`` pixels as the encoder will see them, and for each aspect the number of its option."""
    rng = Random(f"training/{seed}/{index}")
    looks = any_looks(rng)
    buffer = io.BytesIO()
    render_artwork(looks, rng).save(buffer, "JPEG", quality=CARD_QUALITY)
    image = Image.open(buffer).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(image), [aspect.keys.index(looks[aspect.name]) for aspect in ASPECTS]


def render_examples(count: int, workers: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``(count, 64, 64, 3) uint8`` images and ``(count, aspects) int64`` options, rendered by ``workers`` processes."""
    images = np.empty((count, SIDE, SIDE, 3), dtype=np.uint8)
    labels = np.empty((count, len(ASPECTS)), dtype=np.int64)
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for index, (pixels, options) in enumerate(pool.imap(render_example, range(count), chunksize=64)):
            images[index], labels[index] = pixels, options
            if (index + 1) % 2000 == 0:
                _say(f"rendered {index + 1} of {count} images")
    return images, labels


def new_model(tokenizer: CLIPTokenizer) -> CLIPModel:
    """An untrained CLIP of the demo's size for ``tokenizer``'s vocabulary."""
    from transformers import CLIPConfig, CLIPModel

    ids = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
    text = {**_TEXT, **ids, "vocab_size": len(tokenizer)}
    return CLIPModel(CLIPConfig(text_config=text, vision_config=_VISION, projection_dim=_PROJECTION))


def train(
    images: NDArray[np.uint8], labels: NDArray[np.int64], *, steps: int, rate: float, seed: int, half: bool
) -> tuple[CLIPModel, CLIPTokenizer]:
    """Train a new model for ``steps`` steps of 128 images with one-cycle AdamW of peak rate ``rate``.

    ``half`` computes in bfloat16 where that is safe: a quarter faster on processors that have it, slower on others.
    """
    import torch

    torch.manual_seed(seed)
    rng = Random(seed)
    tokenizer = build_tokenizer()
    model = new_model(tokenizer).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps, pct_start=0.1)
    started, recent = time.monotonic(), np.zeros(len(ASPECTS))
    for step, rows in enumerate(_batches(len(images), steps, seed)):
        pixels = augment(torch.from_numpy(images[rows]))
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            losses, right = _losses(model, tokenizer, pixels, torch.from_numpy(labels[rows]), rng)
        optimizer.zero_grad(set_to_none=True)
        losses.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            model.logit_scale.clamp_(max=np.log(100.0))
        recent = recent * 0.98 + np.array(right) * 0.02 if step else np.array(right)
        if (step + 1) % 100 == 0:
            figures = " ".join(f"{aspect.name} {share:.1%}" for aspect, share in zip(ASPECTS, recent, strict=True))
            _say(f"step {step + 1} of {steps}, {time.monotonic() - started:.0f} s, loss {losses.item():.3f}: {figures}")
    return model.eval(), tokenizer


def augment(pixels: torch.Tensor) -> torch.Tensor:
    """``(B, 64, 64, 3) uint8`` to ``(B, 3, 64, 64) float32`` around −1 to 1: mirrored, shifted, lit and grained."""
    import torch

    batch = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1
    if torch.rand(()) < 0.5:
        batch = batch.flip(3)
    padded = torch.nn.functional.pad(batch, (3, 3, 3, 3), mode="replicate")
    # A few groups are shifted together: one shift per image would cost as much as the forward pass.
    parts = []
    for group in padded.chunk(16):
        dy, dx = (int(torch.randint(0, 7, ())) for _ in range(2))
        parts.append(group[:, :, dy : dy + SIDE, dx : dx + SIDE])
    batch = torch.cat(parts)
    gain = 1 + 0.1 * torch.randn(len(batch), 1, 1, 1)
    offset = 0.06 * torch.randn(len(batch), 1, 1, 1)
    return batch * gain + offset + 0.03 * torch.randn_like(batch)


def _batches(count: int, steps: int, seed: int) -> Iterator[NDArray[np.int64]]:
    shuffler = np.random.default_rng(seed)
    order, at = shuffler.permutation(count), 0
    for _ in range(steps):
        if at + BATCH > count:
            order, at = shuffler.permutation(count), 0
        yield order[at : at + BATCH]
        at += BATCH


def _losses(
    model: CLIPModel, tokenizer: CLIPTokenizer, pixels: torch.Tensor, labels: torch.Tensor, rng: Random
) -> tuple[torch.Tensor, list[float]]:
    """The summed cross-entropy, and for each aspect the share of images whose best sentence is the right one."""
    import torch
    from torch.nn.functional import cross_entropy, normalize

    texts = [text for _ in range(TEXT_SETS) for aspect in ASPECTS for text in sample_texts(aspect, rng)]
    tokens = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    seen = normalize(model.get_image_features(pixel_values=pixels).pooler_output, dim=-1)
    said = normalize(model.get_text_features(**tokens).pooler_output, dim=-1)
    logits = model.logit_scale.exp() * seen @ said.T
    loss, right, at = torch.zeros(()), [0.0] * len(ASPECTS), 0
    for _ in range(TEXT_SETS):
        for number, aspect in enumerate(ASPECTS):
            part = logits[:, at : at + len(aspect.options)]
            at += len(aspect.options)
            loss = loss + cross_entropy(part, labels[:, number]) / TEXT_SETS
            right[number] += float((part.argmax(1) == labels[:, number]).float().mean()) / TEXT_SETS
    return loss, right


def save(model: CLIPModel, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """Write the checkpoint in transformers format, weights in float16, with a gentler scale than the trained one."""
    import torch
    from transformers import CLIPImageProcessorPil, CLIPProcessor

    middle = [0.5, 0.5, 0.5]
    size = {"height": SIDE, "width": SIDE}
    processor = CLIPImageProcessorPil(size=size, do_center_crop=False, image_mean=middle, image_std=middle)
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        model.logit_scale.fill_(np.log(LOGIT_SCALE))
    model.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
    CLIPProcessor(image_processor=processor, tokenizer=tokenizer).save_pretrained(folder)  # type: ignore[no-untyped-call]


def measure(model: CLIPModel, tokenizer: CLIPTokenizer, count: int = 1000) -> dict[str, float]:
    """For each aspect the accuracy on ``count`` new images, each option by its first noun in the first prompt."""
    import torch

    examples = [render_example(index, seed=1) for index in range(count)]
    pixels = torch.from_numpy(np.stack([image for image, _ in examples])).permute(0, 3, 1, 2).float() / 127.5 - 1
    labels = np.array([options for _, options in examples])
    with torch.inference_mode():
        seen = model.get_image_features(pixel_values=pixels).pooler_output
        shares = {}
        for number, aspect in enumerate(ASPECTS):
            tokens = tokenizer(_plain_texts(aspect), padding=True, return_tensors="pt")
            said = torch.nn.functional.normalize(model.get_text_features(**tokens).pooler_output, dim=-1)
            shares[aspect.name] = float(((seen @ said.T).argmax(1).numpy() == labels[:, number]).mean())
    return shares


def _plain_texts(aspect: Aspect) -> list[str]:
    return [aspect.prompts[0].replace("{}", option.nouns[0]) for option in aspect.options]


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def main() -> None:
    """Render, train, save, and say on standard error how it goes."""
    parser = argparse.ArgumentParser(description="Train the teaching world's encoder.")
    parser.add_argument("folder", nargs="?", type=Path, default=ENCODER_FOLDER, help="where the checkpoint goes")
    parser.add_argument("--images", type=int, default=16_000, help="how many images to render")
    parser.add_argument("--steps", type=int, default=3600, help="training steps of 128 images")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--half", action="store_true", help="compute in bfloat16 (processors with AVX512-BF16)")
    parser.add_argument("--workers", type=int, default=multiprocessing.cpu_count(), help="processes that render")
    arguments = parser.parse_args()
    images, labels = render_examples(arguments.images, arguments.workers)
    choices = {name: getattr(arguments, name) for name in ("steps", "rate", "seed", "half")}
    model, tokenizer = train(images, labels, **choices)
    _say("held out: " + " ".join(f"{name} {share:.1%}" for name, share in measure(model, tokenizer).items()))
    save(model, tokenizer, arguments.folder)


if __name__ == "__main__":
    main()
