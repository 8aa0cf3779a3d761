"""Images listed in a CSV, TSV or JSONL file, one row each."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..systems.text import did_you_mean, plain
from .dataset import Item, split_name
from .listing import Listing, as_label

METADATA_NAMES = ("metadata.csv", "metadata.jsonl")
"""The files that label the folder they lie in."""

_TABLES = frozenset({".csv", ".tsv"})
_LINES = frozenset({".jsonl", ".ndjson"})
MANIFEST_SUFFIXES = _TABLES | _LINES
"""How the names of manifests end."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the path of the image (relative to the manifest) and its label.

    Where there is no column ``image`` and none was asked for, ``file_name`` is taken, as in Hugging Face's imagefolder.
    A column ``split`` is used where there is one.
    """

    image: str = "image"
    label: str = "label"

    def within(self, known: Sequence[str], place: str) -> Columns:
        """These columns as the manifest calls them; ``DataError`` when one is missing."""
        image = self.image
        if image == "image" and image not in known and "file_name" in known:
            image = "file_name"
        for column in (image, self.label):
            if column not in known:
                raise DataError(
                    f'no column "{plain(column)}"{did_you_mean(column, known)}',
                    where=place,
                    hint=f"It has: {', '.join(plain(name) for name in known)}. Name the columns of image and label.",
                )
        return Columns(image, self.label)


@dataclass(slots=True)
class _Reading:
    """A manifest half read: what it gave so far, and the row in which each image came up."""

    folder: Path
    split: str | None
    listing: Listing = field(default_factory=Listing)
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_manifest(path: Path, columns: Columns, split: str | None = None) -> Listing:
    """The rows of ``path`` in their order; ``split`` is for rows that name none.

    A row without image or label, or whose file is missing, is a problem of the listing, told by file and line.

    Raises:
        DataError: the file cannot be read or parsed, lacks a column, or gives one image two labels.
    """
    reading = _Reading(path.parent, split)
    chosen: Columns | None = None
    for place, row in _rows(path):
        if chosen is None:
            chosen = columns.within(list(row), place)
        _take(reading, place, row, chosen)
    return reading.listing


def _take(reading: _Reading, place: str, row: Mapping[str, Any], columns: Columns) -> None:
    image, label = row.get(columns.image), _label(row.get(columns.label), place)
    if isinstance(image, str) and re.match(r"[a-z0-9]+://", image):
        raise DataError(f"{plain(image)}: images cannot be read from an address", where=place, hint=_LOCAL_HINT)
    if image is not None and not isinstance(image, str):
        raise DataError(f'"{plain(columns.image)}" holds no path', where=place, hint=_LOCAL_HINT)
    if not image or not label:
        reading.listing.skip(place, f'no "{columns.label if image else columns.image}"')
        return
    path = reading.folder / image
    key = os.path.normpath(path)
    if key in reading.seen:
        earlier, other = reading.seen[key]
        if label != other:
            raise DataError(
                f'{plain(image)} is "{plain(label)}" here and "{plain(other)}" at {earlier}',
                where=place,
                hint="An image has one label. Keep one, or make one class of the two.",
            )
        reading.listing.skip(place, f"{image} stands there already, at {earlier}")
    elif not path.exists():
        reading.listing.skip(place, f"{image}: no such file")
    else:
        reading.seen[key] = (place, label)
        own = row.get("split")
        split = split_name(own) if isinstance(own, str) and own.strip() else reading.split
        reading.listing.items.append(Item(path, label, split))


_LOCAL_HINT = "Give the path of an image file, relative to the manifest; download what lies elsewhere first."


def _label(value: object, place: str) -> str:
    if isinstance(value, list | dict):
        raise DataError(
            "several labels for one image",
            where=place,
            hint="An image has one label here. Name another column, or make each combination a class of its own.",
        )
    if value is None or isinstance(value, bool | float):
        return ""
    return as_label(str(value))


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    shown = plain(str(path))
    try:
        # "utf-8-sig": what Excel saves begins with a byte order mark.
        with open(path, encoding="utf-8-sig", newline="") as file:
            for line, row in _table_rows(file, path) if path.suffix.lower() in _TABLES else _line_rows(file, shown):
                yield f"{shown}:{line}", row
    except UnicodeDecodeError:
        raise DataError("it is not UTF-8 text", where=shown, hint="Save it as UTF-8 CSV or JSONL.") from None
    except OSError as error:
        raise DataError(error.strerror or "it cannot be read", where=shown) from error


def _table_rows(file: Any, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    header = file.readline()
    file.seek(0)
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(file, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if None in row:
                raise DataError(
                    f"the row has more fields than the {len(reader.fieldnames or ())} of the header",
                    where=f"{plain(str(path))}:{reader.line_num}",
                    hint=f"Put quotes around a field that holds a {_DELIMITERS[delimiter]}.",
                )
            yield reader.line_num, {(name or "").strip(): (value or "").strip() for name, value in row.items()}
    except csv.Error as error:
        raise DataError(f"not CSV: {error}", where=f"{plain(str(path))}:{reader.line_num}") from None


_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def _line_rows(file: Any, shown: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"not JSON: {error}", where=f"{shown}:{number}", hint=_JSONL_HINT) from None
        if not isinstance(row, dict):
            raise DataError("not a JSON object", where=f"{shown}:{number}", hint=_JSONL_HINT)
        yield number, row


_JSONL_HINT = 'JSONL is one object a line, such as {"image": "cards/1.png", "label": "Absol"}.'
