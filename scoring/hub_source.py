"""Labelled images in data sets of the Hugging Face hub, or such as its library has saved to disk."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..systems.text import plain
from .arrow_source import needs_extra, read_table
from .columns import Columns
from .dataset import split_name
from .listing import Listing

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

_SPEC = re.compile(
    r"(?P<prefix>hf:|hf://datasets/|https://huggingface\.co/datasets/)?(?P<repository>[\w.-]+(?:/[\w.-]+)?)/?"
    r"(?:@(?P<revision>[^:@]+))?(?::(?P<config>[^:]*))?(?::(?P<split>[^:]+))?"
)
_TIMEOUT = 10.0
_HOW = (
    "A data set of the hub is written owner/name, or hf:owner/name@REVISION:CONFIGURATION:SPLIT, "
    "of which all but the name may be left out."
)


@dataclass(frozen=True, slots=True)
class HubData:
    """A data set of the hub as a person names it; ``config`` and ``split`` are "" where all are meant."""

    repository: str
    revision: str | None = None
    config: str = ""
    split: str = ""

    def __str__(self) -> str:
        parts = f":{self.config}" * bool(self.config or self.split) + f":{self.split}" * bool(self.split)
        return f"{self.repository}{f'@{self.revision}' if self.revision else ''}{parts}"


def parse_hub_name(text: str) -> HubData | None:
    """The data set that ``text`` names, ``owner/name`` or with the prefix ``hf:``; None for anything else."""
    found = _SPEC.fullmatch(text)
    if found is None or not (found["prefix"] or "/" in found["repository"]):
        return None
    return HubData(found["repository"], found["revision"], found["config"] or "", found["split"] or "")


def read_hub(wanted: HubData, columns: Columns) -> tuple[str, Listing]:
    """The data set's name, fixed to one revision, and its rows. It is downloaded, unless it was before.

    Its splits are named by the hub; where there is only one, or one was asked for, it counts as data without splits.
    Code that a data set may bring is never run: the library refuses it.

    Raises:
        DataError: there is no such data set, it cannot be reached, or its columns do not fit.
        UsageError: the library datasets is not installed.
    """
    with _library("data sets of the hub") as library:
        fixed = HubData(wanted.repository, _commit(wanted), wanted.config, wanted.split)
        try:
            found = library.load_dataset(
                fixed.repository, fixed.config or None, revision=fixed.revision, split=fixed.split or None
            )
        except Exception as error:  # its errors are of many kinds, from those of the network to those of parsers
            raise _not_loaded(wanted, error) from error
        return str(fixed), _read(str(fixed), found, columns)


def read_saved(folder: Path, columns: Columns) -> Listing:
    """The rows of a data set that ``save_to_disk`` has written.

    Raises:
        DataError: it cannot be read, or its columns do not fit.
        UsageError: the library datasets is not installed.
    """
    with _library("saved data sets") as library:
        try:
            found = library.load_from_disk(str(folder))
        except Exception as error:
            raise DataError(f"it cannot be loaded: {_first_line(error)}", where=plain(str(folder))) from error
        return _read(str(folder), found, columns)


def is_saved(folder: Path) -> bool:
    """Whether ``save_to_disk`` has written ``folder``."""
    return (folder / "dataset_dict.json").is_file() or (
        (folder / "dataset_info.json").is_file() and (folder / "state.json").is_file()
    )


def _read(name: str, found: datasets.Dataset | datasets.DatasetDict, columns: Columns) -> Listing:
    if not isinstance(found, Mapping):
        return read_table(DatasetTable(name, found), columns, None)
    listing = Listing()
    for split, part in found.items():
        one = len(found) == 1
        shown = name if one else f"{name}, split {split}"
        listing.extend(read_table(DatasetTable(shown, part), columns, None if one else split_name(str(split))))
    return listing


@dataclass(frozen=True, eq=False)
class DatasetTable:
    """One split of a data set, memory-mapped from the library's own files."""

    name: str
    data: datasets.Dataset

    @property
    def identity(self) -> str:
        """The library's files, whose names say what they were made of."""
        paths = [str(file["filename"]) for file in self.data.cache_files]
        return "\0".join(f"{path}\0{os.stat(path).st_size}\0{os.stat(path).st_mtime_ns}" for path in paths)

    @property
    def folder(self) -> Path:
        """Paths in it are those of the library's cache, from the root on."""
        return Path()

    @property
    def schema(self) -> pa.Schema:
        """The columns, and what the library notes of them."""
        return self.data.features.arrow_schema

    def column(self, path: str) -> pa.ChunkedArray:
        """A whole column, or one field of its structs."""
        import pyarrow.compute as pc

        if path in self.data.column_names:
            return self.data.data.column(path)
        name, _, field = path.rpartition(".")
        return pc.struct_field(self.data.data.column(name), field)

    def holds(self, path: str) -> bool:
        """Whether any row has a value."""
        found = self.column(path)
        return bool(found.null_count < len(found))

    def values(self, column: str, rows: Sequence[int]) -> Iterator[Any]:
        """The values of some rows."""
        found = self.data.data.column(column)
        return (found[row].as_py() for row in rows)


@contextmanager
def _library(what: str) -> Iterator[Any]:
    """The library datasets, which shows its progress on a terminal only and warns nobody."""
    from .quiet_transformers import quiet_transformers

    with quiet_transformers():
        try:
            import datasets
        except ImportError as error:
            raise needs_extra(what, error) from error
        datasets.logging.set_verbosity_error()
        if not sys.stderr.isatty():
            datasets.disable_progress_bars()
        yield datasets


def _commit(wanted: HubData) -> str | None:
    """The commit that the revision is now; the revision itself where the hub cannot be asked."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    where = plain(str(wanted))
    try:
        return HfApi().dataset_info(wanted.repository, revision=wanted.revision, timeout=_TIMEOUT).sha
    except GatedRepoError as error:
        page = f"https://huggingface.co/datasets/{wanted.repository}"
        hint = f"Accept its terms at {page}, then log in with: hf auth login"
        raise DataError("the data set is gated: its owners ask for consent", where=where, hint=hint) from error
    except RevisionNotFoundError as error:
        hint = f"See https://huggingface.co/datasets/{wanted.repository}/commits/main"
        raise DataError(f'no revision "{plain(wanted.revision or "main")}"', where=where, hint=hint) from error
    except RepositoryNotFoundError as error:
        hint = f"Check the spelling; if it is private, log in with: hf auth login\n{_HOW}"
        raise DataError(
            "no such folder or file, and no such data set on the Hugging Face hub", where=where, hint=hint
        ) from error
    except Exception:  # no network, a server in trouble, HF_HUB_OFFLINE: what was downloaded before may do
        return wanted.revision


def _not_loaded(wanted: HubData, error: Exception) -> DataError:
    return DataError(f"the data set cannot be loaded: {_first_line(error)}", where=plain(str(wanted)), hint=_HOW)


def _first_line(error: Exception) -> str:
    return plain(next(iter(str(error).strip().splitlines()), type(error).__name__))
