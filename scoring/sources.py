"""Where labelled images come from: decides by looking what a source is, and has it read."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import DataError, UsageError
from ..systems.text import counted, did_you_mean, plain
from .columns import Columns
from .dataset import Dataset
from .downloads import Addresses
from .embeddings_file import load_embeddings
from .folder_source import read_folder
from .hub_source import HubData, parse_hub_name, read_hub
from .images import IMAGE_SUFFIXES, Crop, CropLike
from .labelled import LabelledEmbeddings
from .listing import Listing
from .manifest_source import MANIFEST_SUFFIXES, read_manifest

_NEITHER = "neither a folder nor a manifest"
_KNOWN_SUFFIXES = MANIFEST_SUFFIXES | IMAGE_SUFFIXES | {".npz", ".json", ".zip", ".tar", ".gz"}

_WHAT_WORKS = """What works:
  a folder with one folder of images per class (folders train, dev and test above or below them are splits),
  a folder with metadata.csv, .jsonl or .parquet,
  a CSV, JSONL or Parquet file with the columns image and label,
  a data set of the Hugging Face hub, as owner/name,
  an .npz file with embeddings and labels."""


def load_data(
    source: str | Path,
    *,
    image_column: str = "image",
    label_column: str = "label",
    crop: CropLike | None = None,
    allow_private_urls: bool = False,
) -> Dataset | LabelledEmbeddings:
    """``load_dataset``, or for an ``.npz`` file ``load_embeddings``.

    Raises:
        UsageError: a crop, which embeddings cannot have any more.
    """
    if Path(source).suffix.lower() != ".npz" or Path(source).is_dir():
        return load_dataset(
            source,
            image_column=image_column,
            label_column=label_column,
            crop=crop,
            allow_private_urls=allow_private_urls,
        )
    if not Path(source).is_file():
        raise _unreadable(os.fspath(source), Path(source))
    if crop is not None:
        raise UsageError(
            "embeddings cannot be cropped",
            where=plain(os.fspath(source)),
            hint="Leave out --crop; what the encoder saw was decided when they were computed.",
        )
    return load_embeddings(source)


def load_dataset(
    source: str | Path,
    *,
    image_column: str = "image",
    label_column: str = "label",
    crop: CropLike | None = None,
    allow_private_urls: bool = False,
) -> Dataset:
    """The labelled images that ``source`` names: a folder, a manifest, or a data set of the Hugging Face hub.

    No image is opened yet, and none of those behind addresses is fetched. Folders are read in sorted order, manifests
    in their own; the same source always gives the same order. A folder or file that is there wins over a data set of
    the same name. ``crop`` is whatever ``Crop.of`` takes, such as ``"0.08,0.11,0.92,0.48"``. What the source names but
    cannot give (a file that is not there, a row without a label) is in ``Dataset.problems``.

    Args:
        allow_private_urls: fetch images from private addresses too, such as those of a company's own network.

    Raises:
        DataError: nothing is there, it is of a kind that cannot be read, or it holds no labelled image.
        UsageError: a crop that cannot be, or a library that is needed is not installed.
    """
    given: object = source  # a caller without a type checker may give anything
    if not isinstance(given, str | os.PathLike):
        raise UsageError(f"data are named by a path or an id, not by {plain(type(given).__name__)}", hint=_WHAT_WORKS)
    name = os.fspath(source)
    area = Crop.of(crop)
    path = Path(name)
    columns = Columns(image_column, label_column)
    if path.is_dir():
        listing = read_folder(path, columns)
    elif path.suffix.lower() in MANIFEST_SUFFIXES and path.is_file():
        listing = read_manifest(path, columns)
    elif not path.exists() and (wanted := _on_hub(name)) is not None:
        name, listing = read_hub(wanted, columns)
    else:
        raise _unreadable(name, path)
    _refuse_empty(name, listing)
    elsewhere = list(listing.packed)
    if listing.addresses:
        elsewhere.append(Addresses(listing.addresses, allow_private_urls))
    return Dataset(name, tuple(listing.items), area, tuple(listing.problems), listing.ignored, tuple(elsewhere))


def _on_hub(name: str) -> HubData | None:
    """The data set that ``name`` may be: not where a folder ``owner`` is here, in which a file may be misspelt."""
    wanted = parse_hub_name(name)
    if wanted is None or Path(name).suffix.lower() in _KNOWN_SUFFIXES:
        return None
    bare = wanted.repository == name.partition("@")[0].partition(":")[0]
    return None if bare and Path(name).parent.is_dir() else wanted


def _refuse_empty(name: str, listing: Listing) -> None:
    if listing.items:
        return
    problems = "".join(f"\n  {problem}" for problem in listing.problems[:5])
    more = f"\n  and {len(listing.problems) - 5} more" if len(listing.problems) > 5 else ""
    ignored = f" ({counted(listing.ignored, 'other file')})" if listing.ignored else ""
    endings = f"Images end in {', '.join(sorted(IMAGE_SUFFIXES))}.\n" if listing.ignored else ""
    raise DataError(f"no labelled image{ignored}{problems}{more}", where=plain(name), hint=f"{endings}{_WHAT_WORKS}")


def _unreadable(name: str, path: Path) -> DataError:
    suffix = path.suffix.lower()
    if re.match(r"[a-z0-9]+://", name):
        message = "data cannot be read from an address"
    elif path.exists() and suffix == ".npz":
        message = "embeddings are no images; load_embeddings reads them"
    elif path.exists() and suffix in IMAGE_SUFFIXES:
        message = "one image is not labelled data"
    elif path.exists():
        message = f"{suffix} files cannot be read as data" if suffix in _KNOWN_SUFFIXES else _NEITHER
    else:
        message = f"no such folder or file{did_you_mean(path.name, _siblings(path))}"
    return DataError(message, where=plain(name), hint=_WHAT_WORKS)


def _siblings(path: Path) -> list[str]:
    try:
        return os.listdir(path.parent)
    except OSError:
        return []
