"""Images listed in a file, one row each: what a row says becomes an item, an address, or a problem."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import DataError
from ..systems.secrets import without_login
from ..systems.text import plain
from .columns import Columns
from .dataset import Item, split_name
from .image_store import image_place
from .listing import Listing, as_label
from .manifest_rows import LINE_SUFFIXES, TABLE_SUFFIXES, text_rows

METADATA_NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""The files that label the folder they lie in."""

PARQUET_SUFFIXES = frozenset({".parquet", ".pq"})
MANIFEST_SUFFIXES = TABLE_SUFFIXES | LINE_SUFFIXES | PARQUET_SUFFIXES
"""How the names of manifests end."""

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*):(//|\S+;base64,)", re.IGNORECASE)
_IMAGE_HINT = "An image is a path relative to the manifest, or an address that begins with http:// or https://."


@dataclass(slots=True)
class Reading:
    """A manifest half read: what it gave so far, and the row in which each image came up.

    ``folder`` is what its paths are relative to, ``split`` is for rows that name none.
    """

    folder: Path
    split: str | None
    listing: Listing = field(default_factory=Listing)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)

    def take(self, place: str, image: str, label: str, split: object) -> None:
        """An image that is named by its path or address.

        Raises:
            DataError: an address that cannot be asked for, or an image with another label in an earlier row.
        """
        address = _ADDRESS.match(image)
        if address and address[1].lower() not in ("http", "https"):
            shown = plain(without_login(image)[:80])
            raise DataError(f"{shown}: not a path, nor an address", where=place, hint=_IMAGE_HINT)
        path = image_place("downloaded", image) if address else self.folder / image
        if self._seen(place, image, image if address else os.path.normpath(path), label):
            return
        if address:
            self.listing.addresses[path] = image
        elif not path.exists():
            self.listing.skip(place, f"{image}: no such file")
            return
        self.listing.items.append(Item(path, label, self.split_of(split), image if address else ""))

    def split_of(self, named: object) -> str | None:
        """The split of a row that says ``named``."""
        return split_name(named) if isinstance(named, str) and named.strip() else self.split

    def _seen(self, place: str, image: str, key: str, label: str) -> bool:
        """Whether an earlier row has the image already."""
        if key not in self.seen:
            self.seen[key] = (place, label)
            return False
        earlier, other = self.seen[key]
        if label != other:
            raise DataError(
                f'{plain(without_login(image))} is "{plain(label)}" here and "{plain(other)}" at {earlier}',
                where=place,
                hint="An image has one label. Keep one, or make one class of the two.",
            )
        self.listing.skip(place, f"{without_login(image)} stands there already, at {earlier}")
        return True


def read_manifest(path: Path, columns: Columns, split: str | None = None) -> Listing:
    """The rows of ``path`` in their order; ``split`` is for rows that name none.

    A row without image or label, or whose file is missing, is a problem of the listing, told by file and line. Images
    behind addresses are not fetched yet.

    Raises:
        DataError: the file cannot be read or parsed, lacks a column, or gives one image two labels.
        UsageError: a Parquet file without pyarrow.
    """
    if path.suffix.lower() in PARQUET_SUFFIXES:
        from .parquet_source import read_parquet

        return read_parquet(path, columns, split)
    reading = Reading(path.parent, split)
    chosen: Columns | None = None
    for place, row in text_rows(path):
        if chosen is None:
            chosen = columns.within(list(row), place)
        image, label = row.get(chosen.image), as_class(row.get(chosen.label), place)
        if image is not None and not isinstance(image, str):
            raise DataError(f'"{plain(chosen.image)}" holds no path', where=place, hint=_IMAGE_HINT)
        if not image or not label:
            reading.listing.skip(place, f'no "{chosen.label if image else chosen.image}"')
        else:
            reading.take(place, image, label, row.get("split"))
    return reading.listing


def as_class(value: object, place: str, names: Sequence[str] = ()) -> str:
    """The label that a row gives, "" for none; a number is looked up in ``names``, where there are any.

    Raises:
        DataError: several labels.
    """
    if isinstance(value, list | tuple | dict):
        raise DataError(
            "several labels for one image",
            where=place,
            hint="An image has one label here. Name another column with --label-column, or make each combination a "
            "class of its own.",
        )
    if isinstance(value, float) and value.is_integer():  # what pandas makes of numbers where some are missing
        value = int(value)
    if value is None or isinstance(value, bool | float):
        return ""
    if names and isinstance(value, int):
        return as_label(names[value]) if 0 <= value < len(names) else ""
    return as_label(str(value))
