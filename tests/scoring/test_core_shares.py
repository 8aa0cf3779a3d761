"""A batch is shared out among the cores: nothing is lost or exchanged, and PyTorch has its threads again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from cotsmith.scoring.core_shares import in_shares
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.transformers_encoder import TransformersEncoder


@pytest.fixture(params=[1, 2, 3, 8])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 25, 64])
def test_every_input_is_in_one_share_and_threads_are_divided(threads: int, count: int) -> None:
    def work(part: Sequence[int]) -> tuple[list[int], int]:
        return list(part), torch.get_num_threads()

    shares = in_shares(list(range(count)), work)
    assert [number for part, _ in shares for number in part] == list(range(count))
    assert len(shares) == max(1, min(threads, count // 8))
    assert {used for _, used in shares} == {threads // len(shares)}
    sizes = [len(part) for part, _ in shares]
    assert max(sizes) - min(sizes) <= 1
    assert torch.get_num_threads() == threads


def test_an_error_of_one_share_is_raised_and_threads_are_given_back(threads: int) -> None:
    def work(part: Sequence[int]) -> int:
        if 39 in part:
            raise ValueError("no")
        return len(part)

    with pytest.raises(ValueError, match="no"):
        in_shares(list(range(40)), work)
    assert torch.get_num_threads() == threads


@pytest.mark.usefixtures("threads")
def test_shared_out_images_get_the_vectors_of_one_batch(checkpoint: Callable[[str], Path]) -> None:
    encoder = load_encoder(str(checkpoint("clip")), device="cpu")
    assert isinstance(encoder, TransformersEncoder)
    numbers = np.random.default_rng(0)
    pictures = [Image.fromarray(numbers.integers(0, 256, (30, 40, 3), dtype=np.uint8)) for _ in range(27)]
    found = encoder.encode_prepared([encoder.prepare_image(picture) for picture in pictures])
    assert found == pytest.approx(encoder.encode_images(pictures), abs=1e-5)
