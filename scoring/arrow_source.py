"""Labelled images in a table of Apache Arrow, from a Parquet file or a data set: their names, or the images."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import DataError, UsageError
from ..systems.text import plain
from .columns import Columns, Kinds
from .dataset import Item
from .elsewhere import Progress
from .image_store import image_place, store_image
from .listing import Listing
from .manifest_source import Reading, as_class

if TYPE_CHECKING:
    import pyarrow as pa


class ArrowTable(Protocol):
    """A table, read piece by piece.

    ``name`` is what a person calls it, ``identity`` tells its content from any other, ``folder`` is what paths in it
    are relative to.
    """

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def folder(self) -> Path: ...

    @property
    def schema(self) -> pa.Schema: ...

    def column(self, path: str) -> pa.ChunkedArray:
        """A whole column, or with ``name.field`` one field of its structs."""
        ...

    def holds(self, path: str) -> bool:
        """Whether any row of ``name.field`` may have a value."""
        ...

    def values(self, column: str, rows: Sequence[int]) -> Iterator[Any]:
        """The values of some rows, whose numbers rise."""
        ...


def read_table(table: ArrowTable, columns: Columns, split: str | None) -> Listing:
    """The rows of ``table``; ``split`` is for rows that name none. No image is read, only what names and labels it.

    Raises:
        DataError: a column is missing or of the wrong kind, or an image has two labels.
    """
    schema = table.schema
    features = _features(schema)
    where = plain(table.name)
    chosen = columns.within(schema.names, where, _kinds(schema, features))
    names = _class_names(features, chosen.label)
    labels = [as_class(value, f"{where}, row {n}", names) for n, value in enumerate(_label_values(table, chosen.label))]
    splits: Sequence[object] = _splits(table, features) or [None] * len(labels)
    reading = Reading(table.folder, split)
    if _holds_images(table, chosen.image):
        _take_packed(reading, table, chosen.image, labels, splits)
    else:
        _take_named(reading, table, chosen, labels, splits)
    return reading.listing


def _take_packed(
    reading: Reading, table: ArrowTable, column: str, labels: Sequence[str], splits: Sequence[object]
) -> None:
    rows: dict[Path, int] = {}
    for number, (label, split) in enumerate(zip(labels, splits, strict=True)):
        if not label:
            reading.listing.skip(f"{table.name}, row {number}", "no label")
            continue
        place = image_place("unpacked", f"{table.identity}\0{column}\0{number}")
        rows[place] = number
        reading.listing.items.append(Item(place, label, reading.split_of(split), f"{table.name}, row {number}"))
    reading.listing.packed.append(Packed(table, column, rows))


def _take_named(
    reading: Reading, table: ArrowTable, chosen: Columns, labels: Sequence[str], splits: Sequence[object]
) -> None:
    path = f"{chosen.image}.path" if _is_struct(table.schema, chosen.image) else chosen.image
    images = table.column(path).to_pylist()
    for number, (image, label, split) in enumerate(zip(images, labels, splits, strict=True)):
        place = f"{table.name}, row {number}"
        if not image or not label:
            reading.listing.skip(place, f'no "{chosen.label if image else chosen.image}"')
        else:
            reading.take(plain(place), image, label, split)


@dataclass(frozen=True, eq=False)
class Packed:
    """Images inside of a ``table``, each with its place and its row."""

    table: ArrowTable
    column: str
    rows: Mapping[Path, int]

    def fetch(self, places: Collection[Path], progress: Progress | None) -> Mapping[Path, str]:
        """Unpack those of ``places`` that are its own; the reasons of those whose row holds no image."""
        mine = sorted((place for place in places if place in self.rows), key=self.rows.__getitem__)
        reasons = {}
        values = self.table.values(self.column, [self.rows[place] for place in mine])
        for done, (place, value) in enumerate(zip(mine, values, strict=True), 1):
            content = _content(value, self.table.folder)
            if content is None:
                reasons[place] = "the row holds no image"
            else:
                store_image(place, content)
            if progress is not None:
                progress(done, len(mine))
        return reasons


def _content(value: Any, folder: Path) -> bytes | None:
    """The bytes of an image: the value itself, or the struct that Hugging Face's datasets write."""
    if isinstance(value, dict):
        content, path = value.get("bytes"), value.get("path")
        if content is None and isinstance(path, str):
            try:
                return (folder / path).read_bytes() if (folder / path).is_file() else None
            except (OSError, ValueError):
                return None
        value = content
    return value if isinstance(value, bytes) and value else None


