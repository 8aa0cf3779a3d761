"""Which images to tune on and which to measure on: splits that follow from the content of the files alone."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar, cast

import numpy as np

from .cache import CACHE_ERRORS, cache_folder
from .cache_index import connect, temporary_index
from .dataset import Dataset, Skipped, split_name
from .elsewhere import fetched
from .file_digests import FileDigests
from .labelled import LabelledEmbeddings

SHARES: Mapping[str, float] = {"train": 0.2, "dev": 0.4, "test": 0.4}
"""The share of the contents that each split gets.

Nothing here trains an encoder: train only gives pictures to show and examples to an optimiser, while the intervals of
every figure hang on how many images dev and test have. So these two get most, and equally much.
"""

LEAST = 0.75
"""The part of its share that each split gets of every class at least, in whole images: what luck may not undercut."""

Progress = Callable[[int, int], None]
D = TypeVar("D", bound=Dataset | LabelledEmbeddings)


@dataclass(frozen=True, slots=True)
class Copies:
    """Images with the same content, by what they are called, and what else is said of them: ``marks`` are their
    distinct labels (a conflict: one of them must be wrong) or splits (a leak: what is tuned on is measured again)."""

    images: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Splitting(Generic[D]):
    """Data whose images have a split. ``made`` tells whether the splits were made here or named by the data."""

    dataset: D
    made: bool
    conflicts: tuple[Copies, ...] = ()
    leaks: tuple[Copies, ...] = ()


def split_dataset(dataset: D, *, progress: Progress | None = None, remember: bool = True) -> Splitting[D]:
    """Give every image a split, unless the data names splits, which are then taken as they are.

    An image's split follows from the SHA-256 of its file (of its vector's float32 numbers, for embeddings), so it never
    moves when images are renamed, and hardly ever when others come or go; copies of one file are always together.
    Splits are stratified: where by chance a split would get less than ``LEAST`` of its share of a class, or none of
    three contents or more, the contents nearest to its border move there. That happens to small classes only. Of two
    contents one goes to dev, one to test. Files that cannot be read, and images that cannot be fetched, belong to no
    split and are added to the dataset's problems.

    ``progress`` is told ``(done, total)`` files as they are read. Which content a file has is remembered with the
    cache, unless ``remember`` is false, so that it need not be read again while it does not change.
    """
    if dataset.splits:
        conflicts, leaks = find_copies(dataset, progress=progress, remember=remember)
        return Splitting(dataset, False, conflicts, leaks)
    if isinstance(dataset, Dataset):
        return cast("Splitting[D]", _split_images(dataset, progress, remember))
    digests = _row_digests(dataset)
    conflicts = _copies(digests, dataset.labels, _row_names(dataset))
    return Splitting(dataset.with_splits(made_splits(digests, dataset.labels)), True, conflicts)


def _split_images(dataset: Dataset, progress: Progress | None, remember: bool) -> Splitting[Dataset]:
    ready = fetched(dataset, progress)
    digested = _file_digests([item.path for item in ready.items], progress, remember)
    found = list(zip(ready.items, digested, strict=True))
    items = [item for item, digest in found if digest is not None]
    digests = [digest for _, digest in found if digest is not None]
    labels = [item.label for item in items]
    parts = tuple(replace(item, split=split) for item, split in zip(items, made_splits(digests, labels), strict=True))
    unreadable = tuple(Skipped(item.shown, _reason(item.path)) for item, digest in found if digest is None)
    conflicts = _copies(digests, labels, [item.shown for item in items])
    return Splitting(replace(ready, items=parts, problems=ready.problems + unreadable), True, conflicts)


def find_copies(
    dataset: Dataset | LabelledEmbeddings, *, progress: Progress | None = None, remember: bool = True
) -> tuple[tuple[Copies, ...], tuple[Copies, ...]]:
    """Images of one content with several labels, and such in several named splits.

    Only files that share their size with another are read. Images that were not fetched yet are not compared.
    """
    if isinstance(dataset, Dataset):
        items = dataset.items
        some = _of_equal_size([item.path for item in items])
        chosen = [items[number] for number in some]
        digests = _file_digests([item.path for item in chosen], progress, remember)
        labels, splits = [item.label for item in chosen], [item.split for item in chosen]
        names = [item.shown for item in chosen]
    else:
        digests, labels = list[bytes | None](_row_digests(dataset)), list(dataset.labels)
        splits = list(dataset.split_of) or [None] * len(labels)
        names = _row_names(dataset)
    return _copies(digests, labels, names), _copies(digests, [split or "" for split in splits], names)


def with_split(dataset: D, name: str) -> D:
    """``dataset``, split by content if ``name`` is train, dev or test and the data names no splits itself."""
    if dataset.splits or split_name(name) not in SHARES:
        return dataset
    return split_dataset(dataset).dataset


def made_splits(digests: Sequence[bytes], labels: Sequence[str]) -> list[str]:
    """The split of each image: by its content's digest, and then so that every class has its part of each."""
    split = {digest: _by_share(_place(digest)) for digest in digests}
    of_content: dict[bytes, set[str]] = defaultdict(set)
    for digest, label in zip(digests, labels, strict=True):
        of_content[digest].add(label)
    contents: dict[str, list[bytes]] = defaultdict(list)
    for digest, own in of_content.items():
        if len(own) == 1:  # a content of two classes belongs to neither
            contents[next(iter(own))].append(digest)
    for alike in contents.values():
        _stratify(alike, split)
    return [split[digest] for digest in digests]


