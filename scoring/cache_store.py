"""Vectors of one kind in the cache: rows of a file that only grows, found through the index, checked when read."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np

from ..errors import EncoderError
from .cache_index import writing
from .encoder import Vectors

Content: TypeAlias = bytes
"""The SHA-256 of an image file or of a text: 32 bytes."""

LEASE_SECONDS = 120.0
"""How long a process that gives no sign of life keeps what it claimed; where its number can be asked for, it is."""

_AT_ONCE = 500  # SQLite takes a bounded number of parameters
_SOONER = 10  # all rows of a store are read sooner than every tenth is looked up


Stored: TypeAlias = int
"""A row of the file, and below it in 32 bits the CRC-32 of its bytes: one number, as there may be a million of them."""

STORED_SQL = "v.row << 32 | v.checksum"
_CHECKSUM = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of asking to encode some contents.

    ``mine`` are to be encoded here and then stored or released; ``there`` have been stored meanwhile; ``others`` are
    being encoded by another process.
    """

    mine: tuple[Content, ...]
    there: Mapping[Content, Stored]
    others: tuple[Content, ...]


class Store:
    """The vectors that have one ``identity``: made by one encoder, of images under one crop or of texts.

    A batch is written to the file and synced before it is committed to the index, under the index's write lock. So
    whatever the index names is whole, and what a killed process left behind it is overwritten by the next batch.
    """

    def __init__(self, folder: Path, index: sqlite3.Connection, identity: str) -> None:
        self.identity = identity
        self._folder = folder
        self._index = index
        self._owner = uuid.uuid4().hex

    def find(self, contents: Iterable[Content]) -> dict[Content, Stored]:
        """Where those of ``contents`` are that are in the store."""
        wanted = dict.fromkeys(contents)
        if len(wanted) > _AT_ONCE:
            space = self._index.execute("SELECT id, rows FROM spaces WHERE identity = ?", (self.identity,)).fetchone()
            if space is not None and space[1] <= _SOONER * len(wanted):
                query = f"SELECT v.content, {STORED_SQL} FROM vectors v WHERE v.space = ?"
                return {content: place for content, place in self._index.execute(query, space[:1]) if content in wanted}
        found: dict[Content, Stored] = {}
        every = iter(wanted)
        while part := tuple(islice(every, _AT_ONCE)):
            rows = self._index.execute(
                f"SELECT v.content, {STORED_SQL} FROM spaces s JOIN vectors v ON v.space = s.id"
                f" WHERE s.identity = ? AND v.content IN ({','.join('?' * len(part))})",
                (self.identity, *part),
            )
            found.update(rows)
        return found

    def claim(self, contents: Sequence[Content]) -> Claim:
        """Ask to encode ``contents``, so that another process with the same images does not encode them as well."""
        now = time.time()
        with writing(self._index):
            there = self.find(contents)
            mine: list[Content] = []
            others: list[Content] = []
            for content in contents:
                if content in there:
                    continue
                holder = self._index.execute(
                    "SELECT owner, process, until FROM claims WHERE identity = ? AND content = ?",
                    (self.identity, content),
                ).fetchone()
                taken = holder and holder[0] != self._owner and now < holder[2] and _alive(holder[1])
                (others if taken else mine).append(content)
            self._index.executemany(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)",
                [(self.identity, content, self._owner, os.getpid(), now + LEASE_SECONDS) for content in mine],
            )
        return Claim(tuple(mine), there, tuple(others))

    def release(self) -> None:
        """Give up every claim that is left."""
        with writing(self._index):
            self._index.execute("DELETE FROM claims WHERE owner = ?", (self._owner,))

    def add(self, contents: Sequence[Content], vectors: Vectors) -> dict[Content, Stored]:
        """Keep one batch, ``(N, D) float32``, for good: when this returns, a crash of the process cannot take it.

        Raises:
            EncoderError: vectors of other dimensions than those of the same encoder that are in the store.
            OSError, sqlite3.Error: it cannot be written; then nothing of the batch is in the store.
        """
        data = np.ascontiguousarray(vectors, dtype="<f4")
        sums = [crc32(row) for row in data]
        with writing(self._index):
            space, name, rows = self._space(data.shape[1])
            self._write(name, rows * data.shape[1] * 4, data.tobytes())
            numbered = list(zip(contents, range(rows, rows + len(sums)), sums, strict=True))
            self._index.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", [(space, *entry) for entry in numbered]
            )
            self._index.execute("UPDATE spaces SET rows = rows + ? WHERE id = ?", (len(data), space))
            self._index.executemany(
                "DELETE FROM claims WHERE identity = ? AND content = ?", [(self.identity, c) for c in contents]
            )
        return {content: row << 32 | checksum for content, row, checksum in numbered}

    def read(self, places: Iterable[Stored]) -> Vectors:
        """The rows at ``places``, ``(N, D) float32``; a memory map, read-only, where they lie in the file in order.

        Raises:
            OSError: the file is not there or too short.
        """
        row = self._index.execute("SELECT file, dimensions FROM spaces WHERE identity = ?", (self.identity,)).fetchone()
        if row is None:
            raise FileNotFoundError("another process has cleared the cache")
        table = open_vectors(self._folder / row[0], row[1])
        rows = np.fromiter(places, np.int64) >> 32
        if rows.size and rows.max() >= len(table):
            raise OSError("a file of vectors is shorter than the index says")
        if rows.size and (np.diff(rows) == 1).all():
            return table[rows[0] : rows[0] + rows.size]
        return np.asarray(table[rows], dtype=np.float32)

    def damaged(self, places: Mapping[Content, Stored]) -> list[Content]:
        """Those of ``places`` whose row does not have its checksum, or is not there."""
        row = self._index.execute("SELECT file, dimensions FROM spaces WHERE identity = ?", (self.identity,)).fetchone()
        return list(places) if row is None else damaged_rows(self._folder / row[0], row[1], places)

    def forget(self, contents: Sequence[Content]) -> None:
        """Take ``contents`` out of the index, so that they are encoded again."""
        with writing(self._index):
            self._index.executemany(
                "DELETE FROM vectors WHERE content = ? AND space = (SELECT id FROM spaces WHERE identity = ?)",
                [(content, self.identity) for content in contents],
            )

    def _space(self, dimensions: int) -> tuple[int, str, int]:
        query = "SELECT id, file, rows, dimensions FROM spaces WHERE identity = ?"
        row = self._index.execute(query, (self.identity,)).fetchone()
        if row is None:
            self._index.execute(
                "INSERT INTO spaces (identity, file, dimensions, rows) VALUES (?, ?, ?, 0)",
                # A name that was never used: another process may still have the file of a cleared cache mapped.
                (self.identity, f"{uuid.uuid4().hex}.f32", dimensions),
            )
            row = self._index.execute(query, (self.identity,)).fetchone()
        if row[3] != dimensions:
            raise EncoderError(
                f"vectors of {dimensions} dimensions, where the cache has {row[3]} from an encoder of the same key",
                hint="Give the changed encoder another key, or forget the old one: cotsmith cache clear",
            )
        return row[0], row[1], row[2]

    def _write(self, name: str, offset: int, data: bytes) -> None:
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with open(descriptor, "r+b") as file:
            file.seek(offset)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def open_vectors(path: Path, dimensions: int) -> Vectors:
    """The whole rows of a file of vectors, ``(rows, dimensions) float32``, memory-mapped and read-only."""
    rows = path.stat().st_size // (4 * dimensions)
    if rows == 0:
        return np.zeros((0, dimensions), dtype=np.float32)
    return np.memmap(path, dtype="<f4", mode="r", shape=(rows, dimensions))


def damaged_rows(path: Path, dimensions: int, places: Mapping[Content, Stored]) -> list[Content]:
    """Those of ``places`` in the file ``path`` that cannot be read or do not have their checksum."""
    try:
        table = open_vectors(path, dimensions)
    except OSError:
        return list(places)
    width, rows = 4 * dimensions, len(table)
    data: Any = memoryview(table.reshape(-1).view(np.uint8).data) if rows else b""
    return [
        content
        for content, place in places.items()
        if (row := place >> 32) >= rows or crc32(data[row * width : (row + 1) * width]) != place & _CHECKSUM
    ]


def _alive(process: int) -> bool:
    """Whether a process of this machine may still run; on Windows, where asking would end it, it may."""
    if os.name == "nt" or process == os.getpid():
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
