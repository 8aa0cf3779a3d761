"""Embedding keeps order, labels and every failure, for any encoder that follows the protocol."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cotsmith.errors import DataError, EncoderError, UsageError
from cotsmith.scoring.dataset import Dataset, Item
from cotsmith.scoring.embed import embed_images, embed_prompts, embed_texts, encode_pictures, truncated_texts
from cotsmith.scoring.encoder import Vectors
from cotsmith.scoring.images import Crop, decode


class MeanColor:
    """An honest encoder without torch: an image is its mean colour, a text the counts of three letters."""

    key = "mean-color"
    logit_scale = 10.0

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.images = 0

    def encode_images(self, images: list[Image.Image]) -> Vectors:
        self.images += len(images)
        return np.stack([np.asarray(image, dtype=np.float32).mean(axis=(0, 1)) + 1 for image in images])

    def encode_texts(self, texts: list[str]) -> Vectors:
        self.batches.append(texts)
        return np.array([[text.count(letter) + 1 for letter in "rgb"] for text in texts], dtype=np.float32)


def colored(folder: Path, count: int) -> list[Item]:
    items = []
    for number in range(count):
        path = folder / f"{number:03}.png"
        Image.new("RGB", (8, 8), (number * 7 % 256, 255 - number, 20)).save(path)
        items.append(Item(path, f"label {number % 3}"))
    return items


def test_vectors_come_in_order_whatever_the_batch_size(tmp_path: Path) -> None:
    items = colored(tmp_path, 23)
    expected = np.array([[n * 7 % 256 + 1, 256 - n, 21] for n in range(23)], dtype=np.float32)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    for batch_size in (None, 1, 5, 23, 100):
        embedded = embed_images(items, MeanColor(), batch_size=batch_size)
        assert embedded.vectors.dtype == np.float32
        np.testing.assert_allclose(embedded.vectors, expected, atol=1e-6)
        assert embedded.items == tuple(items)
        assert embedded.labels == tuple(item.label for item in items)
        assert embedded.skipped == ()


def test_broken_images_are_skipped_with_their_reasons(tmp_path: Path) -> None:
    items = colored(tmp_path, 9)
    items[0].path.write_text("not an image")
    items[4].path.write_bytes(items[4].path.read_bytes()[:50])
    items[8].path.unlink()
    embedded = embed_images(items, MeanColor(), batch_size=2)
    assert embedded.items == tuple(item for index, item in enumerate(items) if index not in {0, 4, 8})
    assert len(embedded.vectors) == 6
    assert [Path(skipped.where) for skipped in embedded.skipped] == [items[0].path, items[4].path, items[8].path]
    assert "text file" in embedded.skipped[0].reason
    assert "no such file" in embedded.skipped[2].reason


def test_all_broken_is_an_error(tmp_path: Path) -> None:
    items = [Item(tmp_path / f"{number}.png", "A") for number in range(7)]
    with pytest.raises(DataError, match="not one of 7 images can be read") as error:
        embed_images(items, MeanColor())
    assert "0.png: no such file" in error.value.message
    assert "and 2 more" in error.value.message


def test_nothing_to_embed_is_an_error() -> None:
    with pytest.raises(DataError, match="no images"):
        embed_images([], MeanColor())


def test_the_crop_of_the_dataset_applies(tmp_path: Path) -> None:
    image = Image.new("RGB", (10, 10), (255, 0, 0))
    image.paste((0, 0, 255), (0, 5, 10, 10))
    image.save(tmp_path / "x.png")
    item = Item(tmp_path / "x.png", "A")
    lower, upper = Crop(0, 0.5, 1, 1), Crop(0, 0, 1, 0.5)
    dataset = Dataset("x", (item,), crop=lower)
    assert embed_images(dataset, MeanColor()).vectors[0].argmax() == 2
    assert embed_images(dataset, MeanColor(), crop=upper).vectors[0].argmax() == 0
    assert embed_images([item], MeanColor(), crop=upper).vectors[0].argmax() == 0


def test_progress_reaches_the_total(tmp_path: Path) -> None:
    items = colored(tmp_path, 5)
    items[4].path.write_text("broken")
    seen: list[tuple[int, int]] = []
    embed_images(items, MeanColor(), batch_size=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]


def test_decoding_stays_a_bounded_number_of_images_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = colored(tmp_path, 80)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    opened: list[Path] = []
    lock = threading.Lock()

    def counting(path: Path, crop: Crop | None = None, side: int | None = None) -> Image.Image:
        with lock:
            opened.append(path)
        return decode(path, crop, side)

    monkeypatch.setattr("cotsmith.scoring.decoding.decode", counting)

    class Failing(MeanColor):
        def encode_images(self, images: list[Image.Image]) -> Vectors:
            raise EncoderError("no more")

    with pytest.raises(EncoderError):
        embed_images(items, Failing(), batch_size=10)
    assert len(opened) <= 10 + 5
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet="rgbx ", max_size=12), min_size=1, max_size=30), st.integers(1, 8))
def test_texts_are_encoded_once_and_returned_in_order(texts: list[str], batch_size: int) -> None:
    encoder = MeanColor()
    vectors = embed_texts(encoder, texts, batch_size=batch_size)
    encoded = [text for batch in encoder.batches for text in batch]
    assert sorted(encoded) == sorted(set(texts))
    assert [len(text) for text in encoded] == sorted(len(text) for text in encoded)
    assert max(map(len, encoder.batches)) <= batch_size
    alone = np.concatenate([embed_texts(MeanColor(), [text]) for text in texts])
    np.testing.assert_array_equal(vectors, alone)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_no_texts_give_no_vectors() -> None:
    assert embed_texts(MeanColor(), []).shape == (0, 0)


def test_progress_counts_distinct_texts() -> None:
    seen: list[tuple[int, int]] = []
    embed_texts(MeanColor(), ["r", "g", "r"], batch_size=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_prompts_are_averaged_after_normalisation_and_normalised_again() -> None:
    encoder = MeanColor()
    vectors = embed_prompts(encoder, ["{}", "rrrr {}"], ["g", "b", "g"])
    one = np.array([[1, 2, 1], [1, 1, 2]], dtype=np.float64)
    two = np.array([[5, 2, 1], [5, 1, 2]], dtype=np.float64)
    mean = one / np.linalg.norm(one, axis=1)[:, None] + two / np.linalg.norm(two, axis=1)[:, None]
    expected = mean / np.linalg.norm(mean, axis=1)[:, None]
    np.testing.assert_allclose(vectors, expected[[0, 1, 0]], atol=1e-6)
    assert sum(map(len, encoder.batches)) == 4


class Answering:
    """An encoder that answers every call with the same thing."""

    key = "answering"
    logit_scale = 1.0

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def encode_images(self, images: list[Image.Image]) -> Vectors:
        return self.answer  # type: ignore[return-value]

    def encode_texts(self, texts: list[str]) -> Vectors:
        return self.answer  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (np.full((2, 3), np.nan), "NaN or infinity in the vectors of 2 of 2"),
        (np.array([[1.0, np.inf], [1.0, 0.0]]), "NaN or infinity in the vectors of 1 of 2"),
        (np.ones((3, 3)), r"shape \(3, 3\) for 2"),
        (np.ones(2), r"shape \(2,\)"),
        (np.ones((2, 0)), "shape"),
        (None, "shape|not vectors"),
        ([[1.0], [1.0, 2.0]], "not vectors"),
        ("vectors", "not vectors"),
    ],
)
def test_nonsense_from_an_encoder_is_an_encoder_error(answer: object, says: str) -> None:
    pictures = [Image.new("RGB", (2, 2))] * 2
    with pytest.raises(EncoderError, match=says) as error:
        encode_pictures(pictures, Answering(answer))
    assert error.value.where == "answering"
    with pytest.raises(EncoderError, match=says):
        embed_texts(Answering(answer), ["a", "b"])


def test_float64_lists_and_read_only_arrays_are_taken() -> None:
    fixed = np.eye(2, 4)
    fixed.flags.writeable = False
    for answer in (fixed, fixed.tolist()):
        assert embed_texts(Answering(answer), ["a", "b"]).dtype == np.float32


def test_a_changing_dimension_is_an_encoder_error() -> None:
    class Growing(MeanColor):
        def encode_texts(self, texts: list[str]) -> Vectors:
            return np.ones((len(texts), len(texts)), dtype=np.float32)

    with pytest.raises(EncoderError, match="1 and 2 dimensions"):
        embed_texts(Growing(), ["a", "b", "c"], batch_size=2)


def test_a_batch_size_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="batch size 0"):
        embed_texts(MeanColor(), ["a"], batch_size=0)


def test_the_encoders_own_batch_size_is_used() -> None:
    encoder = MeanColor()
    encoder.batch_size = 3  # type: ignore[attr-defined]
    embed_texts(encoder, [str(number) for number in range(7)])
    assert [len(batch) for batch in encoder.batches] == [3, 3, 1]


def test_texts_that_are_cut_are_told_where_the_encoder_can_tell() -> None:
    class Short(MeanColor):
        def truncated(self, texts: Sequence[str]) -> list[str]:
            return [text for text in texts if len(text) > 3]

    assert truncated_texts(Short(), ["abc", "abcd"]) == ("abcd",)
    assert truncated_texts(MeanColor(), ["abcd"]) == ()


class Broken(MeanColor):
    """Somebody's encoder with a fault of its own."""

    def encode_images(self, images: list[Image.Image]) -> Vectors:
        raise RuntimeError("boom [red]")

    def encode_texts(self, texts: list[str]) -> Vectors:
        raise IndexError(f"{len(texts)} texts are too many")


def test_what_somebodys_encoder_raises_is_told_as_the_encoders_fault(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"mean-color: the encoder failed on 2 images: RuntimeError: boom \[red\]"):
        embed_images(colored(tmp_path, 2), Broken())
    with pytest.raises(EncoderError, match="the encoder failed on 1 texts: IndexError: 1 texts are too many"):
        embed_texts(Broken(), ["a"])
