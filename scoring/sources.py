"""Where labelled images come from: decides by looking what a source is, and has it read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import DataError
from ..systems.text import did_you_mean, plain
from .dataset import Dataset
from .folder_source import read_folder
from .images import IMAGE_SUFFIXES, Crop
from .listing import Listing
from .manifest_source import MANIFEST_SUFFIXES, Columns, read_manifest

_WHAT_WORKS = (
    "What works: a folder with one folder of images per class (train, dev and test folders above or below them are "
    "splits), a folder with metadata.csv or metadata.jsonl, or a CSV or JSONL file with the columns image and label."
)


def load_dataset(
    source: str | Path,
    *,
    image_column: str = "image",
    label_column: str = "label",
    crop: Crop | str | None = None,
) -> Dataset:
    """The labelled images that ``source`` names: a folder or a manifest. No image is opened yet.

    Folders are read in sorted order, manifests in their own; the same source always gives the same order. ``crop`` may
    be a ``Crop``, its text, or a name that ``Crop.parse`` knows. What the source names but cannot give (a file that is
    not there, a row without a label) is in ``Dataset.problems``.

    Raises:
        DataError: nothing is there, it is of a kind that cannot be read, or it holds no labelled image.
        UsageError: a crop that cannot be.
    """
    name = os.fspath(source)
    area = Crop.parse(crop) if isinstance(crop, str) else crop
    path = Path(name)
    columns = Columns(image_column, label_column)
    if path.is_dir():
        listing = read_folder(path, columns)
    elif path.suffix.lower() in MANIFEST_SUFFIXES and path.is_file():
        listing = read_manifest(path, columns)
    else:
        raise _unreadable(name, path)
    _refuse_empty(name, listing)
    return Dataset(name, tuple(listing.items), area, tuple(listing.problems), listing.ignored)


def _refuse_empty(name: str, listing: Listing) -> None:
    if listing.items:
        return
    problems = "".join(f"\n  {problem}" for problem in listing.problems[:5])
    more = f"\n  and {len(listing.problems) - 5} more" if len(listing.problems) > 5 else ""
    ignored = f" ({listing.ignored} other files)" if listing.ignored else ""
    looked = f"Images end in {', '.join(sorted(IMAGE_SUFFIXES))}. {_WHAT_WORKS}"
    raise DataError(f"no labelled image{ignored}{problems}{more}", where=plain(name), hint=looked)


def _unreadable(name: str, path: Path) -> DataError:
    suffix = path.suffix.lower()
    if re.match(r"(https?|s3|gs|hf|file)://", name):
        message = "data cannot be read from an address"
    elif suffix in {".parquet", ".arrow", ".npz", ".npy", ".zip", ".tar", ".gz", ".json"}:
        message = f"{suffix} files cannot be read as data"
    elif suffix in IMAGE_SUFFIXES:
        message = "one image is not labelled data"
    elif path.exists():
        message = "neither a folder nor a manifest"
    elif re.fullmatch(r"[\w.-]+/[\w.-]+", name) and not path.parent.is_dir():
        message = "no such folder or file, and data sets of the Hugging Face hub cannot be read; download it first"
    else:
        message = f"no such folder or file{did_you_mean(path.name, _siblings(path))}"
    return DataError(message, where=plain(name), hint=_WHAT_WORKS)


def _siblings(path: Path) -> list[str]:
    try:
        return os.listdir(path.parent)
    except OSError:
        return []
