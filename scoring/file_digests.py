"""The SHA-256 of files, which need not be read again while their size and times stay what they were."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import struct
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from .cache_index import writing

_MOST_WORKERS = 8
# A file that was written a moment ago may be written again within one tick of the clock of its file system.
_SETTLED_NS = 2_000_000_000
_AT_ONCE = 1000
_FEW = 100  # more files of one folder are asked for together
_STATE = struct.Struct("<qqq")

_Known: TypeAlias = tuple[bytes, bytes]
"""The content of a file, and the state in which it was read."""

_Place: TypeAlias = tuple[str, str, bytes]
"""A path as it is written, its folder, and the name in it."""

_Folders: TypeAlias = Mapping[str, tuple[bytes, Mapping[bytes, bytes]]]
"""For the folder of a path as it is written: the folder, and state and content in one of the files that are known."""


class FileDigests:
    """Contents of files, remembered in the index of the cache."""

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index

    def of(self, paths: Sequence[Path]) -> Iterator[_Known | None]:
        """For each path its content's SHA-256 and the state in which it was read; None where it cannot be read."""
        places = list(map(_split, paths))
        folders = self._known(places)
        with ThreadPoolExecutor(min(_MOST_WORKERS, os.cpu_count() or 1), thread_name_prefix="hash") as pool:
            # In parts, so that what was read is remembered even if the process is killed.
            for start in range(0, len(paths), _AT_ONCE):
                end = start + _AT_ONCE
                yield from self._part(places[start:end], folders, pool)

    def _part(self, places: Sequence[_Place], folders: _Folders, pool: ThreadPoolExecutor) -> Iterator[_Known | None]:
        found: list[_Known | None] = []
        new: list[int] = []
        for path, folder, name in places:
            state, known = file_state(path), folders[folder][1].get(name, b"")
            if state is None:
                found.append(None)
                continue
            if not known.startswith(state):
                new.append(len(found))
            found.append((known[_STATE.size :], state))
        fresh = []
        for number, content in zip(new, pool.map(_digest, [places[number][0] for number in new]), strict=True):
            entry = found[number]
            found[number] = None if content is None or entry is None else (content, entry[1])
            if content is not None and entry is not None and _settled(entry[1]):
                _, folder, name = places[number]
                fresh.append((folders[folder][0], name, entry[1], content))
        if fresh:
            with writing(self._index):
                self._index.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", fresh)
        yield from found

    def _known(self, places: Iterable[_Place]) -> _Folders:
        names: dict[str, list[bytes]] = defaultdict(list)
        for _, folder, name in places:
            names[folder].append(name)
        known: dict[str, tuple[bytes, Mapping[bytes, bytes]]] = {}
        for written, wanted in names.items():
            absolute = os.fsencode(os.path.abspath(written))
            query = "SELECT name, CAST(state || content AS BLOB) FROM files WHERE folder = ?"
            rows: dict[bytes, bytes] = {}
            if len(wanted) > _FEW:
                rows.update(self._index.execute(query, (absolute,)))
            else:
                for name in wanted:
                    rows.update(self._index.execute(f"{query} AND name = ?", (absolute, name)))
            known[written] = absolute, rows
        return known


def file_state(path: str | Path) -> bytes | None:
    """What changes when a file does: size, times of its content and of its entry; None where it is no regular file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):  # reading from a pipe or a device could wait for ever
        return None
    return _STATE.pack(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _split(path: Path) -> _Place:
    written = str(path)
    folder, separator, name = written.rpartition(os.sep)
    return written, folder + separator, name.encode("utf-8", "surrogateescape")


def _settled(state: bytes) -> bool:
    _, modified, _ = _STATE.unpack(state)
    return bool(modified < time.time_ns() - _SETTLED_NS)


def _digest(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