def _stratify(alike: Sequence[bytes], split: dict[bytes, str]) -> None:
    """Move as few contents of one class as give every split the least that it needs of them."""
    least = _least(len(alike))
    count = Counter(split[digest] for digest in alike)
    for name in SHARES:
        low, high = _borders(name)
        while count[name] < least[name]:
            spare = [
                digest for digest in alike if split[digest] != name and count[split[digest]] > least[split[digest]]
            ]
            nearest = min(spare, key=lambda digest: (max(low - _place(digest), _place(digest) - high), digest))
            count[split[nearest]] -= 1
            count[name] += 1
            split[nearest] = name


def _least(number: int) -> Mapping[str, int]:
    """How many of ``number`` contents of one class each split needs."""
    if number < 3:
        return {name: int(number == 2 and name != "train") for name in SHARES}
    return {name: max(1, int(LEAST * share * number)) for name, share in SHARES.items()}


def _place(digest: bytes) -> float:
    """A number between 0 and 1 that is spread evenly over contents."""
    return int(digest.hex()[:13], 16) / 16**13


def _by_share(place: float) -> str:
    return next((name for name in SHARES if place < _borders(name)[1]), list(SHARES)[-1])


def _borders(name: str) -> tuple[float, float]:
    names = list(SHARES)
    low = sum(SHARES[each] for each in names[: names.index(name)])
    return low, low + SHARES[name]


def _copies(digests: Sequence[bytes | None], marks: Sequence[str], names: Sequence[str]) -> tuple[Copies, ...]:
    """The groups of equal content whose marks differ."""
    groups: dict[bytes, list[int]] = defaultdict(list)
    for number, digest in enumerate(digests):
        if digest is not None:
            groups[digest].append(number)
    found = []
    for numbers in groups.values():
        distinct = tuple(sorted({marks[number] for number in numbers}))
        if len(distinct) > 1:
            found.append(Copies(tuple(names[number] for number in numbers), distinct))
    return tuple(found)


def _of_equal_size(paths: Sequence[Path]) -> list[int]:
    """The numbers of the files that may have a copy: only files of one size can have one content."""
    by_size: dict[int, list[int]] = defaultdict(list)
    for number, path in enumerate(paths):
        try:
            by_size[os.stat(path).st_size].append(number)
        except (OSError, ValueError):  # told when the image is opened
            continue
    return sorted(number for group in by_size.values() if len(group) > 1 for number in group)


def _file_digests(paths: Sequence[Path], progress: Progress | None, remember: bool) -> list[bytes | None]:
    """The SHA-256 of every file, None for those that cannot be read; files that did not change are not read again."""
    distinct = list(dict.fromkeys(paths))
    found: dict[Path, bytes | None] | None = None
    if remember:
        with suppress(*CACHE_ERRORS), closing(connect(cache_folder())) as index:  # it is a help, not a need
            found = _digested(index, distinct, progress)
    if found is None:
        with closing(temporary_index()) as index:
            found = _digested(index, distinct, progress)
    return [found[path] for path in paths]


def _digested(index: sqlite3.Connection, paths: Sequence[Path], progress: Progress | None) -> dict[Path, bytes | None]:
    found: dict[Path, bytes | None] = {}
    for path, known in zip(paths, FileDigests(index).of(paths), strict=True):
        found[path] = None if known is None else known[0]
        if progress is not None:
            progress(len(found), len(paths))
    return found


def _reason(path: Path) -> str:
    """Why a file cannot be read."""
    try:
        if not path.is_file():  # reading from a pipe or a device could wait for ever
            return "no such file" if not path.exists() else "it is not a regular file"
        with open(path, "rb"):
            return "it cannot be read"
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "it cannot be read"


def _row_digests(data: LabelledEmbeddings) -> list[bytes]:
    table = np.ascontiguousarray(data.vectors, dtype="<f4")
    return [hashlib.sha256(row.tobytes()).digest() for row in table]


def _row_names(data: LabelledEmbeddings) -> list[str]:
    return [f"row {row}" for row in data.rows.tolist()]
