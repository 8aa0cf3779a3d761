"""Notices that the file of a session was changed by somebody else."""

from __future__ import annotations

import os
from pathlib import Path

from ..systems.history import hash_of


class FileWatch:
    """What the session last knew of its file. ``changed`` is cheap: it reads the file only where its stamp moved."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._hash = ""
        self.accept()

    def accept(self) -> None:
        """Take the file as it is now for known."""
        self._stamp, self._hash = self.stamp(), self._content_hash()

    def changed(self) -> bool:
        """Whether the file holds something else than when it was last accepted; a file that is gone counts."""
        stamp = self.stamp()
        if stamp == self._stamp:
            return False
        if self._content_hash() == self._hash:
            self._stamp = stamp
            return False
        return True

    def stamp(self) -> tuple[int, ...] | None:
        """Another one after every change of the file; None while it is gone."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _content_hash(self) -> str:
        try:
            return hash_of(self._path.read_bytes())
        except OSError:
            return ""
