"""The image files that a person names: single files, folders with all that is in them, or a list on standard input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import DataError
from ..systems.text import plain
from .images import IMAGE_SUFFIXES

STDIN = "-"


def image_files(sources: Sequence[str], lines: Iterable[str]) -> Iterator[Path]:
    """The paths that ``sources`` name, in their order; ``-`` stands for ``lines``, one path each, read as they come.

    A folder gives the images in it and below, sorted, hidden ones left out. A file is taken whatever its name, and
    whether or not it exists: what is wrong with it is said when it is opened.

    Raises:
        DataError: a folder that cannot be read or holds no image, before the first path is given.
    """
    parts = [lines if source == STDIN else _of(Path(source)) for source in sources]
    return _chained(parts)


def _chained(parts: Sequence[Iterable[str] | Sequence[Path]]) -> Iterator[Path]:
    for part in parts:
        for entry in part:
            if isinstance(entry, Path):
                yield entry
            elif name := entry.rstrip("\r\n"):
                yield Path(name)


def _of(source: Path) -> Sequence[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(_below(source))
    if not found:
        known = ", ".join(sorted(IMAGE_SUFFIXES))
        raise DataError("no image in this folder", where=plain(str(source)), hint=f"Images end in {known}.")
    return found


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES:
                yield Path(parent, name)


def _refuse(error: OSError) -> None:
    raise DataError(error.strerror or "it cannot be read", where=plain(str(error.filename))) from error
