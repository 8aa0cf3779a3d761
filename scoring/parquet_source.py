"""Labelled images in Parquet files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..systems.text import plain
from .arrow_source import needs_extra, read_table
from .columns import Columns
from .dataset import is_split_name, split_name
from .listing import Listing

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_AT_ONCE = 64  # rows with their images


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """A Parquet file in the state in which it was found."""

    path: Path
    schema: pa.Schema
    state: tuple[int, int]

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def identity(self) -> str:
        """Its place, size and time: its content need not be read again to know it."""
        return f"{os.path.abspath(self.path)}\0{self.state}"

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.path.parent

    def column(self, path: str) -> pa.ChunkedArray:
        """A whole column, or one field of its structs; other fields are not read."""
        with self._opened() as file, _readable(self.name):
            found = file.read(columns=[path]).column(0)
        if "." in path and path not in self.schema.names:
            import pyarrow.compute as pc

            found = pc.struct_field(found, path.rpartition(".")[2])
        return found

    def holds(self, path: str) -> bool:
        """Whether any row may have a value: the file's own statistics say so."""
        with self._opened() as file:
            for group in range(file.metadata.num_row_groups):
                part = file.metadata.row_group(group)
                for index in range(part.num_columns):
                    column = part.column(index)
                    if column.path_in_schema == path:
                        known = column.statistics
                        if known is None or not known.has_null_count or known.null_count < part.num_rows:
                            return True
        return False

    def values(self, column: str, rows: Sequence[int]) -> Iterator[Any]:
        """The values of some rows; only their row groups are read, a few rows at a time."""
        left = list(reversed(rows))
        with self._opened() as file, _readable(self.name):
            start = 0
            for group in range(file.metadata.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                if left and left[-1] < end:
                    for batch in file.iter_batches(_AT_ONCE, row_groups=[group], columns=[column]):
                        while left and left[-1] < start + batch.num_rows:
                            yield batch.column(0)[left.pop() - start].as_py()
                        start += batch.num_rows
                start = end

    def _opened(self) -> pq.ParquetFile:
        if _state(self.path) != self.state:
            raise DataError("the file changed while it was read", where=plain(self.name), hint="Run again.")
        return _open(self.path)


def read_parquet(path: Path, columns: Columns, split: str | None = None) -> Listing:
    """The rows of a Parquet file in their order; ``split`` is for rows that name none.

    Raises:
        DataError: the file cannot be read, lacks a column, or gives one image two labels.
        UsageError: pyarrow is not installed.
    """
    with _open(path) as file:
        table = ParquetTable(path, file.schema_arrow, _state(path))
    return read_table(table, columns, split)


def shards(folder: Path) -> list[Path]:
    """The Parquet files of a folder that holds such and nothing else: its own, or those of its only folder, ``data``.

    That is how data sets lie on the Hugging Face hub, and on disk once they are downloaded from there.
    """
    inner = [entry for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")]
    if not inner:
        return sorted(folder.glob("*.parquet"))
    return sorted((folder / "data").glob("*.parquet")) if [entry.name for entry in inner] == ["data"] else []


def read_shards(files: Sequence[Path], columns: Columns) -> Listing:
    """All rows of ``files``; the split is the first word of each name, as in ``test-00000-of-00002.parquet``."""
    listing = Listing()
    for path in files:
        first = re.split(r"[-_.]", path.name)[0]
        listing.extend(read_parquet(path, columns, split_name(first) if is_split_name(first) else None))
    return listing


def _open(path: Path) -> pq.ParquetFile:
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise needs_extra("Parquet files", error) from error
    with _readable(str(path)):
        return pq.ParquetFile(path)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Tell of a damaged file in our own terms."""
    import pyarrow as pa

    try:
        yield
    except (OSError, pa.ArrowException) as error:
        message = next(iter(str(error).splitlines()), type(error).__name__)
        raise DataError(f"not a Parquet file, or a damaged one: {plain(message)}", where=plain(name)) from error


def _state(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise DataError(error.strerror or "it cannot be read", where=plain(str(path))) from error
    return status.st_size, status.st_mtime_ns
