"""What threads prepare ahead is what the checkpoint's own processor makes, and JPEGs are read small only so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cotsmith.errors import EncoderError
from cotsmith.scoring.cache import image_identity
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.embed import embed_images, encode_pictures
from cotsmith.scoring.encoder import Vectors, image_side
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.images import Crop, decode, open_image
from cotsmith.scoring.preprocessing import Preprocessing, stacked
from cotsmith.scoring.transformers_encoder import TransformersEncoder
from tests.scoring.tiny_models import BUILDERS

Checkpoint = Callable[[str], Path]
SIZES = [(40, 30), (16, 16), (1, 1), (3, 3), (1, 40), (90, 3), (200, 150)]


def photo(width: int, height: int, seed: int = 0) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def files(folder: Path) -> list[Item]:
    """A PNG of each size, which nothing shrinks."""
    items = []
    for number, size in enumerate(SIZES * 3):
        path = folder / f"{number}.png"
        photo(*size, seed=number).save(path)
        items.append(Item(path, "x"))
    return items


def loaded(folder: Path, **options: Any) -> TransformersEncoder:
    encoder = load_encoder(str(folder), device="cpu", **options)
    assert isinstance(encoder, TransformersEncoder)
    return encoder


@pytest.mark.parametrize("kind", BUILDERS)
def test_prepared_inputs_are_those_of_the_checkpoints_own_processor(checkpoint: Checkpoint, kind: str) -> None:
    import torch
    import transformers

    hf: Any = transformers
    pictures = [photo(*size) for size in SIZES]
    expected = hf.AutoProcessor.from_pretrained(checkpoint(kind)).image_processor(pictures, return_tensors="pt")
    encoder = loaded(checkpoint(kind))
    assert encoder.prepares_images
    prepared = stacked([encoder.prepare_image(picture) for picture in pictures])
    assert set(prepared) == set(expected)
    for name, value in prepared.items():
        assert torch.equal(value, expected[name]), name


@pytest.mark.parametrize("kind", BUILDERS)
def test_files_become_what_their_images_become(checkpoint: Checkpoint, kind: str, tmp_path: Path) -> None:
    encoder, items = loaded(checkpoint(kind)), files(tmp_path)
    direct = encode_pictures([open_image(item.path) for item in items], encoder)
    for batch_size in (4, 100):
        embedded = embed_images(items, encoder, batch_size=batch_size)
        assert embedded.items == tuple(items)
        np.testing.assert_allclose(embedded.vectors, direct, atol=1e-5)
    again = embed_images(items, encoder, batch_size=4).vectors
    np.testing.assert_array_equal(again, embed_images(items, encoder, batch_size=4).vectors)


@pytest.mark.parametrize(
    ("kind", "side"), [("clip", 16), ("siglip", 16), ("siglip2", None), ("align", 32), ("dual", 16)]
)
def test_the_side_is_known_where_it_is_one(checkpoint: Checkpoint, kind: str, side: int | None) -> None:
    assert image_side(loaded(checkpoint(kind))) == side


class Padding:
    """Stands for a processor that pads a batch to its largest image."""

    size = {"longest_edge": 64}  # noqa: RUF012 (as processors have it)
    do_resize = True

    def __call__(self, images: list[Image.Image], return_tensors: str) -> Any:
        import torch

        assert return_tensors == "pt"
        width, height = (max(image.size[axis] for image in images) for axis in (0, 1))
        return {"pixel_values": torch.zeros(len(images), 3, height, width)}


def test_a_processor_that_pads_gets_whole_batches() -> None:
    preprocessing = Preprocessing(Padding())
    assert not preprocessing.single
    assert preprocessing.side is None


def test_nothing_is_prepared_for_images_that_pad(checkpoint: Checkpoint, tmp_path: Path) -> None:
    encoder, items = loaded(checkpoint("clip")), files(tmp_path)
    expected = embed_images(items, encoder).vectors
    encoder._preprocessing.single = False
    np.testing.assert_array_equal(embed_images(items, encoder).vectors, expected)


# --- JPEGs, read small


def saved_jpeg(path: Path, width: int, height: int, **options: Any) -> Path:
    photo(width, height).save(path, quality=90, **options)
    return path


@pytest.mark.parametrize(
    ("size", "side", "crop", "decoded"),
    [
        ((800, 640), 160, None, (400, 320)),
        ((800, 640), 161, None, (800, 640)),
        ((800, 640), 80, None, (200, 160)),
        ((800, 640), 10, None, (100, 80)),
        ((800, 640), 80, Crop(0, 0, 0.5, 1), (200, 320)),
        ((799, 639), 150, None, (400, 320)),
    ],
)
def test_a_jpeg_is_never_read_at_under_twice_the_side(
    tmp_path: Path, size: tuple[int, int], side: int, crop: Crop | None, decoded: tuple[int, int]
) -> None:
    found = decode(saved_jpeg(tmp_path / "x.jpg", *size), crop, side).size
    assert min(found) >= 2 * side
    assert found == decoded


def test_a_turned_jpeg_is_cropped_as_it_is_seen(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved_jpeg(tmp_path / "x.jpg", 800, 400, exif=exif)
    crop = Crop(0, 0, 1, 0.25)
    small, whole = decode(path, crop, 12), decode(path, crop)
    assert whole.size == (400, 200)
    assert small.size == (100, 50)
    difference = np.asarray(small, dtype=float) - np.asarray(whole.resize(small.size, Image.Resampling.BOX), float)
    assert np.abs(difference).max() < 24
    assert np.abs(difference).mean() < 2


def test_other_formats_are_read_whole(tmp_path: Path) -> None:
    photo(800, 600).save(tmp_path / "x.png")
    assert decode(tmp_path / "x.png", None, 10).size == (800, 600)


def test_reading_small_hardly_moves_a_vector(tmp_path: Path) -> None:
    encoder = load_encoder("demo", device="cpu")
    assert isinstance(encoder, TransformersEncoder)
    assert encoder.image_side is not None
    items = []
    for number in range(8):
        path = tmp_path / f"{number}.jpg"
        photo(1600, 1200, seed=number).save(path, quality=90)
        items.append(Item(path, "x"))
    whole = encode_pictures([open_image(item.path) for item in items], encoder)
    cosines = (embed_images(items, encoder).vectors * whole).sum(axis=1)
    assert cosines.min() > 0.999
    assert cosines.min() < 1  # it was read small


def test_reading_small_is_part_of_the_identity(checkpoint: Checkpoint) -> None:
    encoder = loaded(checkpoint("clip"))
    known = image_identity(encoder, None)
    assert '"draft": 16' in known
    encoder._preprocessing.side = None
    assert image_identity(encoder, None) != known


# --- bounds, faults, numbers


class Preparing:
    """A mean colour in two steps."""

    key = "preparing"
    logit_scale = 1.0
    prepares_images = True

    def __init__(self) -> None:
        self.prepared = 0
        self.most_waiting = 0
        self.encoded = 0
        self.lock = threading.Lock()

    def prepare_image(self, image: Image.Image) -> Any:
        with self.lock:
            self.prepared += 1
            self.most_waiting = max(self.most_waiting, self.prepared - self.encoded)
        return np.asarray(image, dtype=np.float32).mean(axis=(0, 1)) + 1

    def encode_prepared(self, prepared: list[Any]) -> Vectors:
        with self.lock:
            self.encoded += len(prepared)
        return np.stack(prepared)

    def encode_images(self, images: list[Image.Image]) -> Vectors:
        return np.stack([self.prepare_image(image) for image in images])

    def encode_texts(self, texts: list[str]) -> Vectors:
        return np.ones((len(texts), 3), dtype=np.float32)


def squares(folder: Path, count: int) -> list[Item]:
    items = []
    for number in range(count):
        path = folder / f"{number:03}.png"
        Image.new("RGB", (4, 4), (number, 255 - number, 9)).save(path)
        items.append(Item(path, "x"))
    return items


def test_at_most_three_batches_are_in_memory(tmp_path: Path) -> None:
    encoder, items = Preparing(), squares(tmp_path, 150)
    vectors = embed_images(items, encoder, batch_size=20).vectors
    assert encoder.most_waiting <= 3 * 20
    expected = np.array([[n + 1, 256 - n, 10] for n in range(150)], dtype=np.float32)
    np.testing.assert_allclose(vectors, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)


def test_a_broken_image_leaves_the_others_prepared(tmp_path: Path) -> None:
    items = squares(tmp_path, 9)
    items[4].path.write_text("no image")
    embedded = embed_images(items, Preparing(), batch_size=3)
    assert embedded.items == tuple(items[:4] + items[5:])
    assert "text file" in embedded.skipped[0].reason


def test_a_fault_in_preparing_is_the_encoders(tmp_path: Path) -> None:
    class Failing(Preparing):
        def prepare_image(self, image: Image.Image) -> Any:
            raise RuntimeError(f"cannot take {image.size[0]} pixels")

    with pytest.raises(EncoderError, match="failed on an image: RuntimeError: cannot take 4 pixels"):
        embed_images(squares(tmp_path, 9), Failing())


def test_an_interrupt_ends_the_threads_at_once(tmp_path: Path) -> None:
    class Interrupted(Preparing):
        def encode_prepared(self, prepared: list[Any]) -> Vectors:
            raise KeyboardInterrupt

    encoder = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        embed_images(squares(tmp_path, 120), encoder, batch_size=10)
    assert encoder.prepared <= 10 + max(2 * 10, 32)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def test_bfloat16_stays_within_its_tolerance() -> None:
    full, half = (load_encoder("demo", device="cpu", dtype=dtype) for dtype in ("float32", "bfloat16"))
    pictures = [photo(96, 96, seed=number) for number in range(8)]
    cosines = (encode_pictures(pictures, full) * encode_pictures(pictures, half)).sum(axis=1)
    assert cosines.min() > 0.999
