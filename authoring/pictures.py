"""Sample images for an LLM: a few of each class, cropped as for the encoder, small, as JPEG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from ..errors import DataError
from ..scoring.dataset import Dataset
from ..scoring.images import Crop, open_image
from ..terminal import Progress
from .llm import Picture

SIDE = 512
"""Pixels of the longer side at most: enough to see colour and form, and no more tokens than that needs."""

_QUALITY = 85


def sample_pictures(
    dataset: Dataset, classes: Sequence[str], count: int, *, progress: Progress | None = None
) -> dict[str, tuple[Picture, ...]]:
    """Up to ``count`` pictures of each of ``classes``, spread over its images; unreadable ones are passed over.

    Nothing but the pixels is kept: no EXIF data, no file name. ``progress`` is told ``(done, total)`` classes.
    """
    paths: dict[str, list[Path]] = {name: [] for name in classes}
    for item in dataset.items:
        if item.label in paths:
            paths[item.label].append(item.path)
    found = {}
    for done, name in enumerate(classes, start=1):
        found[name] = _some(_spread(paths[name], count), count, dataset.crop)
        if progress is not None:
            progress(done, len(classes))
    return found


def jpeg(path: Path, crop: Crop | None = None, side: int = SIDE) -> Picture:
    """The image in ``path``, cropped, no side longer than ``side``. Raises ``DataError`` as ``open_image`` does."""
    image = open_image(path, crop)
    image.thumbnail((side, side))
    image.info.clear()
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY)
    return Picture(buffer.getvalue(), "image/jpeg")


def _some(paths: Sequence[Path], count: int, crop: Crop | None) -> tuple[Picture, ...]:
    found: list[Picture] = []
    for path in paths:
        if len(found) == count:
            break
        try:
            found.append(jpeg(path, crop))
        except DataError:
            continue
    return tuple(found)


def _spread(paths: Sequence[Path], count: int) -> list[Path]:
    """``paths``, first ``count`` of them evenly spread, then the others, should one of those be broken."""
    first = [paths[index * len(paths) // count] for index in range(min(count, len(paths)))]
    return [*dict.fromkeys(first), *(path for path in paths if path not in set(first))]
