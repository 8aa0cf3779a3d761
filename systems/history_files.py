"""The files of an open history on disk: SQLite does not say when somebody deletes, replaces or overwrites them."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TypeAlias

from ..errors import HistoryError
from .history_store import (
    check,
    connect,
    connect_in_memory,
    connect_to_read,
    create_like,
    history_path,
    is_damage,
    migrate,
    translated,
)
from .journal_store import newest

_Stamp: TypeAlias = tuple[int, int, int, int]
"""Device, inode, time of the last change, size."""


class HistoryFiles:
    """The files of the history of ``path`` as they were opened. ``lost`` is cheap: it reads only what has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: list[_Stamp | None] | None = None
        self.accept()

    def accept(self) -> None:
        """Take the files as they are now for those that are open."""
        self._known = self._look()

    def written(self) -> None:
        """Take what has changed in the database since for our own doing; without a log every step changes it."""
        found = self._look()[0]
        if self._known and self._known[0] and found and found[:2] == self._known[0][:2]:
            self._known[0] = found

    def give_up(self) -> None:
        """Take them for lost, however they look, until they are accepted again."""
        self._known = None

    def lost(self) -> bool:
        """Whether what is written through the open connection would not be found again under the path."""
        if self._known is None:
            return True
        now = self._look()
        for known, found in zip(self._known, now, strict=True):
            if known is not None and (found is None or found[:2] != known[:2]):
                return True
        if now[0] != self._known[0]:  # SQLite itself does so now and then
            if self._destroyed():
                return True
            self._known[0] = now[0]
        return False

    def _look(self) -> list[_Stamp | None]:
        """Of the database, its log and the index of that."""
        return [_stamp(f"{history_path(self._path)}{suffix}") for suffix in ("", "-wal", "-shm")]

    def _destroyed(self) -> bool:
        """Whether a new connection finds no history there. Not by opening the file: that would undo SQLite's locks."""
        try:
            connection = connect_to_read(self._path)
        except HistoryError as error:
            cause = error.__cause__
            return cause is None or is_damage(cause)
        if connection is None:
            return True
        connection.close()
        return False


def may_be_written(path: str | Path) -> bool:
    """Whether it is worth trying to write the history of ``path``; it may fail all the same."""
    database = history_path(path)
    return os.access(database.parent, os.W_OK) and (not database.exists() or os.access(database, os.W_OK))


def copied(path: str | Path) -> sqlite3.Connection:
    """The history of ``path`` in memory; an empty one where there is none, or it cannot be read."""
    try:
        connection = connect_to_read(path)
    except HistoryError:
        connection = None
    if connection is None:
        return connect_in_memory()
    with contextlib.closing(connection):
        return rescued(connection)


def rescued(connection: sqlite3.Connection) -> sqlite3.Connection:
    """All that ``connection`` still sees of its history, in memory; an empty one where that is damaged."""
    memory = connect_in_memory()
    try:
        connection.backup(memory)
        check(memory, Path(":memory:"))
        migrate(memory, Path(":memory:"))
    except (sqlite3.Error, HistoryError):
        memory.close()
        return connect_in_memory()
    return memory


def put_back(memory: sqlite3.Connection, path: Path) -> tuple[sqlite3.Connection, str, bool]:
    """Open the history of ``path`` to write, with what ``memory`` holds where none has begun there.

    The second value is that of ``history_store.connect``; third, whether it now holds the same as ``memory``.
    """
    begun = _has_begun(memory)
    with translated(history_path(path)):
        if begun and not os.path.lexists(history_path(path)):
            _put_in_place(memory, path)
        connection, notice = connect(path)
        try:
            if begun and not _has_begun(connection):  # what lay there was set aside
                memory.backup(connection)
            return connection, notice, begun and newest(memory) == newest(connection)
        except BaseException:
            connection.close()
            raise


def _put_in_place(memory: sqlite3.Connection, path: Path) -> None:
    """Write what ``memory`` holds in one piece: of two sessions that do so at once, one is the first."""
    database = history_path(path)
    with tempfile.TemporaryDirectory(dir=database.parent, prefix=f".{database.name}-") as folder:
        draft = Path(folder) / database.name
        create_like(draft, path)
        with contextlib.closing(sqlite3.connect(draft)) as copy:
            memory.backup(copy)
        for suffix in ("-wal", "-shm"):  # left of the one that is gone; they would be taken for those of the new one
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{database}{suffix}")
        with contextlib.suppress(OSError):  # it was there already, or the disk knows no links: a copy does as well
            os.link(draft, database)


def _has_begun(connection: sqlite3.Connection) -> bool:
    tables = ("revision", "journal_session", "cell_lock", "refusal", "seen")
    return any(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)


def _stamp(file: str) -> _Stamp | None:
    with contextlib.suppress(OSError):
        found = os.stat(file)
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
    return None
