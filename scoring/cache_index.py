"""The index of the embedding cache: which vector stands in which row of which file, in one SQLite database."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INDEX_NAME = "index.db"
BUSY_SECONDS = 60.0
"""How long one process waits for another's batch to be written: a write takes milliseconds."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE spaces (
    id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,  -- what all its vectors have in common, as JSON
    file TEXT NOT NULL,             -- where they are, below the folder of the cache
    dimensions INTEGER NOT NULL,
    rows INTEGER NOT NULL           -- how many rows of the file were ever committed
);
CREATE TABLE vectors (
    space INTEGER NOT NULL REFERENCES spaces (id),
    content BLOB NOT NULL,          -- SHA-256 of the image file or of the text
    row INTEGER NOT NULL,
    checksum INTEGER NOT NULL,      -- CRC-32 of the row
    PRIMARY KEY (space, content)
) WITHOUT ROWID;
CREATE TABLE claims (
    identity TEXT NOT NULL,
    content BLOB NOT NULL,
    owner TEXT NOT NULL,
    process INTEGER NOT NULL,
    until REAL NOT NULL,            -- seconds since 1970
    PRIMARY KEY (identity, content)
) WITHOUT ROWID;
CREATE TABLE files (
    folder BLOB NOT NULL,
    name BLOB NOT NULL,
    state BLOB NOT NULL,            -- size and times when its content was read
    content BLOB NOT NULL,
    PRIMARY KEY (folder, name)
) WITHOUT ROWID;
"""


def connect(folder: Path) -> sqlite3.Connection:
    """The index in ``folder``, made if it is not there. A damaged one is moved aside, and begun anew.

    Raises:
        OSError, sqlite3.Error: the folder cannot be written, or the index is locked or of a newer version.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(folder / INDEX_NAME)
    except sqlite3.OperationalError:  # locked, read-only, full: not the file's fault
        raise
    except sqlite3.DatabaseError:
        for ending in ("-wal", "-shm"):
            (folder / f"{INDEX_NAME}{ending}").unlink(missing_ok=True)
        os.replace(folder / INDEX_NAME, folder / f"{INDEX_NAME}.damaged")
        return _opened(folder / INDEX_NAME)


def temporary_index() -> sqlite3.Connection:
    """An index in memory, for where there can be no other."""
    index = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _prepare(index)
    return index


def _opened(path: Path) -> sqlite3.Connection:
    # Transactions are begun by hand; a connection may be closed by another thread than its maker.
    index = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if index.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            _prepare(index)
        # In WAL mode this never leaves an index ahead of the vectors, which are synced before they are committed.
        index.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        index.close()
        raise
    return index


def _write_ahead(index: sqlite3.Connection) -> None:
    # Of two connections that change the mode at once, SQLite tells one so at once, without the wait asked for.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            index.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.005)


def _prepare(index: sqlite3.Connection) -> None:
    _write_ahead(index)
    with writing(index):
        version = index.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise sqlite3.OperationalError("it was made by a newer version of cotsmith")
        if version == 0:  # else another process was quicker
            for statement in _SCHEMA.split(";\n"):
                index.execute(statement)
            index.execute(f"PRAGMA user_version = {_VERSION}")


@contextmanager
def writing(index: sqlite3.Connection) -> Iterator[None]:
    """One transaction in which no other process writes: all of it is kept, or nothing."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if index.in_transaction:  # a full disk has ended it already
            index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")
