"""Which images to tune on and which to measure on: splits that follow from the content of the files alone."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from .dataset import Dataset, Item, Skipped, split_name

SHARES: Mapping[str, float] = {"train": 0.2, "dev": 0.4, "test": 0.4}
"""The share of the contents that each split gets.

Nothing here trains an encoder: train only gives pictures to show and examples to an optimiser, while the intervals of
every figure hang on how many images dev and test have. So these two get most, and equally much.
"""

Progress = Callable[[int, int], None]

_MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Copies:
    """Files with the same content, and what they are called or where they are: ``marks`` are their distinct labels
    (a conflict: one of them must be wrong) or splits (a leak: what is tuned on is measured again)."""

    paths: tuple[Path, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Splitting:
    """A dataset whose items have a split. ``made`` tells whether the splits were made here or named by the data."""

    dataset: Dataset
    made: bool
    conflicts: tuple[Copies, ...] = ()
    leaks: tuple[Copies, ...] = ()


def split_dataset(dataset: Dataset, *, progress: Progress | None = None) -> Splitting:
    """Give every image a split, unless the data names splits, which are then taken as they are.

    An image's split follows from the SHA-256 of its file, so it never moves when images are added, removed or renamed,
    and copies of one file are always together. A class may then by chance miss a split: where it has three contents or
    more, the one nearest to the border moves into each split without any, and of two contents one goes to dev, one to
    test. Files that cannot be read belong to no split and are added to the dataset's problems.

    ``progress`` is told ``(done, total)`` files as they are read; where the data names splits, only files that share
    their size with another are.
    """
    named = bool(dataset.splits)
    wanted = _of_equal_size(dataset.items) if named else dataset.items
    digests, unreadable = _digests(wanted, progress)
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in dataset.items:
        if item.path in digests:
            groups[digests[item.path]].append(item)
    conflicts = _copies(groups.values(), lambda item: item.label)
    if named:
        return Splitting(dataset, False, conflicts, _copies(groups.values(), lambda item: item.split or ""))
    split = _assigned(groups)
    items = tuple(replace(item, split=split[digests[item.path]]) for item in dataset.items if item.path in digests)
    return Splitting(replace(dataset, items=items, problems=dataset.problems + unreadable), True, conflicts)


def with_split(dataset: Dataset, name: str) -> Dataset:
    """``dataset``, split by content if ``name`` is train, dev or test and the data names no splits itself."""
    if dataset.splits or split_name(name) not in SHARES:
        return dataset
    return split_dataset(dataset).dataset


def _assigned(groups: Mapping[str, Sequence[Item]]) -> dict[str, str]:
    """The split of each content: by its digest, and then so that no class misses one."""
    split = {digest: _by_share(_place(digest)) for digest in groups}
    contents: dict[str, list[str]] = defaultdict(list)
    for digest, items in groups.items():
        labels = {item.label for item in items}
        if len(labels) == 1:  # a content of two classes belongs to neither
            contents[labels.pop()].append(digest)
    for digests in contents.values():
        needed = ["dev", "test"] if len(digests) == 2 else list(SHARES) if len(digests) > 2 else []
        for name in needed:
            if not any(split[digest] == name for digest in digests):
                split[_nearest(name, digests, split, needed)] = name
    return split


def _nearest(name: str, digests: Sequence[str], split: Mapping[str, str], needed: Sequence[str]) -> str:
    """The content to move into the split ``name``: nearest to its borders, and not the only one where it is needed."""
    low, high = _borders(name)
    spare = [d for d in digests if split[d] not in needed or sum(split[o] == split[d] for o in digests) > 1]
    return min(spare, key=lambda d: (max(low - _place(d), _place(d) - high), d))


def _place(digest: str) -> float:
    """A number between 0 and 1 that is spread evenly over contents."""
    return int(digest[:13], 16) / 16**13


def _by_share(place: float) -> str:
    return next((name for name in SHARES if place < _borders(name)[1]), list(SHARES)[-1])


def _borders(name: str) -> tuple[float, float]:
    names = list(SHARES)
    low = sum(SHARES[each] for each in names[: names.index(name)])
    return low, low + SHARES[name]


def _copies(groups: Iterable[Sequence[Item]], mark: Callable[[Item], str]) -> tuple[Copies, ...]:
    """The groups of equal content whose marks differ."""
    found = []
    for items in groups:
        marks = tuple(sorted({mark(item) for item in items}))
        if len(marks) > 1:
            found.append(Copies(tuple(item.path for item in items), marks))
    return tuple(found)


def _of_equal_size(items: Sequence[Item]) -> list[Item]:
    """The items that may have a copy: only files of one size can have one content."""
    by_size: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        try:
            by_size[os.stat(item.path).st_size].append(item)
        except OSError:  # told when the image is opened
            continue
    return [item for group in by_size.values() if len(group) > 1 for item in group]


def _digests(items: Sequence[Item], progress: Progress | None) -> tuple[dict[Path, str], tuple[Skipped, ...]]:
    """The SHA-256 of every file, in hexadecimal, and the files that cannot be read."""
    found: dict[Path, str] = {}
    unreadable: list[Skipped] = []
    paths = list(dict.fromkeys(item.path for item in items))
    with ThreadPoolExecutor(min(_MOST_WORKERS, os.cpu_count() or 1), thread_name_prefix="hash") as pool:
        for done, (path, result) in enumerate(zip(paths, pool.map(_digest, paths), strict=True), 1):
            if isinstance(result, Skipped):
                unreadable.append(result)
            else:
                found[path] = result
            if progress is not None:
                progress(done, len(paths))
    return found, tuple(unreadable)


def _digest(path: Path) -> str | Skipped:
    try:
        if not path.is_file():  # reading from a pipe or a device could wait for ever
            return Skipped(str(path), "no such file" if not path.exists() else "it is not a regular file")
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Skipped(str(path), error.strerror or "it cannot be read")