def _features(schema: pa.Schema) -> Mapping[str, Mapping[str, Any]]:
    """What Hugging Face's datasets note of the columns: their kinds, and the names of classes."""
    try:
        noted = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = noted["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    if not isinstance(features, dict):
        return {}
    return {str(name): feature for name, feature in features.items() if isinstance(feature, dict)}


def _class_names(features: Mapping[str, Mapping[str, Any]], column: str) -> Sequence[str]:
    names = features.get(column, {}).get("names")
    return [str(name) for name in names] if isinstance(names, list) else ()


def _kinds(schema: pa.Schema, features: Mapping[str, Mapping[str, Any]]) -> Kinds:
    images = [name for name in schema.names if features.get(name, {}).get("_type") == "Image"]
    labels = [name for name in schema.names if features.get(name, {}).get("_type") == "ClassLabel"]
    return Kinds(images or [name for name in schema.names if _is_struct(schema, name)], labels)


def _is_struct(schema: pa.Schema, name: str) -> bool:
    import pyarrow.types as kinds

    found = schema.field(name).type
    if not kinds.is_struct(found):
        return False
    fields = {found.field(index).name for index in range(found.num_fields)}
    return fields == {"bytes", "path"}


def _holds_images(table: ArrowTable, name: str) -> bool:
    """Whether the column has the images themselves, not their names.

    Raises:
        DataError: it has neither.
    """
    import pyarrow.types as kinds

    found = table.schema.field(name).type
    if _is_struct(table.schema, name):
        return not kinds.is_null(found.field("bytes").type) and table.holds(f"{name}.bytes")
    if kinds.is_dictionary(found):
        found = found.value_type
    if kinds.is_string(found) or kinds.is_large_string(found):
        return False
    if kinds.is_binary(found) or kinds.is_large_binary(found):
        return True
    raise DataError(
        f'column "{plain(name)}" holds no images: it is {plain(str(found))}',
        where=plain(table.name),
        hint="Images are paths, addresses, or their bytes (as they are, or with their path as Hugging Face's datasets "
        f"write them). It has: {', '.join(map(plain, table.schema.names))}. Name the right one with --image-column.",
    )


def _label_values(table: ArrowTable, name: str) -> list[Any]:
    import pyarrow.types as kinds

    found = table.schema.field(name).type
    if kinds.is_struct(found) or kinds.is_binary(found) or kinds.is_large_binary(found):
        raise DataError(
            f'column "{plain(name)}" holds no labels: it is {plain(str(found))}',
            where=plain(table.name),
            hint="Labels are text, or numbers with the names of the classes beside them. "
            f"It has: {', '.join(map(plain, table.schema.names))}. Name the right one with --label-column.",
        )
    values: list[Any] = table.column(name).to_pylist()
    return values


def _splits(table: ArrowTable, features: Mapping[str, Mapping[str, Any]]) -> list[object]:
    if "split" not in table.schema.names:
        return []
    names = _class_names(features, "split")
    return [as_class(value, plain(table.name), names) for value in table.column("split").to_pylist()]


def needs_extra(what: str, error: ImportError) -> UsageError:
    """The error for ``what`` needing a library that is not installed."""
    return UsageError(
        f"{what} need {plain((error.name or 'a library').partition('.')[0])}, which is not installed",
        hint='It comes with the extra "data": pip install "cotsmith[data]"',
    )
