"""Notices that the file of a session was changed by somebody else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from ..systems.history import hash_of

Stamp: TypeAlias = tuple[int, ...]
"""Of a file as it is at a moment; ``()`` of one that is not there."""


class FileWatch:
    """What the session last knew of its file. ``changed`` is cheap: it reads the file only where its stamp moved."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: Stamp = ()
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

    def stamp(self) -> Stamp:
        """Another one after every change of the file."""
        try:
            found = os.stat(self._path)
        except OSError:
            return ()
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _content_hash(self) -> str:
        try:
            return hash_of(self._path.read_bytes())
        except OSError:
            return ""
