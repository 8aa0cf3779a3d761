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

_Key: TypeAlias = tuple[bytes, bytes]  # folder and name
_Known: TypeAlias = tuple[bytes, bytes]  # content and state


class FileDigests:
    """Contents of files, remembered in the index of the cache."""

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index

    def of(self, paths: Sequence[Path]) -> Iterator[tuple[bytes, bytes] | None]:
        """For each path its content's SHA-256 and the state in which it was read; None where it cannot be read."""
        keys = _keys(paths)
        known = self._known(keys)
        with ThreadPoolExecutor(min(_MOST_WORKERS, os.cpu_count() or 1), thread_name_prefix="hash") as pool:
            # In parts, so that what was read is remembered even if the process is killed.
            for start in range(0, len(paths), _AT_ONCE):
                yield from self._part(paths[start : start + _AT_ONCE], keys[start : start + _AT_ONCE], known, pool)

    def _part(
        self, paths: Sequence[Path], keys: Sequence[_Key], known: Mapping[_Key, _Known], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[bytes, bytes] | None]:
        found: list[_Known | None] = []
        new: list[int] = []
        for number, (path, key) in enumerate(zip(paths, keys, strict=True)):
            state, old = file_state(path), known.get(key)
            if old is not None and old[1] == state:
                found.append(old)
            else:
                found.append(None if state is None else (b"", state))
                if state is not None:
                    new.append(number)
        fresh = []
        for number, content in zip(new, pool.map(_digest, [paths[number] for number in new]), strict=True):
            entry = found[number]
            found[number] = None if content is None or entry is None else (content, entry[1])
            if content is not None and entry is not None and _settled(entry[1]):
                fresh.append((*keys[number], entry[1], content))
        if fresh:
            with writing(self._index):
                self._index.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", fresh)
        yield from found

    def _known(self, keys: Iterable[_Key]) -> dict[_Key, _Known]:
        names: dict[bytes, set[bytes]] = defaultdict(set)
        for folder, name in keys:
            names[folder].add(name)
        known: dict[_Key, _Known] = {}
        for folder, wanted in names.items():
            query, rows = "SELECT name, content, state FROM files WHERE folder = ?", []
            if len(wanted) > _FEW:
                rows = self._index.execute(query, (folder,)).fetchall()
            else:
                for name in wanted:
                    rows += self._index.execute(f"{query} AND name = ?", (folder, name)).fetchall()
            known.update(((folder, name), (content, state)) for name, content, state in rows)
        return known


def file_state(path: Path) -> bytes | None:
    """What changes when a file does: size, times of its content and of its entry; None where it is no regular file."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):  # reading from a pipe or a device could wait for ever
        return None
    return struct.pack("<qqq", status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _keys(paths: Iterable[Path]) -> list[_Key]:
    folders: dict[str, bytes] = {}  # many images lie in one, and making a path absolute takes longer than a look-up
    keys = []
    for path in paths:
        folder, separator, name = str(path).rpartition(os.sep)
        if folder not in folders:
            folders[folder] = os.fsencode(os.path.abspath(folder + separator))
        keys.append((folders[folder], name.encode("utf-8", "surrogateescape")))
    return keys


def _settled(state: bytes) -> bool:
    _, modified, _ = struct.unpack("<qqq", state)
    return bool(modified < time.time_ns() - _SETTLED_NS)


def _digest(path: Path) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
