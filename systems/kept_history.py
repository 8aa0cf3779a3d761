"""The history that a session writes to, wherever it lies by now: on disk, put back there, or in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import HistoryError
from .history import History
from .history_files import HistoryFiles, copied, may_be_written, put_back, rescued
from .history_store import TIMEOUT_S, connect_in_memory, is_damage
from .renamed_history import connect_along

Place: TypeAlias = Literal["disk", "adrift", "memory"]
"""Where it begins: on disk; in memory until it can be written to disk; in memory, empty, and for good."""

CatchUp: TypeAlias = Callable[[History], None]
"""Gives another history what it lacks of the session."""


class KeptHistory:
    """The history of ``path``, which is noticed to be deleted, replaced or destroyed, and put back.

    Attributes:
        now: the open history; another one after it was put back.
        notice: what became of it, on opening or since; ``""`` for nothing.
    """

    def __init__(self, path: Path, place: Place, timeout: float = TIMEOUT_S) -> None:
        """Open it; raises ``HistoryError`` where it cannot be used (see ``history_store.connect``)."""
        self.notice = ""
        if place == "disk":
            connection, self.notice = connect_along(path, timeout=timeout)
        else:
            connection = copied(path) if place == "adrift" else connect_in_memory()
        self.now = History(path, connection)
        self._path = path
        self._adrift = place == "adrift"
        self._files = None if place == "memory" else HistoryFiles(path)
        if self._files is not None and self._adrift:
            self._files.give_up()

    def close(self) -> None:
        """Let go of the database."""
        self.now.close()

    @property
    def durable(self) -> bool:
        """Whether it is on disk."""
        return self._files is not None and not self._adrift

    def take_notice(self) -> str:
        """``notice``, once."""
        notice, self.notice = self.notice, ""
        return notice

    def written(self) -> None:
        """The session has written to it."""
        if self._files is not None:
            self._files.written()

    def secure(self, catch_up: CatchUp) -> None:
        """Look whether the database is still the one that was opened, which is cheap; else put it back.

        Where it is adrift, try whether that has an end.

        Raises:
            HistoryError: that cannot be done now; what it held is kept in memory until it can.
        """
        if self._files is None or not self._files.lost():
            return
        if not self._adrift:
            self._recover(self._files, catch_up)
        elif may_be_written(self._path):
            with contextlib.suppress(HistoryError):
                self._recover(self._files, catch_up)

    def mend(self, error: HistoryError, catch_up: CatchUp) -> None:
        """Put it back after ``error``, if that says that it is damaged; raises ``error`` if not."""
        if self._files is None or not is_damage(error.__cause__):
            raise error
        self._recover(self._files, catch_up)

    def _recover(self, files: HistoryFiles, catch_up: CatchUp) -> None:
        """Go on in a database that is there, with all that the lost one held as far as it can be read."""
        files.give_up()
        lost = self.now
        self.now = memory = History(self._path, rescued(lost.connection))
        lost.close()  # before another is opened: SQLite tidies up by path
        connection, notice, whole = put_back(memory.connection, self._path)
        history = History(self._path, connection)
        try:
            catch_up(history)
        except BaseException:
            history.close()
            raise
        self.now = history
        memory.close()
        files.accept()
        if self._adrift:
            self._adrift, told = False, "the history can be written again: edits are on disk from now on"
        else:
            how = "put back as it was" if whole else "given the steps of this session"
            told = f"the history was deleted or replaced, and is {how}"
        self.notice = "; ".join(filter(None, (told, notice)))
