"""The history of a system file: its revisions, what they scored, and the exchanges with an LLM that led there."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from ..errors import HistoryError, InputError
from . import revisions
from .history_store import TIMEOUT_S, connect_to_read, history_path, transaction, translated
from .json_form import Json
from .renamed_history import connect_along
from .revisions import AuthorKind, Revision, hash_of
from .text import plain

__all__ = ["AuthorKind", "History", "Revision", "from_history", "hash_of", "history_path"]

T = TypeVar("T")

MIN_HASH = 4
"""So many digits of a hash name a revision."""

_BACK = re.compile(r"~(\d*)")
_HASH = re.compile(rf"[0-9a-f]{{{MIN_HASH},64}}")


class History:
    """The open history of one system file; close it, or use it in a ``with``.

    ``notice`` tells of a damaged database that was set aside, or of one that followed its renamed file, else it is
    ``""``. Every method raises ``HistoryError`` when the database cannot be used. Systems change through
    ``saving.save_revision``, not here.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, notice: str = "") -> None:
        self.path = path
        self.connection = connection
        self.notice = notice

    @classmethod
    def open(cls, path: str | Path, *, timeout: float = TIMEOUT_S) -> History:
        """The history of ``path``, to be written; begun when there is none. Raises as ``history_store.connect``.

        A file that was renamed without its history gets that back.
        """
        connection, notice = connect_along(path, timeout=timeout)
        return cls(Path(path), connection, notice)

    @classmethod
    def read(cls, path: str | Path, *, timeout: float = TIMEOUT_S) -> History | None:
        """The history of ``path``, to be read only; ``None`` when there is none, which is no error."""
        connection = connect_to_read(path, timeout=timeout)
        return None if connection is None else cls(Path(path), connection)

    def __enter__(self) -> History:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        with contextlib.suppress(sqlite3.Error):  # a disk that is full cannot tidy up; the next one to open it does
            self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction on disk when it ends; raises ``HistoryError`` when it cannot be had or kept."""
        with translated(history_path(self.path)), transaction(self.connection):
            yield

    def revisions(self, *, branches: bool = False) -> list[Revision]:
        """What the file has held, oldest first; with ``branches`` also what was only tried, by an optimiser."""
        with translated(history_path(self.path)):
            return revisions.listed(self.connection, self.file_hash(), branches=branches)

    def last(self) -> Revision | None:
        """The newest revision; ``None`` when there is none."""
        found = self.revisions()
        return found[-1] if found else None

    def find(self, name: str) -> Revision:
        """The revision that ``name`` means: ``3`` (its number), ``a1b2c3`` (its hash), ``~1`` (one before the last).

        Of several revisions with the same text and so the same hash the newest is meant. ``~1`` counts what the file
        has held.

        Raises:
            InputError: there is none, or the beginning of the hash fits different texts.
        """
        known, every = self.revisions(), self.revisions(branches=True)
        if not known:
            raise self._unknown("the history is empty", "")
        back = _BACK.fullmatch(name)
        if back:
            steps = int(back[1] or 1)
            if steps >= len(known):
                count = "is only one revision" if len(known) == 1 else f"are only {len(known)} revisions"
                raise self._unknown(f"there {count}", name)
            return known[-1 - steps]
        if name.isascii() and name.isdigit():
            for revision in every:
                if revision.number == int(name):
                    return revision
        if _HASH.fullmatch(name.lower()):
            return self._by_hash(every, name.lower())
        raise self._unknown(f"there is no revision {plain(name)}; the last is {every[-1].number}", name)

    def content(self, revision: Revision) -> bytes:
        """The bytes of the file at ``revision``; ``HistoryError`` when they no longer match its hash."""
        with translated(history_path(self.path)):
            return revisions.content_of(self.connection, revision.number)

    def evaluations(self) -> dict[str, list[dict[str, Json]]]:
        """What has been measured, oldest first, by the hash of the text; each has the key ``time`` added."""
        found: dict[str, list[dict[str, Json]]] = {}
        with translated(history_path(self.path)):
            for content_hash, time, evaluation in revisions.evaluations(self.connection):
                if isinstance(evaluation, dict):
                    found.setdefault(content_hash, []).append({**evaluation, "time": time})
        return found

    def exchanges(self, revision: Revision) -> list[Json]:
        """The exchanges with an LLM that led to ``revision``, in order."""
        with translated(history_path(self.path)):
            return revisions.exchanges_of(self.connection, revision.number)

    def file_hash(self) -> str:
        """The hash of the file as it lies on disk now; ``""`` when it is not there or cannot be read."""
        try:
            return hash_of(self.path.read_bytes())
        except OSError:
            return ""

    def _by_hash(self, known: list[Revision], digits: str) -> Revision:
        fitting = [revision for revision in known if revision.hash.startswith(digits)]
        if not fitting:
            raise self._unknown(f"there is no revision {digits}; the last is {known[-1].number}", digits)
        if len({revision.hash for revision in fitting}) > 1:
            numbers = ", ".join(f"{r.number} ({r.hash[:12]})" for r in fitting[:5])
            raise self._unknown(f"{digits} may be any of revisions {numbers}", digits)
        return fitting[-1]

    def _unknown(self, message: str, name: str) -> InputError:
        where = plain(f"{self.path}@{name}" if name else str(self.path))
        return InputError(message, where=where, hint=f"List them: cotsmith log {plain(str(self.path))}")


def from_history(path: str | Path | None, find: Callable[[History], T], otherwise: T) -> T:
    """What ``find`` finds in the history of ``path``, open to be read; ``otherwise`` without a path or a history.

    Raises:
        HistoryError: the history cannot be read.
    """
    history = None if path is None else History.read(path)
    if history is None:
        return otherwise
    with history:
        return find(history)


def damaged(history: History) -> list[tuple[Revision, str]]:
    """The revisions whose text no longer matches its hash, each with the reason; every text is built and compared."""
    found = []
    for revision in history.revisions(branches=True):
        try:
            history.content(revision)
        except HistoryError as error:
            found.append((revision, error.message))
    return found
