"""The image files that a person names: single files, folders with all that is in them, or a list on standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import DataError
from ..systems.text import plain
from .dataset import Skipped
from .images import IMAGE_SUFFIXES, foreign

STDIN = "-"

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def image_files(sources: Sequence[str], lines: Iterable[str]) -> Iterator[Path | Skipped]:
    """The paths that ``sources`` name, in their order; ``-`` stands for ``lines``, one path each, read as they come.

    A folder gives the images in it and below, sorted, hidden ones left out; one that cannot be read or holds no image
    is given as ``Skipped``, which says so. A file is taken whatever its name, and whether or not it exists: what is
    wrong with it is said when it is opened.
    """
    parts = [lines if source == STDIN else _of(source) for source in sources]
    return _chained(parts)


def hopeless(entries: Sequence[Path | Skipped]) -> list[Skipped]:
    """Why there is nothing to look at, if not one of ``entries`` is a file; empty where one is."""
    lost = [entry if isinstance(entry, Skipped) else _missing(entry) for entry in entries]
    found = [one for one in lost if one is not None]
    return found if len(found) == len(lost) else []


def _missing(path: Path) -> Skipped | None:
    try:
        return None if path.exists() else Skipped(str(path), "no such file")
    except (OSError, ValueError):  # told when it is opened
        return None


def _chained(parts: Sequence[Iterable[str] | Sequence[Path | Skipped]]) -> Iterator[Path | Skipped]:
    for part in parts:
        for entry in part:
            if not isinstance(entry, str):
                yield entry
            elif name := entry.rstrip("\r\n"):
                yield _address(name) or Path(name)


def _address(name: str) -> Skipped | None:
    return Skipped(name, "an address, not a file: download it first") if _ADDRESS.match(name) else None


def _of(name: str) -> Sequence[Path | Skipped]:
    if address := _address(name):
        return [address]
    source = Path(name)
    if not source.is_dir():
        return [source]
    try:
        found = sorted(_below(source))
    except DataError as error:
        return [Skipped(error.where, error.message)]
    return found or [
        Skipped(str(source), f"no image in this folder; images end in {', '.join(sorted(IMAGE_SUFFIXES))}")
    ]


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            wanted = os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES or foreign(name)
            if wanted and not name.startswith("."):
                yield Path(parent, name)


def _refuse(error: OSError) -> None:
    raise DataError(error.strerror or "it cannot be read", where=plain(str(error.filename))) from error
