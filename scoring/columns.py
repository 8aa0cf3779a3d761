"""Which columns of a table hold the image and its label: those asked for, else those of the right kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import DataError
from ..systems.text import did_you_mean, plain


@dataclass(frozen=True, slots=True)
class Kinds:
    """The columns of a table that say of themselves that they hold images or classes."""

    images: Sequence[str] = ()
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the image (a path relative to the manifest, an address, the image itself) and its label.

    Where there is no column ``image`` and none was asked for, ``file_name`` is taken, as in Hugging Face's imagefolder,
    or the only column that holds images; for ``label`` likewise the only one that holds classes. A column ``split`` is
    used where there is one.
    """

    image: str = "image"
    label: str = "label"

    def within(self, known: Sequence[str], place: str, kinds: Kinds = Kinds()) -> Columns:
        """These columns as the manifest calls them; ``DataError`` when one is missing."""
        image, label = self.image, self.label
        if image == "image" and image not in known:
            image = next(iter(["file_name"] if "file_name" in known else _only(kinds.images)), image)
        if label == "label" and label not in known:
            label = next(iter(_only(kinds.labels)), label)
        for column, option in ((image, "--image-column"), (label, "--label-column")):
            if column not in known:
                raise DataError(
                    f'no column "{plain(column)}"{did_you_mean(column, known)}',
                    where=place,
                    hint=f"It has: {', '.join(plain(name) for name in known)}. Name the right one with {option}.",
                )
        return Columns(image, label)


def _only(names: Sequence[str]) -> Sequence[str]:
    return names if len(names) == 1 else ()
