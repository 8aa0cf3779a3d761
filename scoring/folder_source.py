"""Images sorted into folders: one per class, with train, dev and test folders above or below them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..errors import DataError
from ..systems.text import plain
from .columns import Columns
from .dataset import Item, is_split_name, split_name
from .hub_source import is_saved, read_saved
from .images import IMAGE_SUFFIXES, foreign
from .listing import Listing, as_label
from .manifest_source import METADATA_NAMES, read_manifest
from .parquet_source import read_shards, shards


def read_folder(root: Path, columns: Columns) -> Listing:
    """All labelled images under ``root``, in sorted order.

    A ``metadata.csv``, ``.jsonl`` or ``.parquet`` labels the folder it lies in (the imagefolder convention of Hugging
    Face); otherwise the first folder level below ``root`` is the label, whatever lies deeper inside. Folders are splits
    where all folders of their level bear a split's name, so a class may be called "train" beside others. A folder of
    Parquet files is read as one table, and so is what Hugging Face's datasets saved.
    """
    if is_saved(root):
        return read_saved(root, columns)
    if _metadata(root):
        return _labelled_by_metadata(root, columns, None)
    if files := shards(root):
        return read_shards(files, columns)
    folders, images, ignored = _entries(root)
    if not folders or not all(is_split_name(folder.name) for folder in folders):
        return _read_classes(root, None)
    listing = Listing(ignored=ignored)
    _refuse_unlabelled(root, images, listing)
    for folder in folders:
        split = split_name(folder.name)
        if _metadata(folder):
            listing.extend(_labelled_by_metadata(folder, columns, split))
        else:
            listing.extend(_read_classes(folder, split))
    return listing


def _read_classes(root: Path, split: str | None) -> Listing:
    folders, images, ignored = _entries(root)
    listing = Listing(ignored=ignored)
    _refuse_unlabelled(root, images, listing)
    for folder in folders:
        found = _read_class(folder, split)
        if not found.items:
            found.skip(folder, "a class folder without images")
        listing.extend(found)
    return listing


def _read_class(folder: Path, split: str | None) -> Listing:
    listing = Listing()
    label = as_label(folder.name)
    below = _entries(folder)[0]
    splits_below = bool(below) and split is None and all(is_split_name(inner.name) for inner in below)
    for path in _walk(folder, listing, set()):
        if reason := foreign(path):
            listing.skip(path, reason)
            continue
        part = path.relative_to(folder).parts[0]
        own = split_name(part) if splits_below and path.parent != folder else split
        listing.items.append(Item(path, label, own))
    return listing


def _walk(folder: Path, listing: Listing, above: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above:
        listing.skip(folder, "a link to a folder that it lies in")
        return
    try:
        folders, images, ignored = _entries(folder)
    except DataError as error:
        listing.skip(folder, error.message)
        return
    listing.ignored += ignored
    yield from images
    for inner in folders:
        yield from _walk(inner, listing, above | {real})


def _entries(folder: Path) -> tuple[list[Path], list[Path], int]:
    """The folders and the images directly in ``folder``, sorted, and the number of other and hidden files."""
    folders, images, ignored = [], [], 0
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(error.strerror or "it cannot be read", where=plain(str(folder))) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__MACOSX":
            ignored += 1
        elif entry.is_dir():
            folders.append(folder / entry.name)
        elif os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES or foreign(entry.name):
            images.append(folder / entry.name)
        else:
            ignored += 1
    return folders, images, ignored


def _refuse_unlabelled(root: Path, images: list[Path], listing: Listing) -> None:
    for path in images:
        listing.skip(path, f"no label: it lies directly in {root.name or root}, not in a class folder")


def _metadata(folder: Path) -> list[Path]:
    return [folder / name for name in METADATA_NAMES if (folder / name).is_file()]


def _labelled_by_metadata(folder: Path, columns: Columns, split: str | None) -> Listing:
    found = _metadata(folder)
    if len(found) > 1:
        raise DataError(
            f"{' and '.join(path.name for path in found)} both label this folder",
            where=plain(str(folder)),
            hint="Keep one of them.",
        )
    return read_manifest(found[0], columns, split)
