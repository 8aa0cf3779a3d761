"""Images in the terminal: the best that it can, half blocks anywhere, or none."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..errors import DataError
from ..scoring.images import Crop, open_image

if TYPE_CHECKING:
    from textual.widget import Widget

    from ..scoring.evaluation import Evaluation

Mode: TypeAlias = Literal["best", "blocks", "off"]

MODES: dict[Mode, str] = {
    "best": "images as well as this terminal can",
    "blocks": "images of half blocks",
    "off": "no images",
}
_EDGE = 160


def first_mode() -> Mode:
    """Off where every byte travels over ssh, else the best."""
    return "off" if os.environ.get("SSH_CONNECTION") else "best"


def prepare() -> bool:
    """Ask the terminal what it can: before the screen is taken over, for afterwards it cannot be asked.

    Returns whether it can show images, which one that does not tell its size cannot.
    """
    try:
        import textual_image.widget  # noqa: F401 - importing it asks
    except ZeroDivisionError:  # it divides by the number of columns
        return False
    return True


def thumbnail_widget(evaluation: Evaluation, index: int, mode: Mode) -> Widget | None:
    """A widget with image ``index`` of an evaluation, cropped as the encoder saw it; None where it cannot be read."""
    from textual_image.widget import HalfcellImage, Image

    setting = evaluation.setting
    image = _small(setting.items[index].path, setting.crop)
    if image is None:
        return None
    widget: Widget = (HalfcellImage if mode == "blocks" else Image)(image, classes="picture")
    return widget


@lru_cache(maxsize=256)
def _small(path: Path, crop: Crop | None) -> Any:
    try:
        image = open_image(path, crop)
    except DataError:  # it could be read when it was measured, and is gone since
        return None
    image.thumbnail((_EDGE, _EDGE))
    return image
