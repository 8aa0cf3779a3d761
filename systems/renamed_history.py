"""A system file that was renamed without its history: finding that under the old name, and taking it along."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from ..errors import HistoryError, InputError
from .history_store import SUFFIX, TIMEOUT_S, connect, connect_to_read, history_path, translated
from .revision_spec import misspelt_revision
from .revisions import hash_of, last
from .text import plain


def connect_along(path: str | Path, *, timeout: float = TIMEOUT_S) -> tuple[sqlite3.Connection, str]:
    """``history_store.connect``, after taking along the history that ``path`` has under an old name.

    The second value tells of that too, or of a damaged database that was set aside.
    """
    told = _take_along(path, timeout)
    connection, notice = connect(path, timeout=timeout)
    return connection, "\n".join(filter(None, (told, notice)))


def no_history(path: str | Path) -> InputError:
    """The error that ``path`` has no history, with what to do next; also where the file itself is missing."""
    shown, database = plain(str(path)), plain(history_path(path).name)
    if not os.path.lexists(path):
        error = misspelt_revision(str(path))
        return error or InputError("there is no such file", where=shown)
    hint = f"{database} is not there; it begins with the first save by cotsmith."
    with contextlib.suppress(OSError, HistoryError):
        found = _left_behind(path)
        if found is not None:
            hint = f"{plain(found.name)} is its history, under an old name: cotsmith history record {shown}"
    return InputError("has no history yet", where=shown, hint=hint)


def _left_behind(path: str | Path) -> Path | None:
    """The history beside ``path`` whose own file is gone and whose last revision is the text that ``path`` holds.

    None where there is none, or more than one, or ``path`` has a history of its own.
    """
    database = history_path(path)
    if os.path.lexists(database):
        return None
    orphans = [other for other in database.parent.glob(f"*{SUFFIX}") if not _owners(other)]
    if not orphans:
        return None
    digest = hash_of(Path(path).read_bytes())
    found = [orphan for orphan in orphans if _last_hash(orphan) == digest]
    return found[0] if len(found) == 1 else None


def _owners(database: Path) -> list[Path]:
    """The files that are there and that ``database`` may be the history of."""
    bare = database.with_name(database.name.removesuffix(SUFFIX))
    return [file for file in (_file_of(database), bare) if bare.name and os.path.lexists(file)]


def _file_of(database: Path) -> Path:
    return database.with_name(database.name.removesuffix(SUFFIX) + ".json")


def _last_hash(database: Path) -> str:
    with contextlib.suppress(HistoryError, sqlite3.Error):
        connection = connect_to_read(_file_of(database))
        if connection is not None:
            with contextlib.closing(connection):
                revision = last(connection)
                return "" if revision is None else revision.hash
    return ""


def _take_along(path: str | Path, timeout: float) -> str:
    """Rename the history that lies under an old name; what was done, or ``""``."""
    try:
        old = _left_behind(path)
    except OSError:
        return ""
    if old is None:
        return ""
    database = history_path(path)
    connection, _ = connect(_file_of(old), timeout=timeout)
    connection.close()  # what the log beside it holds is in the database now
    if Path(f"{old}-wal").exists():
        return ""  # somebody else has it open
    with translated(database):
        try:
            os.link(old, database)  # a rename would replace what another process began here
        except OSError:
            return ""
        os.unlink(old)
    return f"{plain(old.name)} was the history of this file under its old name; it is {plain(database.name)} now"
