"""What a checkpoint's own image processor does, image by image where that gives the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

Inputs: TypeAlias = "Mapping[str, torch.Tensor]"
"""An image tower's inputs by name; the first axis counts images."""


class Preprocessing:
    """The image processor of a checkpoint.

    ``single`` tells whether images processed one at a time are the same as together, so that threads may do it ahead.
    ``side`` is the length in pixels to which the processor brings an image's shorter side, ``None`` where it is not
    one length for all images.
    """

    def __init__(self, image_processor: Any) -> None:
        self._processor = image_processor
        self.side = _side(image_processor)
        self.single = self._is_single()

    def of(self, images: Sequence[Image]) -> Inputs:
        """The tower's inputs for N images."""
        rgb = [image if image.mode == "RGB" else image.convert("RGB") for image in images]
        inputs: Inputs = self._processor(rgb, return_tensors="pt")
        return inputs

    def _is_single(self) -> bool:
        """Whether two pictures of different shape become the same apart and together: not where one is padded."""
        import PIL.Image
        import torch

        pictures = [PIL.Image.new("RGB", size, color) for size, color in (((64, 48), "red"), ((40, 96), "blue"))]
        try:
            together, apart = self.of(pictures), [self.of([picture]) for picture in pictures]
        except Exception:  # it takes only images of one shape, or is at fault, which will show when it is used
            return False
        if any(not isinstance(value, torch.Tensor) for value in together.values()):
            return False
        if any(one[name].shape[1:] != value.shape[1:] for one in apart for name, value in together.items()):
            return False
        joined = stacked(apart)
        return all(torch.equal(joined[name], value) for name, value in together.items())


def stacked(prepared: Sequence[Inputs]) -> Inputs:
    """Inputs of single images as those of one batch, in their order."""
    import torch

    return {name: torch.cat([one[name] for one in prepared]) for name in prepared[0]}


def _side(image_processor: Any) -> int | None:
    """The length of the shorter side after resizing; ``None`` where it is not known to be one for all images."""
    size = getattr(image_processor, "size", None)
    # A crop_pct makes some processors resize to more than they say, and cut.
    if not getattr(image_processor, "do_resize", False) or getattr(image_processor, "crop_pct", None) is not None:
        return None
    lengths = {name: size[name] for name in _SIZE_NAMES if size is not None and size.get(name) is not None}
    if set(lengths) not in ({"shortest_edge"}, {"height", "width"}):
        return None
    return max(map(int, lengths.values()))


_SIZE_NAMES = ("shortest_edge", "longest_edge", "height", "width", "max_height", "max_width")
