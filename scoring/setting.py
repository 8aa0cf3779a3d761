"""What else a person needs to read the numbers of an evaluation, and to get them again."""

from __future__ import annotations

from dataclasses import dataclass

from .dataset import Item, Skipped
from .images import Crop


@dataclass(frozen=True, slots=True)
class Setting:
    """What else a person needs to read the numbers, and to get them again.

    ``encoder`` is its name, ``encoder_key`` its identity, which also tells revisions and number formats apart.
    ``items`` are the images in the order of the evaluation's columns, empty for embeddings computed elsewhere;
    ``skipped`` was left out, and why; ``truncated`` are texts whose end the encoder does not see.
    """

    encoder: str = ""
    encoder_key: str = ""
    data: str = ""
    split: str = "all"
    crop: Crop | None = None
    items: tuple[Item, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    truncated: tuple[str, ...] = ()
